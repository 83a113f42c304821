/**
 * A program for an interface's namespace: reads probes as JSON lines, answers whether the packet arrived. Nothing needs
 * to listen: a refusal (RST, port unreachable, echo reply) is an arrival too.
 */
export const proberScript = `
const net = require('node:net'), dgram = require('node:dgram'), koffi = require('koffi');
const c = koffi.load('libc.so.6');
const socket = c.func('int socket(int,int,int)'), connect = c.func('int connect(int,void*,uint)'), send = c.func('long send(int,void*,ulong,int)');
const recv = c.func('long recv(int,void*,ulong,int)'), setsockopt = c.func('int setsockopt(int,int,int,void*,uint)'), close = c.func('int close(int)');
const inUse = new Set();
function tcp({ to, port, sourcePort, waitMs }) {
  return new Promise((resolve) => {
    const s = net.connect({ host: to, port, localPort: sourcePort });
    const end = (arrived) => { s.destroy(); resolve(arrived); };
    s.once('connect', () => end(true)).once('error', (error) => end(error.code === 'ECONNREFUSED')).setTimeout(waitMs, () => end(false));
  });
}
function udp({ to, port, sourcePort, waitMs }) {
  return new Promise((resolve) => {
    const s = dgram.createSocket('udp4');
    const timer = setTimeout(() => end(false), waitMs);
    const end = (arrived) => { clearTimeout(timer); s.close(); resolve(arrived); };
    s.once('error', (error) => end(error.code === 'ECONNREFUSED')).once('message', () => end(true));
    s.bind(sourcePort, () => s.connect(port, to, () => s.send('x')));
  });
}
async function icmp({ to, waitMs }) {
  const fd = socket(2, 2, 1);
  const timeout = Buffer.alloc(16); timeout.writeBigInt64LE(BigInt(Math.floor(waitMs / 1000)), 0); timeout.writeBigInt64LE(BigInt((waitMs % 1000) * 1000), 8);
  setsockopt(fd, 1, 20, timeout, 16);
  const address = Buffer.from([2, 0, 0, 0, ...to.split('.').map(Number), 0, 0, 0, 0, 0, 0, 0, 0]);
  connect(fd, address, 16);
  send(fd, Buffer.from([8, 0, 0, 0, 0, 0, 0, 1]), 8, 0);
  const answer = Buffer.alloc(64);
  inUse.add(answer); // The collector does not see the call that writes into it.
  const got = await new Promise((resolve) => recv.async(fd, answer, answer.length, 0, (error, n) => resolve(Number(n))));
  inUse.delete(answer);
  close(fd);
  return got > 0;
}
// What a closed port of UDP answers is ICMP, which an ACL judges by other entries: these are open.
for (const port of [22, 53, 80, 443, 5000, 7999]) {
  dgram.createSocket('udp4').on('message', function (message, from) { this.send(message, from.port, from.address); }).bind(port);
}
const kinds = { tcp, udp, icmp };
require('node:readline').createInterface({ input: process.stdin }).on('line', async (line) => {
  const probe = JSON.parse(line);
  console.log(JSON.stringify({ id: probe.id, arrived: await kinds[probe.protocol](probe) }));
});
console.log('ready');
`;
