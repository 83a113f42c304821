import type { NftObject, Ruleset } from './plan.ts';

/** A ruleset as `nft -f` reads it, for a table without rules. */
export function printRuleset({ table, objects, otherFamilies }: Ruleset): string {
  return [`table ip ${table} {`, ...objects.map((object) => printObject(object)), '}', otherFamilies].join('\n');
}

function printObject(object: NftObject): string {
  const lines = bodyOf(object);
  const first = `  ${object.kind} ${object.name} {`;
  if (object.kind === 'counter') return `${first} }`;
  return `${first}\n${lines.map((line) => `    ${line}\n`).join('')}  }`;
}

function bodyOf(object: NftObject): readonly string[] {
  switch (object.kind) {
    case 'counter':
      return [];
    case 'set':
      return [...object.specification, ...elementsLine(object.elements)];
    case 'map':
      return [...object.specification, ...elementsLine(object.elements.map(([key, verdict]) => `${key} : ${verdict}`))];
    case 'chain':
      return [...(object.hook === undefined ? [] : [object.hook]), ...object.statements];
  }
}

const elementsLine = (elements: readonly string[]): string[] => (elements.length === 0 ? [] : [`elements = { ${elements.join(', ')} }`]);
