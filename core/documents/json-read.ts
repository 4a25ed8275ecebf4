/**
 * Reads JSON, JSONC and JSON5 into nodes. A strict file is checked by the engine's own parser, which
 * is many times faster than any written in JavaScript; its containers are then scanned on access, so
 * that finding one entry in a state file of megabytes costs a skip over its siblings.
 */

import type { Comment, DocumentNode, ListNode, MapNode, NodeEntry } from './document.ts';
import { type JsonDialect, jsonDialects, skipTrivia } from './json-dialect.ts';
import { readKey, readScalar } from './json-tokens.ts';
import { deepestNesting, TextProblem } from './problem.ts';

export interface JsonText {
  readonly root: DocumentNode;
  readonly comments: readonly Comment[];
}

/** @throws TextProblem */
export function readJson(text: string, dialect: JsonDialect): JsonText {
  if (!dialect.comments && isValidJson(text)) return readTrustedJson(text);
  const comments: Comment[] = [];
  const reader = createReader(text, dialect, false, comments);
  const start = reader.trivia(0);
  if (start >= text.length)
    return { root: { kind: 'map', start, end: start, entries: [] }, comments };
  const { node } = reader.value(start, 0);
  const rest = reader.trivia(node.end);
  if (rest < text.length)
    throw new TextProblem(rest, 'something follows after the end of the document');
  return { root: node, comments };
}

/** Reads a text that is known to be valid strict JSON. */
export function readTrustedJson(text: string): JsonText {
  const reader = createReader(text, jsonDialects.json, true);
  return { root: reader.value(reader.trivia(0), 0).node, comments: [] };
}

interface Reader {
  readonly trivia: (at: number) => number;
  readonly value: (start: number, depth: number) => { readonly node: DocumentNode };
}

function createReader(
  text: string,
  dialect: JsonDialect,
  lazy: boolean,
  comments: Comment[] = [],
): Reader {
  const onComment = (start: number, end: number): void => {
    comments.push({ start, end, text: text.slice(start, end) });
  };
  const trivia = (at: number): number => skipTrivia(text, at, dialect, onComment);

  const value = (start: number, depth: number): { node: DocumentNode } => {
    const code = text.charCodeAt(start);
    if (code === 123 || code === 91)
      return { node: lazy ? deferred(start, depth) : container(start, depth) };
    const token = readScalar(text, start, dialect);
    return { node: { kind: 'scalar', start, end: token.end, value: token.value } };
  };

  const container = (start: number, depth: number): MapNode | ListNode => {
    if (depth >= deepestNesting)
      throw new TextProblem(
        start,
        `lists and maps are nested deeper than ${deepestNesting} levels`,
      );
    return text.charCodeAt(start) === 123 ? map(start, depth) : list(start, depth);
  };

  const map = (start: number, depth: number): MapNode => {
    const entries: NodeEntry[] = [];
    const end = members(start, 125, (keyStart) => {
      const key = readKey(text, keyStart, dialect);
      const colon = trivia(key.end);
      if (text.charCodeAt(colon) !== 58)
        throw new TextProblem(colon, 'a colon is missing after a key');
      const { node } = value(trivia(colon + 1), depth + 1);
      entries.push({ key: key.value, keyStart, keyEnd: key.end, node });
      return node.end;
    });
    return { kind: 'map', start, end, entries };
  };

  const list = (start: number, depth: number): ListNode => {
    const items: DocumentNode[] = [];
    const end = members(start, 93, (itemStart) => {
      const { node } = value(itemStart, depth + 1);
      items.push(node);
      return node.end;
    });
    return { kind: 'list', start, end, items };
  };

  const members = (start: number, close: number, readMember: (at: number) => number): number => {
    let at = trivia(start + 1);
    for (let first = true; text.charCodeAt(at) !== close; first = false) {
      if (at >= text.length)
        throw new TextProblem(at, 'the file ends too early: a bracket is never closed');
      if (!first) {
        if (text.charCodeAt(at) !== 44)
          throw new TextProblem(at, 'a comma or a closing bracket is missing');
        const comma = at;
        at = trivia(at + 1);
        if (text.charCodeAt(at) === close) {
          if (dialect.trailingCommas) break;
          throw new TextProblem(
            comma,
            'a comma stands after the last entry, which this format does not allow',
          );
        }
      }
      at = trivia(readMember(at));
    }
    return at + 1;
  };

  const deferred = (start: number, depth: number): MapNode | ListNode => {
    const end = skipContainer(text, start, depth);
    let read: MapNode | ListNode | undefined;
    const node = (): MapNode | ListNode => {
      read ??= container(start, depth);
      return read;
    };
    if (text.charCodeAt(start) === 91) {
      return {
        kind: 'list',
        start,
        end,
        get items() {
          const known = node();
          return known.kind === 'list' ? known.items : [];
        },
      };
    }
    return {
      kind: 'map',
      start,
      end,
      get entries() {
        const known = node();
        return known.kind === 'map' ? known.entries : [];
      },
    };
  };

  return { trivia, value };
}

/** Offset after the container that begins here, in a text known to be valid. */
function skipContainer(text: string, start: number, depth: number): number {
  let open = 0;
  for (let at = start; ; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 34) at = closingQuote(text, at);
    else if (code === 123 || code === 91) {
      open += 1;
      if (open + depth > deepestNesting)
        throw new TextProblem(at, `lists and maps are nested deeper than ${deepestNesting} levels`);
    } else if (code === 125 || code === 93) {
      open -= 1;
      if (open === 0) return at + 1;
    }
  }
}

function closingQuote(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); ; at = text.indexOf('"', at + 1)) {
    let slashes = at;
    while (text.charCodeAt(slashes - 1) === 92) slashes -= 1;
    if ((at - slashes) % 2 === 0) return at;
  }
}

function isValidJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
