/**
 * Reads JSON, JSONC and JSON5 into nodes. A strict file is checked by the engine's own parser, which
 * is many times faster than any written in JavaScript; its containers are then scanned on access, so
 * that finding one entry in a state file of megabytes costs a skip over its siblings.
 */

import type { Comment, DocumentNode, ListNode, MapNode, NodeEntry, Splice } from './document.ts';
import { type JsonDialect, jsonDialects, skipTrivia } from './json-dialect.ts';
import { isValidJson, provenEnd, skipContainer } from './json-ends.ts';
import { readKey, readScalar } from './json-tokens.ts';
import { deepestNesting, TextProblem, tooDeep } from './problem.ts';
import { largeText } from './text.ts';

export interface JsonText {
  readonly root: DocumentNode;
  readonly comments: readonly Comment[];
}

/** What is thrown where a part that is read on access is nested too deep. */
export type Refuse = (problem: TextProblem) => Error;

/** @throws TextProblem */
export function readJson(text: string, dialect: JsonDialect, refuse: Refuse): JsonText {
  const strict = dialect.comments ? undefined : readStrict(text, refuse);
  if (strict !== undefined) return strict;
  const reading: Reading = { text, dialect, comments: [] };
  const { comments } = reading;
  const start = nextToken(reading, 0);
  if (start >= text.length)
    return { root: { kind: 'map', start, end: start, entries: [] }, comments };
  const root = readValue(reading, start, 0);
  const rest = nextToken(reading, root.end);
  if (rest < text.length)
    throw new TextProblem(rest, 'something follows after the end of the document');
  return { root, comments };
}

/** Undefined for what the engine does not take: our own reader then says where it breaks. */
function readStrict(text: string, refuse: Refuse): JsonText | undefined {
  const laidOut = text.length < largeText ? undefined : readLaidOut(text, refuse);
  return laidOut ?? (isValidJson(text) ? readTrustedJson(text, refuse) : undefined);
}

/**
 * Reads a large text whose root holds its members on lines of their own, as programs write it. The
 * layout says where a member ends, and the engine proves it: what it takes from bracket to bracket is
 * valid and ends there. So nothing is passed over a second time only to find the ends. Undefined
 * when the layout says it wrongly, or when the text is no JSON.
 */
function readLaidOut(text: string, refuse: Refuse): JsonText | undefined {
  const members: Reading = { ...trustedReading(text, refuse), ends: new Map() };
  const reading: Reading = { text, dialect: jsonDialects.json, comments: [], members };
  try {
    const start = nextToken(reading, 0);
    if (text.charCodeAt(start) !== 123) return undefined;
    const root = readMap(reading, start, 0);
    return nextToken(reading, root.end) === text.length ? { root, comments: [] } : undefined;
  } catch (thrown) {
    if (thrown instanceof TextProblem) return undefined;
    throw thrown;
  }
}

/**
 * Reads a text that is known to be valid strict JSON. The root's members are skipped over at once:
 * that finds their ends, and nesting beyond the bound.
 */
function readTrustedJson(text: string, refuse: Refuse): JsonText {
  const reading: Reading = { ...trustedReading(text, refuse), ends: new Map() };
  const root = readValue(reading, nextToken(reading, 0), 0, text.trimEnd().length);
  countMembers(root);
  return { root, comments: [] };
}

/**
 * The tree of an edited strict text, made from the tree before: of the root's members only the one
 * around the change is looked at again, the others have moved by the same distance.
 */
export function rereadTrustedJson(
  text: string,
  before: DocumentNode,
  { start, end, text: written }: Splice,
  refuse: Refuse,
): DocumentNode {
  const by = written.length - (end - start);
  const member =
    before.kind === 'map'
      ? before.entries.find(({ keyStart, node }) => keyStart <= start && end <= node.end)
      : undefined;
  if (before.kind !== 'map' || member === undefined) return readTrustedJson(text, refuse).root;
  const reading = trustedReading(text, refuse);
  const moved = (entry: NodeEntry): NodeEntry => {
    const shift = entry.keyStart > end ? by : 0;
    const grown = entry === member ? by : shift;
    const at = entry.node.start + shift;
    const node = readValue(reading, at, 1, entry.node.end + grown);
    return { key: entry.key, keyStart: entry.keyStart + shift, keyEnd: entry.keyEnd + shift, node };
  };
  return {
    kind: 'map',
    start: before.start,
    end: before.end + by,
    entries: before.entries.map(moved),
  };
}

function trustedReading(text: string, refuse: Refuse): Reading {
  return { text, dialect: jsonDialects.json, comments: [], refuse };
}

