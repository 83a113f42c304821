import { readText } from './text.ts';
import type { ListShape, MapShape, Member, Structure } from './shape.ts';
import { malformedXml, type XmlElement } from './xml-reader.ts';

/** A structure's value from its element. Strict in types; elements that the shape does not have are ignored, as S3 does. */
export function decodeXml(shape: Structure, element: XmlElement): Record<string, unknown> {
  const output: Record<string, unknown> = {};
  const found = new Map<string, XmlElement[]>();
  for (const child of element.children) {
    const same = found.get(child.name);
    if (same === undefined) found.set(child.name, [child]);
    else same.push(child);
  }
  for (const member of shape.members) {
    const name = member.traits.xmlName ?? member.name;
    const value = member.traits.xmlAttribute === 1 ? attribute(element, name) : decodeMember(member, found.get(name) ?? []);
    if (value !== undefined) output[member.name] = value;
  }
  if (shape.form === 'union' && Object.keys(output).length > 1) throw malformedXml();
  return output;
}

const attribute = (element: XmlElement, name: string): string | undefined =>
  element.attributes.get(name) ?? element.attributes.get(name.slice(name.indexOf(':') + 1));

function decodeMember(member: Member, elements: readonly XmlElement[]): unknown {
  const { shape, traits } = member;
  const [element, ...others] = elements;
  if (element === undefined) return undefined;
  if (shape.kind === 'list' && traits.xmlFlattened === 1) return decodeItems(shape, elements);
  if (shape.kind === 'map' && traits.xmlFlattened === 1) return decodeEntries(shape, elements);
  if (others.length > 0) throw malformedXml();
  return decodeValue(member, element);
}

function decodeValue(member: Member, element: XmlElement): unknown {
  const { shape } = member;
  if (shape.kind === 'structure') return decodeXml(shape, element);
  if (shape.kind === 'list') return decodeItems(shape, named(element, shape.item.traits.xmlName ?? 'member'));
  if (shape.kind === 'map') return decodeEntries(shape, named(element, 'entry'));
  if (element.children.length > 0) throw malformedXml();
  // Pretty-printed documents pad numbers and dates; a string's spaces are its own.
  const value = readText(shape, shape.kind === 'string' ? element.text : element.text.trim());
  if (value === undefined) throw malformedXml();
  return value;
}

const named = (element: XmlElement, wanted: string): XmlElement[] => element.children.filter(({ name }) => name === wanted);

const decodeItems = (shape: ListShape, elements: readonly XmlElement[]): unknown[] => elements.map((element) => decodeValue(shape.item, element));

function decodeEntries(shape: MapShape, elements: readonly XmlElement[]): Record<string, unknown> {
  const keyName = shape.key.traits.xmlName ?? 'key';
  const valueName = shape.value.traits.xmlName ?? 'value';
  const entries = elements.map(({ children }) => {
    const key = children.find(({ name }) => name === keyName);
    const value = children.find(({ name }) => name === valueName);
    if (key === undefined || value === undefined) throw malformedXml();
    return [key.text, decodeValue(shape.value, value)] as const;
  });
  return Object.fromEntries(entries);
}
