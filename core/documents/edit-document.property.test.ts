/** Promise P4 for text: an edit changes the bytes of its own entry and no others. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { randomJson } from '../../test/support/random-json.ts';
import type { Draw, RandomText, Spot, Writers } from '../../test/support/random-text.ts';
import { randomToml } from '../../test/support/random-toml.ts';
import { randomYaml } from '../../test/support/random-yaml.ts';
import { asPlain, referees, sameData } from '../../test/support/referees.ts';
import { runs } from '../../test/support/runs.ts';
import type { DocumentFormat, Edit, ParsedDocument, Path, Plain } from './document.ts';
import { editDocument } from './edit-document.ts';
import { nodeAt, plainMap, plainOf } from './nodes.ts';
import { parseDocument } from './parse-document.ts';
import { applyPlain } from './plain-edit.ts';
import { largeText } from './text.ts';

const writers: Writers = {
  json: (draw) => randomJson(draw, { comments: false, extended: false }),
  jsonc: (draw) => randomJson(draw, { comments: true, extended: false }),
  json5: (draw) => randomJson(draw, { comments: true, extended: true }),
  toml: randomToml,
  yaml: randomYaml,
};

const values: readonly Plain[] = [
  'new value',
  'with "quotes", \\ and #',
  'yes',
  '',
  'two\nlines',
  true,
  42,
  ['-y', 'package'],
  [],
  plainMap([]),
  plainMap([
    ['command', 'npx'],
    ['args', ['a', 'b']],
    ['env', plainMap([['TOKEN NAME', '1']])],
  ]),
];

interface Case {
  readonly source: RandomText;
  readonly document: ParsedDocument;
  readonly edit: Extract<Edit, { path: Path }>;
  /** The node that is edited; undefined for an addition. */
  readonly spot: Spot | undefined;
}

/** As large as a state file, which is read and edited in parts: blanks behind its end make it so. */
const largeJson = (draw: Draw): RandomText => {
  const source = writers.json(draw);
  return { ...source, text: source.text + ' '.repeat(largeText) };
};

const kinds: readonly (readonly [string, DocumentFormat, (draw: Draw) => RandomText])[] = [
  ['json', 'json', writers.json],
  ['large json', 'json', largeJson],
  ['jsonc', 'jsonc', writers.jsonc],
  ['json5', 'json5', writers.json5],
  ['toml', 'toml', writers.toml],
  ['yaml', 'yaml', writers.yaml],
];

const timeout = runs(60_000, 3_600_000);

describe.each(kinds)('%s', { timeout }, (_kind, format, write) => {
  const forAll = (check: (one: Case) => void): void => checkCases(format, write, check);
  test('reads what other parsers read, and an edit that changes nothing keeps every byte', () => {
    forAll(({ source, document }) => {
      expect(sameData(plainOf(document.root), referees[format](source.text))).toBe(true);
      expect(document.comments.map(({ start, text }) => ({ start, text: text.trim() }))).toEqual(
        source.comments.map(trimmedComment),
      );
      expect(decode(editDocument(document, []))).toBe(source.text);
      expect(
        decode(editDocument(document, [{ op: 'set', path: [], value: plainOf(document.root) }])),
      ).toBe(source.text);
    });
  });

  test('an edit changes its own entry and nothing else', () => {
    let refused = 0;
    let total = 0;
    forAll((one) => {
      total += 1;
      const after = attempt(one);
      if (after === undefined) {
        refused += 1;
        return;
      }
      checkData(one, after);
      checkText(one, after);
    });
    expect(refused / total).toBeLessThan(0.03);
  });

  test('an addition taken back leaves the original bytes', () => {
    forAll((one) => {
      const { edit, document, spot, source } = one;
      if (edit.op !== 'set' || spot !== undefined || !isCommonLayout(one)) return;
      const after = attempt(one);
      if (after === undefined) return;
      const again = parseDocument(encode(after), format, 'file');
      const taken = decode(editDocument(again, [{ op: 'remove', path: edit.path }]));
      expect(taken).toBe(source.text);
      expect(document.text).toBe(source.text);
    });
  });
});

function checkCases(
  format: DocumentFormat,
  write: (draw: Draw) => RandomText,
  check: (one: Case) => void,
): void {
  fc.assert(
    fc.property(fc.gen(), (gen) => {
      const draw: Draw = (bound) => gen(fc.nat, { max: bound - 1 });
      const source = write(draw);
      const document = parseDocument(encode(source.text), format, 'file');
      check({ source, document, ...drawEdit(draw, source, document) });
    }),
    { numRuns: runs(300, 20_000) },
  );
}

function drawEdit(
  draw: Draw,
  source: RandomText,
  document: ParsedDocument,
): Pick<Case, 'edit' | 'spot'> {
  const value = values[draw(values.length)] ?? null;
  const spots = source.spots.filter((spot) => spot.path.length > 0);
  const spot = spots[draw(Math.max(spots.length, 1))];
  const what = draw(4);
  if (spot !== undefined && what === 0) return { edit: { op: 'remove', path: spot.path }, spot };
  if (spot !== undefined && what === 1)
    return { edit: { op: 'set', path: spot.path, value }, spot };
  const containers = source.spots.filter(({ kind }) => kind !== 'scalar');
  const { path } = containers[draw(Math.max(containers.length, 1))] ?? { path: [] };
  const node = nodeAt(document, path);
  const key = node?.kind === 'list' ? node.items.length : `added ${draw(3)}`;
  const fits =
    node?.kind === 'list' && node.items.some((item) => item.kind === 'map')
      ? plainMap([['name', 'n']])
      : value;
  return { edit: { op: 'set', path: [...path, key], value: fits }, spot: undefined };
}

