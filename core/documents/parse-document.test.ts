import { describe, expect, test } from 'vitest';
import { refusal } from '../../test/support/edit-text.ts';
import type { DocumentFormat } from './document.ts';
import { equalPlain, lineAt, nodeAt, plainAt, plainMap, plainOf } from './nodes.ts';
import { parseDocument } from './parse-document.ts';
import { fromPointer, toPointer } from './pointer.ts';
import { largeText } from './text.ts';

const formats: readonly DocumentFormat[] = ['json', 'jsonc', 'json5', 'toml', 'yaml'];
const marked = ['gh', 'p_', 'Zm9v', 'YmFyYmF6'].join('');

function parse(text: string, format: DocumentFormat = 'json') {
  return parseDocument(new TextEncoder().encode(text), format, 'c.json');
}

describe('broken text is refused with its place and without its content', () => {
  const broken: readonly (readonly [string, DocumentFormat, string, string])[] = [
    ['truncated', 'json', `{\n  "a": {"key": "${marked}"`, '2:'],
    ['truncated in a text', 'json', `{\n  "a": "${marked}`, '2:8'],
    ['a comment', 'json', `{\n  // ${marked}\n  "a": 1\n}`, '2:3'],
    ['a trailing comma', 'json', `{\n  "a": "${marked}",\n}`, ':'],
    ['a missing comma', 'json', `{"a": "${marked}"\n "b": 1}`, '2:2'],
    ['text behind the end', 'json', `{"a": 1}\n${marked}`, '2:1'],
    ['a bare word', 'json', `{"a": ${marked}}`, '1:7'],
    ['a bad escape', 'json', `{"a": "\\x${marked}"}`, '1:7'],
    ['an open comment', 'jsonc', `{"a": 1}\n/* ${marked}`, '2:1'],
    ['single quotes', 'jsonc', `{'a': '${marked}'}`, '1:2'],
    ['a bad escape', 'json5', `{a: '\\u12 ${marked}'}`, '1:6'],
    ['a missing value', 'toml', `a = 1\nb = \nc = "${marked}"`, '3:1'],
    ['a bare value', 'toml', `a = ${marked}`, '1:5'],
    ['a key twice', 'toml', `a = "${marked}"\na = 2`, '2:1'],
    ['bad indentation', 'yaml', `a:\n  b: 1\n c: ${marked}`, '3:'],
    ['a tab', 'yaml', `a:\n\tb: ${marked}`, '2:1'],
    ['an open quote', 'yaml', `a: "${marked}`, '1:'],
    ['an unknown alias', 'yaml', `a: *${marked}`, '1:4'],
  ];
  test.each(broken)('%s in %s', (_name, format, text, place) => {
    const error = refusal(() => parse(text, format));
    expect(error.code).toBe('file_unparsable');
    expect(error.message.startsWith(`c.json:`)).toBe(true);
    expect(error.message).toContain(`:${place}`.replace('::', ':'));
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain(marked);
    expect(Object.keys(error.details)).toEqual(['file', 'line', 'column']);
  });
});

test('every cut of a document is either refused or read as what is left', () => {
  const whole = '{\n  "a": [1, {"b": "x\\"y"}],\n  "c": null\n}';
  for (let length = 1; length < whole.length; length += 1) {
    expect(refusal(() => parse(whole.slice(0, length))).code).toBe('file_unparsable');
  }
});

describe('encodings', () => {
  test.each([
    ['UTF-16 LE with a mark', Uint8Array.of(0xff, 0xfe, 0x7b, 0, 0x7d, 0)],
    ['UTF-16 BE with a mark', Uint8Array.of(0xfe, 0xff, 0, 0x7b, 0, 0x7d)],
    ['UTF-16 LE', Uint8Array.of(0x7b, 0, 0x7d, 0)],
    ['UTF-16 BE', Uint8Array.of(0, 0x7b, 0, 0x7d)],
    ['Latin 1', Uint8Array.of(0x7b, 0x22, 0xe9, 0x22, 0x3a, 0x31, 0x7d)],
    ['half a character at the end', Uint8Array.of(0x7b, 0x7d, 0xc3)],
  ])('%s is refused', (_name, bytes) => {
    for (const format of formats) {
      expect(refusal(() => parseDocument(bytes, format, 'c')).code).toBe('file_unsupported');
    }
  });

  test.each(formats)('a byte order mark is taken off in %s', (format) => {
    const text = format === 'toml' ? 'a = 1\n' : format === 'yaml' ? 'a: 1\n' : '{"a": 1}\n';
    const document = parse(`\uFEFF${text}`, format);
    expect([document.bom, document.text, plainAt(document, ['a'])]).toEqual([true, text, 1]);
  });
});

