/** What the demo's last job tries to reach from inside its container. Nothing of it is asked for by a real job. */
export const probeTargets = [
  { address: '203.0.113.10', port: 443, what: 'the internet' },
  { address: '169.254.169.254', port: 80, what: 'instance metadata' },
  { address: '10.0.0.1', port: 22, what: 'the router of the VPC' },
] as const;

/** One argument of an entrypoint takes 256 characters at most, as in AWS's model. */
const program =
  'for(const t of process.argv.slice(1)){const[h,p]=t.split(":"),s=require("net").connect(p,h);' +
  's.setTimeout(1500,()=>s.destroy(Error("no answer")));s.on("connect",()=>{console.log(t,"REACHED");s.end()});' +
  's.on("error",e=>console.log(t,e.message))}';

export const probeEntrypoint: readonly string[] = ['node', '-e', program, ...probeTargets.map(({ address, port }) => `${address}:${port}`)];