/** The edited text; undefined when the edit was refused, which must leave a clear error. */
function attempt({ document, edit }: Case): string | undefined {
  try {
    return decode(editDocument(document, [edit]));
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    if (thrown.code === 'file_unsupported') return undefined;
    if (document.format === 'toml' && thrown.code === 'bad_input') return undefined;
    throw thrown;
  }
}

function checkData({ document, edit }: Case, after: string): void {
  const intended = applyPlain(
    plainOf(document.root),
    edit.path,
    edit.op === 'set' ? edit.value : undefined,
  );
  const outcome = referees[document.format](after);
  const isRight =
    sameData(intended, outcome) ||
    (document.format === 'toml' && sameData(pruned(intended), pruned(asPlain(outcome))));
  if (!isRight)
    throw new Error(`other data:\n${document.text}\n--- ${describeEdit(edit)}\n${after}`);
}

function checkText({ source, document, edit, spot }: Case, after: string): void {
  const complain = (what: string): never => {
    throw new Error(
      `${what}:\n${JSON.stringify(document.text)}\n--- ${describeEdit(edit)}\n${JSON.stringify(after)}`,
    );
  };
  const isScalarSet =
    edit.op === 'set' && spot?.kind === 'scalar' && typeof edit.value !== 'object';
  if (isScalarSet && spot !== undefined) {
    const written = [source.text.slice(0, spot.start), source.text.slice(spot.end)] as const;
    // An empty value may be put anywhere among the blanks that stand for it.
    const isEmpty = spot.start === spot.end;
    const [before, behind] = isEmpty ? [written[0].trimEnd(), written[1].trimStart()] : written;
    if (!after.startsWith(before) || !after.endsWith(behind))
      complain('a scalar edit touched other text');
  }
  const isOwn = (path: Path): boolean =>
    edit.path.every((key, index) => path[index] === key) && path.length >= edit.path.length;
  let at = 0;
  for (const leaf of source.spots.filter(({ kind, path }) => kind === 'scalar' && !isOwn(path))) {
    const written = source.text.slice(leaf.from, leaf.end);
    at = after.indexOf(written, at);
    if (at === -1) complain(`lost or moved: ${written}`);
    at += written.length;
  }
  at = 0;
  for (const comment of source.comments) {
    const found = after.indexOf(comment.text.trim(), at);
    if (found !== -1) at = found;
    else if (!mayGo(source, edit, spot, isOwn, comment.start))
      complain(`lost comment ${comment.text}`);
  }
  if (
    edit.op === 'set' &&
    spot === undefined &&
    !isSubsequence(withoutBlanks(source.text), withoutBlanks(after))
  )
    complain('an addition removed something');
  if (/\r\n/.test(source.text) && !/(?<!\r)\n/.test(source.text) && /(?<!\r)\n/.test(after))
    complain('a foreign line ending');
}

/** Comments inside what is removed or replaced, and the one behind it on its last line. */
function mayGo(
  source: RandomText,
  edit: Edit,
  spot: Spot | undefined,
  isOwn: (path: Path) => boolean,
  start: number,
): boolean {
  if (edit.op === 'text' || spot === undefined) return false;
  const own = source.spots.filter(({ path }) => isOwn(path));
  const from = Math.min(...own.map((one) => one.from));
  const end = source.text.indexOf('\n', Math.max(...own.map((one) => one.end)));
  return start >= from && (end === -1 || start < end);
}

/**
 * Additions that are exactly undone: the container keeps its way of writing an empty one, no comment
 * stands directly behind its last member, no table has to be made for it, and all lines end alike.
 */
function isCommonLayout({ source, document, edit }: Case): boolean {
  const container = nodeAt(document, edit.path.slice(0, -1));
  if (container === undefined || container.kind === 'scalar') return false;
  if (/\r\n/.test(source.text) && /(?<!\r)\n/.test(source.text)) return false;
  const size = container.kind === 'map' ? container.entries.length : container.items.length;
  const inside = source.text.slice(
    container.start + 1,
    Math.max(container.end - 1, container.start + 1),
  );
  if (size === 0) return inside === '' && source.text.trim() !== '';
  if (document.format === 'toml')
    return /^[[{]/.test(source.text.slice(container.start)) && !inside.includes('\n');
  if (document.format === 'yaml') return source.text.endsWith('\n');
  return !inside.includes('/') || !inside.includes('note');
}

/** The blanks inside an empty container, and in YAML its brackets, give way to its first member. */
function withoutBlanks(text: string): string {
  return text.replace(/(?<=[[{])\s+(?=[\]}])/g, '').replace(/ ?(?:\{\}|\[\])/g, '');
}

function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (const char of whole) if (at < part.length && part.startsWith(char, at)) at += char.length;
  return at >= part.length;
}

/** Without maps and lists that are empty: TOML lets a table vanish with its last child. */
function pruned(value: Plain): Plain {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(pruned);
  const kept = Object.entries(value).map(([key, item]): [string, Plain] => [key, pruned(item)]);
  return plainMap(
    kept.filter(
      ([, item]) => !(typeof item === 'object' && item !== null && Object.keys(item).length === 0),
    ),
  );
}

function trimmedComment({ start, text }: { start: number; text: string }): {
  start: number;
  text: string;
} {
  return { start: start + text.length - text.trimStart().length, text: text.trim() };
}

function describeEdit(edit: Edit): string {
  return JSON.stringify(edit, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
