/**
 * `npm run model` writes the shape and constraint tables in `src/aws/generated/`, which the server reads instead of the
 * SDK's clients. `npm run model -- --check` compares them with what would be written and changes nothing.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { ServiceName } from '../src/model/arrival.ts';
import { readConstraints, readModels } from './model/constraints.ts';
import { botocoreVersion, constrained, sources } from './model/services.ts';
import { readShapes } from './model/shapes.ts';

const folder = new URL('../src/aws/generated/', import.meta.url);

/** A JSON object of objects with one inner entry per line, so that a changed shape is a changed line. */
function table(parts: Readonly<Record<string, ReadonlyMap<string, unknown>>>): string {
  const sections = Object.entries(parts).map(([name, entries]) => {
    const lines = [...entries].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
    return `${JSON.stringify(name)}:{\n${lines.join(',\n')}\n}`;
  });
  return `{\n${sections.join(',\n')}\n}\n`;
}

function generate(): ReadonlyMap<string, string> {
  const services = Object.keys(sources) as ServiceName[];
  const models = readModels(
    services.map((service) => sources[service].botocore),
    botocoreVersion,
  );
  const files = new Map<string, string>();
  for (const service of services) {
    const shapes = readShapes(sources[service].sdk);
    const model = models[sources[service].botocore];
    if (model === undefined) throw new Error(`botocore has no model of ${service}`);
    const constraints = readConstraints(model, shapes, constrained[service]);
    files.set(`${service}.shapes.json`, table({ operations: shapes.operations, shapes: shapes.shapes }));
    files.set(`${service}.constraints.json`, table({ rules: constraints.rules, members: constraints.members }));
  }
  return files;
}

function existing(name: string): string | undefined {
  try {
    return readFileSync(new URL(name, folder), 'utf8');
  } catch {
    return undefined;
  }
}

function main(): void {
  const files = generate();
  const stale = [...files].filter(([name, text]) => existing(name) !== text).map(([name]) => name);
  if (process.argv.includes('--check')) {
    if (stale.length > 0) {
      console.error(`These tables are not what the models say; run \`npm run model\`: ${stale.join(', ')}`);
      process.exitCode = 1;
    }
    return;
  }
  mkdirSync(folder, { recursive: true });
  for (const name of stale) writeFileSync(new URL(name, folder), files.get(name) ?? '');
  console.log(stale.length === 0 ? 'The tables are up to date.' : `Wrote ${stale.join(', ')}.`);
}

try {
  main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
