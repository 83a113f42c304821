/**
 * What the demo's last job runs inside its container: it tries the ways out. As one argument of the entrypoint
 * (256 characters at most, as in AWS's model), so it is written short.
 */
export const probeTargets = [
  { address: '203.0.113.10', port: 443, what: 'the internet' },
  { address: '169.254.169.254', port: 80, what: 'instance metadata' },
  { address: '10.0.0.1', port: 22, what: 'the router of the VPC' },
] as const;

export const probeEntrypoint: readonly string[] = [
  'node',
  '-e',
  `for(const[a,p]of ${JSON.stringify(probeTargets.map(({ address, port }) => [address, port]))}){const s=require("net").connect(p,a);s.setTimeout(1500,()=>s.destroy(Error("timed out")));s.on("connect",()=>{console.log(a,"REACHED");s.end()});s.on("error",e=>console.log(a,e.message))}`,
];
