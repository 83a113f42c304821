import { expect, it } from 'vitest';
import { forwardingCapability } from './uplink.ts';

it('needs a machine that forwards where its own way out is, and says how', () => {
  expect(forwardingCapability([['eth0', true]])).toEqual({ name: 'uplink', ok: true, detail: 'the machine forwards packets' });
  const mixed = [
    ['eth0', true],
    ['wlan0', false],
  ] as const;
  expect(forwardingCapability(mixed)).toEqual({
    name: 'uplink',
    ok: false,
    detail: 'the machine does not forward packets (wlan0)',
    fix: 'Enable it: sysctl -w net.ipv4.ip_forward=1',
  });
});
