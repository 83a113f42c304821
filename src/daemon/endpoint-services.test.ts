import { expect, it } from 'vitest';
import { Store } from '../store/store.ts';
import { parseEndpointServices, storeEndpointServices } from './endpoint-services.ts';

it('reads a name, an address and a private name', () => {
  expect(parseEndpointServices(['licences=10.9.8.7:27000', 'features=db.example:5432,Features.Example.Internal'])).toEqual([
    { name: 'licences', host: '10.9.8.7', port: 27_000 },
    { name: 'features', host: 'db.example', port: 5432, privateDnsName: 'features.example.internal' },
  ]);
});

it.each([
  ['licences', /takes NAME=HOST:PORT/],
  ['licences=10.9.8.7', /takes NAME=HOST:PORT/],
  ['=10.9.8.7:1', /a name has small letters/],
  ['Licences=10.9.8.7:1', /a name has small letters/],
  ['licences=:1', /neither a host name nor an IPv4 address/],
  ['licences=[::1]:1', /takes NAME=HOST:PORT/],
  ['licences=10.9.8.7:0', /0 is not a port/],
  ['licences=10.9.8.7:65536', /65536 is not a port/],
  ['licences=10.9.8.7:1,', /is no name for a VPC/],
  ['licences=10.9.8.7:1,licences', /is no name for a VPC/],
  ['licences=10.9.8.7:1,10.0.0.1', /is no name for a VPC/],
  ['licences=10.9.8.7:1,sts.us-east-1.amazonaws.com', /is a name of AWS/],
])('refuses %s', (text, message) => {
  expect(() => parseEndpointServices([text])).toThrow(message);
});

it('refuses the same name twice', () => {
  expect(() => parseEndpointServices(['a=h:1', 'a=h:2'])).toThrow('--endpoint-service names a twice');
});

it('makes the store as the command line says, with the same id for the same name', () => {
  const store = new Store(':memory:');
  const now = new Date(0);
  storeEndpointServices(store, parseEndpointServices(['a=h:1', 'b=h:2']), '000000000000', now);
  const before = store.ec2.endpointServices.list();
  storeEndpointServices(store, parseEndpointServices(['b=h:3']), '000000000000', now);
  const [only, ...others] = store.ec2.endpointServices.list();
  expect(others).toEqual([]);
  expect(only).toMatchObject({ name: 'b', port: 3 });
  expect(before.find(({ name }) => name === 'b')?.serviceId).toBe(only?.serviceId);
});
