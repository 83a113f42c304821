import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AwsError } from './aws-error.ts';
import { serviceModel } from './service-model.ts';
import { decodeXml } from './xml-decode.ts';
import { parseXml, type XmlElement } from './xml-reader.ts';
import { escapeXml } from './xml-writer.ts';

const parse = (text: string): XmlElement => parseXml(Buffer.from(text));
const isRefused = (text: string | Uint8Array): boolean => {
  try {
    parseXml(Buffer.from(text));
    return false;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'MalformedXML') return true;
    throw error;
  }
};

describe('parseXml', () => {
  it('reads elements, attributes, text, entities, CDATA and comments', () => {
    const text = `\uFEFF<?xml version="1.0" encoding="UTF-8"?>
      <!-- before --><a:Root xmlns:a='urn:x' b="1 &lt; 2"> x&amp;y&#65;&#x1F600; <c/><![CDATA[<raw&>]]><c d="">z</c></a:Root> `;
    const root = parse(text);
    expect([root.name, root.text, [...root.attributes]]).toEqual([
      'Root',
      ' x&yA😀 <raw&>',
      [
        ['xmlns:a', 'urn:x'],
        ['b', '1 < 2'],
      ],
    ]);
    expect(root.children.map(({ name, text: inner }) => [name, inner])).toEqual([
      ['c', ''],
      ['c', 'z'],
    ]);
  });

  it.each([
    '',
    'text',
    '<a>',
    '<a></b>',
    '<a/><b/>',
    '<a/>text',
    '<a b="1" b="2"/>',
    '<a b=1/>',
    '<a b="<"/>',
    '<a>&unknown;</a>',
    '<a>&</a>',
    '<a>&#0;</a>',
    '<a>&#xD800;</a>',
    '<a>]]></a>',
    '<a>\u0000</a>',
    '<1/>',
    '< a/>',
    '<a><!-- </a>',
    '<!DOCTYPE a><a/>',
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    '<a><?php ?></a>',
    `${'<a>'.repeat(33)}${'</a>'.repeat(33)}`,
    `<a>${'<b/>'.repeat(100_001)}</a>`,
  ])('refuses %s', (text) => {
    expect(isRefused(text)).toBe(true);
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(isRefused(Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]))).toBe(true);
  });

  it('reads back any text that the writer writes', () => {
    const character = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(character.test(text));
        expect(parse(`<a b="${escapeXml(text)}">${escapeXml(text)}</a>`)).toMatchObject({ text, attributes: new Map([['b', text]]) });
      }),
    );
  });

  it('answers anything else with MalformedXML, quickly', () => {
    const token = fc.constantFrom(
      '<',
      '>',
      '/',
      '<a',
      '</a>',
      '<a>',
      '=',
      '"',
      "'",
      ' ',
      '&',
      ';',
      '&#',
      '<!',
      '--',
      '[CDATA[',
      ']]>',
      '<?',
      'x',
      ':',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 60 }), (tokens) => {
        isRefused(tokens.join(''));
      }),
    );
    const startedMs = performance.now();
    for (const piece of ['<a ', '&', '<!--', '<a b="', ' ', '<', '&#1;']) isRefused(piece.repeat(300_000));
    expect(performance.now() - startedMs).toBeLessThan(2000);
  });
});

describe('decodeXml', () => {
  const shape = serviceModel('s3').shapes.operation('DeleteObjects')?.input.byName.get('Delete')?.shape;
  const decode = (text: string): unknown => (shape?.kind === 'structure' ? decodeXml(shape, parse(text)) : undefined);

  it('reads flattened lists, and numbers with space around them', () => {
    const text = '<Delete><Object><Key> a </Key></Object><Unknown/><Object><Key>b</Key><Size> 5\n</Size></Object><Quiet>true</Quiet></Delete>';
    expect(decode(text)).toEqual({ Objects: [{ Key: ' a ' }, { Key: 'b', Size: 5 }], Quiet: true });
  });

  it.each([
    '<Delete><Quiet>perhaps</Quiet></Delete>',
    '<Delete><Quiet>true</Quiet><Quiet>true</Quiet></Delete>',
    '<Delete><Object><Key><b/></Key></Object></Delete>',
  ])('refuses %s', (text) => {
    expect(() => decode(text)).toThrow(AwsError);
  });
});
