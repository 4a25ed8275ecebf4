/** Text made to hurt: detection must end, in time that grows with the length only, and never throw. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../test/support/runs.ts';
import { detectInBytes } from './detect-bytes.ts';
import { detectInText } from './detect-text.ts';
import { blank, blankReferences, pairBrackets } from './references.ts';

const length = 60_000;
const pieces = [
  'token=',
  'password=',
  'a=',
  '://',
  'a://x@',
  '-----BEGIN PRIVATE KEY-----',
  '-----BEGIN ',
  'eyJ',
  'eyJa.',
  'sk-',
  'xoxb-1-',
  '{"',
  '[',
  '${',
  '$(',
  '%A',
  '%41',
  '\\',
  '\\n',
  '"',
  "'",
  '`',
  'basic ',
  'bearer ',
  'sig=',
  '--a ',
  '-e ',
  'a b ',
  '/',
  'a/',
  '.',
  'aA1',
  'A',
  'fm2_aaaaaaaaaaaaaaaaaaaaa,',
  'Q~',
  'AZDO',
  '1:AA',
  '<a ',
  '?a=b&',
  'jdbc:oracle:thin:a/',
  'op://',
  '\0',
  'pat',
  'env_file=',
];

/** Quadratic work on 60,000 characters would run into the test's time limit. */
describe('one piece over and over', () => {
  test.each(pieces)('%j', (piece) => {
    const text = piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
    const entry = {
      command: text,
      args: ['--token', text, text],
      env: { A_TOKEN: text },
      headers: { Cookie: text },
      url: text,
    };
    const bytes = new TextEncoder().encode(JSON.stringify({ mcpServers: { a: entry } }));
    expect(Array.isArray(detectInText(text, 'history'))).toBe(true);
    expect(Array.isArray(detectInBytes(bytes, 'mcp.json'))).toBe(true);
  });
});

test('openings that nothing closes are gone through once, not once for each', () => {
  let looked = 0;
  const text = new Proxy([...'${'.repeat(30_000)], {
    get(chars, key) {
      looked += 1;
      if (looked > 3 * length) throw new Error('It was gone through again and again.');
      return Reflect.get(chars, key);
    },
  });
  const closing = pairBrackets(text, '{', '}');
  for (let open = 1; open < length; open += 2) expect(closing(open)).toBe(-1);
});

test('a reference ends at its own bracket, however others nest around it', () => {
  const piece = fc.constantFrom('$(', '(', ')', '$', '1', '1'.repeat(340), '))', '$(1)');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (parts) => {
      const text = parts.join('');
      const chars = [...text];
      for (let at = text.indexOf('$('); at !== -1; at = text.indexOf('$(', at + 1)) {
        let depth = 0;
        for (let end = at + 1; end < Math.min(text.length, at + 1025); end += 1) {
          depth += text[end] === '(' ? 1 : text[end] === ')' ? -1 : 0;
          if (depth > 0) continue;
          chars.fill(blank, at, end + 1);
          break;
        }
      }
      expect(blankReferences(text)).toBe(chars.join(''));
    }),
    { numRuns: runs(500, 20_000) },
  );
});

describe('a long value under a name that means a credential', () => {
  const long = (count: number) => randomBytes(count).toString('base64url').slice(0, count);
  test.each([8_192, 8_196, 20_000, 65_532])('of %i characters is found as a whole', (count) => {
    const entry = { command: 'x', env: { SERVICE_TOKEN: long(count) } };
    const bytes = new TextEncoder().encode(JSON.stringify({ mcpServers: { a: entry } }));
    const found = detectInBytes(bytes, 'mcp.json').filter(
      ({ confidence }) => confidence !== 'possible',
    );
    expect(found.map(({ pointer, value }) => [pointer, value.reveal().length])).toEqual([
      ['/mcpServers/a/env/SERVICE_TOKEN', count],
    ]);
  });
});

const shred = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 12 })), {
  maxLength: 60,
});

test('any text is read without an error, and ranges hold the value', () => {
  fc.assert(
    fc.property(
      shred,
      fc.constantFrom('history', 'log', 'broken', 'text', 'comment' as const),
      (parts, flavour) => {
        const text = parts.join('');
        for (const found of detectInText(text, flavour)) {
          expect(found.start).toBeLessThan(found.end);
          expect(text.slice(found.start, found.end).length).toBe(found.value.length);
        }
      },
    ),
    { numRuns: runs(300, 20_000) },
  );
});

test('any JSON is read without an error', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      expect(Array.isArray(detectInBytes(new TextEncoder().encode(text), 'x.json'))).toBe(true);
    }),
    { numRuns: runs(200, 10_000) },
  );
});

test('any bytes are read or refused with a code', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom('x.json', 'x.toml', 'x.yaml', '.env', '.bash_history', 'x'),
      (bytes, file) => {
        try {
          expect(Array.isArray(detectInBytes(bytes, file))).toBe(true);
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'file_unsupported' });
        }
      },
    ),
    { numRuns: runs(300, 20_000) },
  );
});
