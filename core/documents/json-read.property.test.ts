/** Our readers of the JSON dialects accept exactly what other people's parsers accept. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { randomJson } from '../../test/support/random-json.ts';
import type { Draw } from '../../test/support/random-text.ts';
import { referees, sameData } from '../../test/support/referees.ts';
import { runs } from '../../test/support/runs.ts';
import type { DocumentNode, ParsedDocument } from './document.ts';
import { plainOf } from './nodes.ts';
import { parseDocument } from './parse-document.ts';
import { largeText } from './text.ts';

const shards = [
  '"',
  "'",
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '/',
  '*',
  '\n',
  ' ',
  '\t',
  '-',
  '+',
  '.',
  '0',
  '1',
  'e',
  'u',
  'x',
  't',
  'é',
  '\u0001',
  '\u00a0',
  '\u2028',
];

const kinds = [
  ['json', 'json', ''],
  ['large json', 'json', ' '.repeat(largeText)],
  ['json5', 'json5', ''],
] as const;

describe.each(kinds)('%s', (_kind, format, padding) => {
  test('a document with one character changed', { timeout: runs(60_000, 3_600_000) }, () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.gen(), (gen) => {
        const draw: Draw = (bound) => gen(fc.nat, { max: bound - 1 });
        const extended = format === 'json5';
        const { text } = randomJson(draw, { comments: extended, extended });
        const at = draw(text.length);
        const broken =
          text.slice(0, at) +
          (shards[draw(shards.length)] ?? '') +
          text.slice(at + draw(2)) +
          padding;
        // By design a file without a value is an empty map to us and an error to others.
        if (isBlank(broken)) return;
        const theirs = attempt(() => referees[format](broken));
        const ours = attempt(() => read(broken, format));
        if (theirs === undefined) refused += 1;
        expect([broken, ours !== undefined]).toEqual([broken, theirs !== undefined]);
        if (ours === undefined || theirs === undefined) return;
        expect(sameData(plainOf(ours.value.root), theirs.value)).toBe(true);
        checkPlaces(ours.value.root, (node) => {
          const source = broken.slice(node.start, node.end);
          expect([source, source.trim()]).toEqual([source, source]);
          expect(sameData(plainOf(node), referees[format](source))).toBe(true);
        });
      }),
      { numRuns: runs(1000, 50_000) },
    );
    expect(refused).toBeGreaterThan(100);
  });
});

function isBlank(text: string): boolean {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n\r\u2028\u2029]*/g, '').trim() === '';
}

function read(text: string, format: 'json' | 'json5'): ParsedDocument {
  return parseDocument(new TextEncoder().encode(text), format, 'file');
}

/** What is read on access is read here, inside the root too. */
function checkPlaces(node: DocumentNode, check: (node: DocumentNode) => void): void {
  check(node);
  const children = node.kind === 'map' ? node.entries.map((entry) => entry.node) : [];
  for (const child of node.kind === 'list' ? node.items : children) checkPlaces(child, check);
}

function attempt<Value>(act: () => Value): { readonly value: Value } | undefined {
  try {
    return { value: act() };
  } catch (thrown) {
    if (
      thrown instanceof SyntaxError ||
      (thrown instanceof AppError && thrown.code === 'file_unparsable')
    )
      return undefined;
    throw thrown;
  }
}
