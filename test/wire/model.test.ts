import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { serviceModel } from '../../src/aws/service-model.ts';
import type { ServiceName } from '../../src/model/arrival.ts';
import { constrained, sources } from '../../tools/model/services.ts';
import { readShapes } from '../../tools/model/shapes.ts';

const services = Object.keys(sources) as ServiceName[];

// The constraints need botocore: `npm run model -- --check` compares those as well.
it.each(services)('%s: the committed shapes are those of the SDK client', (service) => {
  const committed = JSON.parse(readFileSync(new URL(`../../src/aws/generated/${service}.shapes.json`, import.meta.url), 'utf8'));
  const { operations, shapes } = readShapes(sources[service].sdk);
  expect(committed).toEqual({ operations: Object.fromEntries(operations), shapes: Object.fromEntries(shapes) });
});

it.each(services)('%s: every constrained operation exists, and is named once', (service) => {
  const names = constrained[service];
  expect(names.filter((name) => serviceModel(service).shapes.operation(name) === undefined)).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});