describe('empty files are empty maps', () => {
  test.each(formats)('%s', (format) => {
    for (const text of ['', ' \n\t\r\n'.replace('\t', format === 'yaml' ? '' : '\t'), '\uFEFF']) {
      expect(plainOf(parse(text, format).root)).toEqual(plainMap([]));
    }
  });
  test.each([
    ['jsonc', '// only this\n'],
    ['toml', '# only this'],
    ['yaml', '# only this\n'],
  ] as const)('with comments only: %s', (format, text) => {
    const document = parse(text, format);
    expect(plainOf(document.root)).toEqual(plainMap([]));
    expect(document.comments.map((comment) => comment.text)).toEqual([text.trim()]);
  });
});

describe('nesting', () => {
  const nested: Readonly<Record<DocumentFormat, (levels: number) => string>> = {
    json: (levels) => '['.repeat(levels) + ']'.repeat(levels),
    jsonc: (levels) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`,
    json5: (levels) => '['.repeat(levels) + ']'.repeat(levels),
    toml: (levels) => `a = ${'['.repeat(levels)}${']'.repeat(levels)}`,
    yaml: (levels) => '['.repeat(levels) + ']'.repeat(levels),
  };
  test.each(formats)('%s: 150 levels are read, 300 and 100,000 refused', (format) => {
    expect(() => plainOf(parse(nested[format](150), format).root)).not.toThrow();
    for (const levels of [300, 100_000]) {
      const error = refusal(() => plainOf(parse(nested[format](levels), format).root));
      expect(error.code).toBe('file_unparsable');
      if (levels === 300) expect(error.message).toContain('deeper than 200');
    }
  });
  test('in a large file, where it is looked into', () => {
    const state = `{\n  "deep": ${nested.json(300)},\n  "servers": {"a": 1}\n}`;
    const document = parse(state + ' '.repeat(largeText));
    expect(plainAt(document, ['servers', 'a'])).toBe(1);
    const error = refusal(() => plainOf(document.root));
    expect([error.code, error.details.line]).toEqual(['file_unparsable', 2]);
  });
  test('dotted keys are bounded too', () => {
    expect(refusal(() => parse(`${'a.'.repeat(300)}b = 1`, 'toml')).message).toContain(
      'deeper than 200',
    );
  });
  test('lists that open over lines and objects within', () => {
    expect(refusal(() => parse(`${'[\n{"a":'.repeat(150)}1${'}]'.repeat(150)}`)).code).toBe(
      'file_unparsable',
    );
  });
});

describe('values', () => {
  test('integers beyond 2^53 stay exact', () => {
    const big = 9223372036854775807n;
    for (const [format, text] of [
      ['json', `{"a": ${big}}`],
      ['jsonc', `{"a": ${big}}`],
      ['json5', `{a: ${big}}`],
      ['toml', `a = ${big}`],
      ['yaml', `a: ${big}`],
    ] as const) {
      expect(plainAt(parse(text, format), ['a'])).toBe(big);
    }
    expect(plainAt(parse('{"a": 9007199254740991}'), ['a'])).toBe(9007199254740991);
  });

  test('a key named __proto__ is a key', () => {
    for (const [format, text] of [
      ['json', '{"__proto__": {"x": 1}}'],
      ['jsonc', '{"__proto__": {"x": 1}}'],
      ['json5', '{__proto__: {x: 1}}'],
      ['toml', '__proto__.x = 1'],
      ['yaml', '__proto__:\n  x: 1'],
    ] as const) {
      const plain = plainOf(parse(text, format).root);
      expect(JSON.stringify(plain)).toBe('{"__proto__":{"x":1}}');
      expect(Object.getPrototypeOf(plain)).toBe(null);
    }
  });

  test('JSON5 in all its forms', () => {
    const text =
      "\u00a0{a: 'it\\'s', \"b\": +.5, $c: 0xFF, d: -Infinity, 'e': 'a\\\nb\\x41\\u00e9', f: [NaN, 5.,], \\u0067: '\\0',}";
    expect(plainOf(parse(text, 'json5').root)).toEqual(
      plainMap([
        ['a', "it's"],
        ['b', 0.5],
        ['$c', 255],
        ['d', -Infinity],
        ['e', 'abAé'],
        ['f', [Number.NaN, 5]],
        ['g', '\0'],
      ]),
    );
  });

  test('TOML in all its forms', () => {
    const text =
      'a.b = 1\n\'q k\' = \'C:\\x\'\n[t]\nd = 1979-05-27T07:32:00-08:00\n[t."x.y"]\nf = 20.0\n[[l]]\nn = { o = 0xff }\n[[l]]\n[l.s]\nm = """\nx"""\n';
    expect(JSON.parse(JSON.stringify(plainOf(parse(text, 'toml').root)))).toEqual({
      a: { b: 1 },
      'q k': 'C:\\x',
      t: { d: '1979-05-27T07:32:00-08:00', 'x.y': { f: 20 } },
      l: [{ n: { o: 255 } }, { s: { m: 'x' } }],
    });
  });

  test('YAML: aliases and merge keys are read', () => {
    const document = parse('base: &b\n  x: 1\n  y: 2\nuse: *b\nown:\n  <<: *b\n  y: 3\n', 'yaml');
    expect(plainAt(document, ['use', 'x'])).toBe(1);
    expect([plainAt(document, ['own', 'x']), plainAt(document, ['own', 'y'])]).toEqual([1, 3]);
  });

  test('YAML: several documents are a list', () => {
    expect(JSON.stringify(plainOf(parse('a: 1\n---\nb: 2\n', 'yaml').root))).toBe(
      '[{"a":1},{"b":2}]',
    );
  });

  test('YAML: aliases that multiply are refused', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 12; level += 1) {
      const many = Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ');
      lines.push(`a${level}: &a${level} [${many}]`);
    }
    expect(refusal(() => parse(lines.join('\n'), 'yaml')).code).toBe('file_unparsable');
  });

  test('YAML: aliases that nest are bounded', () => {
    const lines = Array.from(
      { length: 300 },
      (_, level) => `a${level}: &a${level} [${level === 0 ? 'x' : `*a${level - 1}`}]`,
    );
    expect(refusal(() => parse(lines.join('\n'), 'yaml')).message).toContain('deeper than 200');
    expect(() => parse(lines.slice(0, 150).join('\n'), 'yaml')).not.toThrow();
  });

  test('YAML 1.2: yes is a text', () => {
    expect(plainAt(parse('a: yes', 'yaml'), ['a'])).toBe('yes');
  });
});

describe('places', () => {
  test('nodes, lines and comments', () => {
    const text = '{\r\n  // one\r\n  "a": {"b": [10, "x"]}\r\n}';
    const document = parse(text, 'jsonc');
    const node = nodeAt(document, ['a', 'b', 1]);
    expect(node && text.slice(node.start, node.end)).toBe('"x"');
    expect(node && lineAt(document, node.start)).toBe(3);
    expect(nodeAt(document, ['a', 'b', '1'])).toBe(node);
    expect(nodeAt(document, ['a', 'c'])).toBe(undefined);
    expect(document.comments).toEqual([{ start: 5, end: 11, text: '// one' }]);
    expect(document.eol).toBe('\r\n');
  });

  test('duplicate keys are read as the last and reported', () => {
    for (const format of ['json', 'jsonc', 'json5'] as const) {
      const document = parse('{"a": {"b": 1,\n"b": 2}}', format);
      expect(plainAt(document, ['a', 'b'])).toBe(2);
      expect(document.duplicates).toEqual([{ path: ['a', 'b'], line: 2 }]);
    }
    expect(parse('a:\n  b: 1\n  b: 2\n', 'yaml').duplicates).toEqual([
      { path: ['a', 'b'], line: 3 },
    ]);
  });
});

describe('pointers', () => {
  test('RFC 6901 §5', () => {
    const pointers = [
      '',
      '/foo',
      '/foo/0',
      '/',
      '/a~1b',
      '/c%d',
      '/e^f',
      '/g|h',
      '/i\\j',
      '/k"l',
      '/ ',
      '/m~0n',
      '/~01',
    ];
    expect(pointers.map((pointer) => toPointer(fromPointer(pointer)))).toEqual(pointers);
    expect(fromPointer('/~01')).toEqual(['~1']);
    expect(toPointer(['a', 0, 'b/c'])).toBe('/a/0/b~1c');
  });
  test.each(['a', '/~', '/~2'])('%s is refused', (text) => {
    expect(refusal(() => fromPointer(text)).code).toBe('bad_input');
  });
});

test('equal as data', () => {
  expect(
    equalPlain(
      plainMap([
        ['a', 1],
        ['b', [1n]],
      ]),
      plainMap([
        ['b', [1]],
        ['a', 1],
      ]),
    ),
  ).toBe(true);
  expect(equalPlain(Number.NaN, Number.NaN)).toBe(true);
  expect(equalPlain(9007199254740993n, 9007199254740992)).toBe(false);
  expect(equalPlain(plainMap([['a', null]]), plainMap([['b', null]]))).toBe(false);
  expect(equalPlain([], plainMap([]))).toBe(false);
});