interface Reading {
  readonly text: string;
  readonly dialect: JsonDialect;
  readonly comments: Comment[];
  /** Where large containers end, by where they begin: noted at the first skip, so that the levels below need none. */
  readonly ends?: Map<number, number>;
  /** Set for text known to be valid: its containers are read when they are looked into. */
  readonly refuse?: Refuse;
  /** How members of the root are read, while it is not yet known whether they are valid. */
  readonly members?: Reading;
}

function nextToken({ text, dialect, comments }: Reading, from: number): number {
  return skipTrivia(text, from, dialect, (start, end) => {
    comments.push({ start, end, text: text.slice(start, end) });
  });
}

/** @param end where a container ends, when that is known */
function readValue(reading: Reading, start: number, depth: number, end?: number): DocumentNode {
  const code = reading.text.charCodeAt(start);
  if (code === 123 || code === 91) {
    if (reading.members !== undefined)
      return deferContainer(reading.members, start, depth, provenEnd(reading.text, start));
    return reading.refuse === undefined
      ? readContainer(reading, start, depth)
      : deferContainer(reading, start, depth, end);
  }
  const token = readScalar(reading.text, start, reading.dialect);
  return { kind: 'scalar', start, end: token.end, value: token.value };
}

function readContainer(reading: Reading, start: number, depth: number): MapNode | ListNode {
  if (depth >= deepestNesting) throw tooDeep(start);
  return reading.text.charCodeAt(start) === 123
    ? readMap(reading, start, depth)
    : readList(reading, start, depth);
}

function readMap(reading: Reading, start: number, depth: number): MapNode {
  const { text, dialect } = reading;
  const entries: NodeEntry[] = [];
  const end = readMembers(reading, start, 125, (keyStart) => {
    const key = readKey(text, keyStart, dialect);
    const colon = nextToken(reading, key.end);
    if (text.charCodeAt(colon) !== 58)
      throw new TextProblem(colon, 'a colon is missing after a key');
    const node = readValue(reading, nextToken(reading, colon + 1), depth + 1);
    entries.push({ key: key.value, keyStart, keyEnd: key.end, node });
    return node.end;
  });
  return { kind: 'map', start, end, entries };
}

function readList(reading: Reading, start: number, depth: number): ListNode {
  const items: DocumentNode[] = [];
  const end = readMembers(reading, start, 93, (itemStart) => {
    const node = readValue(reading, itemStart, depth + 1);
    items.push(node);
    return node.end;
  });
  return { kind: 'list', start, end, items };
}

/** Reads members and commas up to the closing bracket; answers the offset after it. */
function readMembers(
  reading: Reading,
  start: number,
  close: number,
  readMember: (at: number) => number,
): number {
  const { text, dialect } = reading;
  let at = nextToken(reading, start + 1);
  for (let first = true; text.charCodeAt(at) !== close; first = false) {
    if (at >= text.length)
      throw new TextProblem(at, 'the file ends too early: a bracket is never closed');
    if (!first) {
      if (text.charCodeAt(at) !== 44)
        throw new TextProblem(at, 'a comma or a closing bracket is missing');
      const comma = at;
      at = nextToken(reading, at + 1);
      if (text.charCodeAt(at) === close) {
        if (dialect.trailingCommas) break;
        throw new TextProblem(
          comma,
          'a comma stands after the last entry, which this format does not allow',
        );
      }
    }
    at = nextToken(reading, readMember(at));
  }
  return at + 1;
}

function deferContainer(
  reading: Reading,
  start: number,
  depth: number,
  known?: number,
): MapNode | ListNode {
  const end =
    known ?? reading.ends?.get(start) ?? skipContainer(reading.text, start, depth, reading.ends);
  let read: MapNode | ListNode | undefined;
  const whole = (): MapNode | ListNode => {
    read ??= readOnAccess(reading, start, depth);
    return read;
  };
  if (reading.text.charCodeAt(start) === 91) {
    return {
      kind: 'list',
      start,
      end,
      get items() {
        const node = whole();
        return node.kind === 'list' ? node.items : [];
      },
    };
  }
  return {
    kind: 'map',
    start,
    end,
    get entries() {
      const node = whole();
      return node.kind === 'map' ? node.entries : [];
    },
  };
}

function readOnAccess(reading: Reading, start: number, depth: number): MapNode | ListNode {
  try {
    return readContainer(reading, start, depth);
  } catch (thrown) {
    throw thrown instanceof TextProblem && reading.refuse !== undefined
      ? reading.refuse(thrown)
      : thrown;
  }
}

function countMembers(node: DocumentNode): number {
  return node.kind === 'map' ? node.entries.length : node.kind === 'list' ? node.items.length : 0;
}
