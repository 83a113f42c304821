import { writeText } from './text.ts';
import type { MapShape, Member, Structure } from './shape.ts';

export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
// Control characters as well: a bare CR would be read back as LF.
// oxlint-disable-next-line no-control-regex
const special = /[&<>"\u0000-\u001f]/;
// oxlint-disable-next-line no-control-regex
const specials = /[&<>"\u0000-\u001f]/g;

export function escapeXml(text: string): string {
  if (!special.test(text)) return text;
  return text.replace(specials, (character) => escapes[character] ?? `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`);
}

/** The elements of a structure's members, without the structure's own tag. */
export function writeMembers(value: any, members: readonly Member[]): string {
  let output = '';
  for (const member of members) {
    const item: unknown = value[member.name];
    if (item === undefined || item === null || member.traits.xmlAttribute === 1) continue;
    output += writeElement(member, item, member.traits.xmlName ?? member.name);
  }
  return output;
}

/** One member as an element (a flattened list or map as several). */
function writeElement(member: Member, value: any, tag: string): string {
  const { shape, traits } = member;
  const flat = traits.xmlFlattened === 1;
  if (shape.kind === 'structure') {
    return `<${tag}${namespace(member)}${attributes(shape, value)}>${writeMembers(value, shape.members)}</${tag}>`;
  }
  if (shape.kind === 'list') {
    const itemTag = flat ? tag : (shape.item.traits.xmlName ?? 'member');
    let output = '';
    for (const item of value as readonly unknown[]) output += writeElement(shape.item, item, itemTag);
    return flat ? output : `<${tag}${namespace(member)}>${output}</${tag}>`;
  }
  if (shape.kind === 'map') {
    const output = writeEntries(shape, value as Readonly<Record<string, unknown>>, flat ? tag : 'entry');
    return flat ? output : `<${tag}>${output}</${tag}>`;
  }
  return `<${tag}${namespace(member)}>${escapeXml(writeText(shape, value))}</${tag}>`;
}

function writeEntries(shape: MapShape, value: Readonly<Record<string, unknown>>, tag: string): string {
  const keyTag = shape.key.traits.xmlName ?? 'key';
  const valueTag = shape.value.traits.xmlName ?? 'value';
  let output = '';
  for (const [key, item] of Object.entries(value)) {
    output += `<${tag}><${keyTag}>${escapeXml(key)}</${keyTag}>${writeElement(shape.value, item, valueTag)}</${tag}>`;
  }
  return output;
}

function namespace({ traits }: Member): string {
  if (traits.xmlNamespace === undefined) return '';
  const [prefix, uri] = traits.xmlNamespace;
  return ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escapeXml(uri)}"`;
}

/** Members that are attributes of their structure's tag (`xsi:type` of S3's Grantee). */
function attributes(shape: Structure, value: any): string {
  let output = '';
  for (const { name, traits } of shape.members) {
    if (traits.xmlAttribute === 1 && value[name] !== undefined) output += ` ${traits.xmlName ?? name}="${escapeXml(String(value[name]))}"`;
  }
  return output;
}
