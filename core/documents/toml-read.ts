/**
 * Reads TOML into nodes and into statements. One TOML table may be spread over headers and dotted
 * keys all over a file, so a map's range is only its extent; edits work on statements.
 */

import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import type { Comment, DocumentNode, Key, NodeEntry, Path, Scalar } from './document.ts';
import { deepestNesting, guardBrackets, TextProblem, tooDeep } from './problem.ts';

/** A header or a pair on the top level of the file, with the path it defines. */
export interface TomlStatement {
  /** With list indexes, as in `['servers', 0, 'env']`. */
  readonly path: Path;
  readonly kind: 'pair' | 'table' | 'item';
  readonly start: number;
  readonly end: number;
  /** The header above; undefined for the root. */
  readonly header: TomlStatement | undefined;
  /** Parts of the key as written. */
  readonly keys: readonly { readonly start: number; readonly end: number }[];
  readonly value: AST.TOMLContentNode | undefined;
}

export interface TomlText {
  readonly root: DocumentNode;
  readonly comments: readonly Comment[];
}

interface Growing {
  start: number;
  end: number;
}

interface GrowingMap extends Growing {
  readonly kind: 'map';
  readonly entries: NodeEntry[];
}

interface GrowingList extends Growing {
  readonly kind: 'list';
  readonly items: DocumentNode[];
}

/** @throws TextProblem */
export function readToml(text: string): TomlText {
  const program = parse(text);
  const root: GrowingMap = { kind: 'map', start: 0, end: text.length, entries: [] };
  for (const statement of statementsOf(program, text)) place(root, statement, text);
  return {
    root,
    comments: program.comments.map(({ range: [start, end] }) => ({
      start,
      end,
      text: text.slice(start, end),
    })),
  };
}

/** Headers and pairs in the order of the file. @throws TextProblem */
export function tomlStatements(text: string): TomlStatement[] {
  return statementsOf(parse(text), text);
}

function statementsOf(program: AST.TOMLProgram, text: string): TomlStatement[] {
  const statements: TomlStatement[] = [];
  const addPair = (pair: AST.TOMLKeyValue, header: TomlStatement | undefined): void => {
    const [start, end] = pair.range;
    const path = [...(header?.path ?? []), ...pair.key.keys.map(nameOf)];
    statements.push({
      path,
      kind: 'pair',
      start,
      end,
      header,
      keys: pair.key.keys.map(rangeOf),
      value: pair.value,
    });
  };
  for (const node of program.body[0].body) {
    if (node.type === 'TOMLKeyValue') addPair(node, undefined);
    else {
      const start = node.range[0];
      const header: TomlStatement = {
        path: node.resolvedKey,
        kind: node.kind === 'array' ? 'item' : 'table',
        start,
        end: headerEnd(text, node),
        header: undefined,
        keys: node.key.keys.map(rangeOf),
        value: undefined,
      };
      statements.push(header);
      for (const pair of node.body) addPair(pair, header);
    }
  }
  return statements;
}

/** Data nodes of an inline value. */
export function tomlNode(node: AST.TOMLContentNode, text: string, depth = 0): DocumentNode {
  const [start, end] = node.range;
  if (depth > deepestNesting) throw tooDeep(start);
  if (node.type === 'TOMLArray') {
    return {
      kind: 'list',
      start,
      end,
      items: node.elements.map((item) => tomlNode(item, text, depth + 1)),
    };
  }
  if (node.type === 'TOMLInlineTable') {
    const map: GrowingMap = { kind: 'map', start, end, entries: [] };
    for (const pair of node.body) {
      const keys = pair.key.keys;
      const target = descend(map, keys.map(nameOf).slice(0, -1), keys.map(rangeOf), pair.range);
      addEntry(target, keys.at(-1), tomlNode(pair.value, text, depth + 1));
    }
    return map;
  }
  return { kind: 'scalar', start, end, value: scalarOf(node) };
}

export function nameOf(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === 'TOMLBare' ? key.name : key.value;
}

function place(root: GrowingMap, statement: TomlStatement, text: string): void {
  const range = [statement.start, statement.end] as const;
  // Indexes take no part in the key as written.
  const headerKeys = statement.header?.keys ?? [];
  const places = [...headerKeys, ...statement.keys];
  if (statement.value === undefined) {
    descend(root, statement.path, places, range);
    return;
  }
  const map = descend(root, statement.path.slice(0, -1), places, range);
  const last = statement.keys.at(-1);
  const key = String(statement.path.at(-1));
  if (last !== undefined) {
    map.entries.push({
      key,
      keyStart: last.start,
      keyEnd: last.end,
      node: tomlNode(statement.value, text),
    });
  }
}

/** Walks to the map at a path, making what is missing and widening the extent of what is passed. */
function descend(
  root: GrowingMap,
  path: Path,
  places: readonly { readonly start: number; readonly end: number }[],
  [start, end]: readonly [number, number],
): GrowingMap {
  if (path.length > deepestNesting) throw tooDeep(start);
  let node: GrowingMap | GrowingList = root;
  let written = 0;
  for (const [depth, key] of path.entries()) {
    const place = places[typeof key === 'number' ? written - 1 : written] ?? { start, end };
    if (typeof key === 'string') written += 1;
    const makes: 'map' | 'list' = typeof path[depth + 1] === 'number' ? 'list' : 'map';
    const next: GrowingMap | GrowingList = growingChild(node, key, place, makes, start, end);
    next.start = Math.min(next.start, start);
    next.end = Math.max(next.end, end);
    node = next;
  }
  if (node.kind === 'list') throw new TextProblem(start, 'a list of tables is used as a table');
  return node;
}

function growingChild(
  node: GrowingMap | GrowingList,
  key: Key,
  place: { readonly start: number; readonly end: number },
  makes: 'map' | 'list',
  start: number,
  end: number,
): GrowingMap | GrowingList {
  const known =
    node.kind === 'list'
      ? node.items[Number(key)]
      : node.entries.find((entry) => entry.key === key)?.node;
  if (known !== undefined) {
    // Only maps and lists made here can be met: the parser refuses to reopen an inline value.
    if (known.kind === 'scalar') throw new TextProblem(start, 'a key is defined twice');
    return known as GrowingMap | GrowingList;
  }
  const made: GrowingMap | GrowingList =
    makes === 'list'
      ? { kind: 'list', start, end, items: [] }
      : { kind: 'map', start, end, entries: [] };
  if (node.kind === 'list') node.items.push(made);
  else
    node.entries.push({ key: String(key), keyStart: place.start, keyEnd: place.end, node: made });
  return made;
}

function addEntry(
  map: GrowingMap,
  key: AST.TOMLBare | AST.TOMLQuoted | undefined,
  node: DocumentNode,
): void {
  if (key !== undefined)
    map.entries.push({ key: nameOf(key), keyStart: key.range[0], keyEnd: key.range[1], node });
}

function scalarOf(node: AST.TOMLValue): Scalar {
  if (node.kind === 'integer')
    return Number.isSafeInteger(Number(node.bigint)) ? Number(node.bigint) : node.bigint;
  if (node.kind === 'string' || node.kind === 'float' || node.kind === 'boolean') return node.value;
  return node.datetime;
}

function rangeOf({ range: [start, end] }: AST.TOMLBare | AST.TOMLQuoted): {
  start: number;
  end: number;
} {
  return { start, end };
}

function headerEnd(text: string, node: AST.TOMLTable): number {
  const close = text.indexOf(']', node.key.range[1]);
  return close + (node.kind === 'array' ? 2 : 1);
}

function parse(text: string): AST.TOMLProgram {
  guardBrackets(text);
  try {
    return parseTOML(text, { tomlVersion: '1.1' });
  } catch (thrown) {
    // The parser recurses and has no bound of its own.
    if (thrown instanceof RangeError) throw tooDeep(0);
    if (!(thrown instanceof ParseError)) throw thrown;
    throw new TextProblem(thrown.index, describe(thrown.message));
  }
}

/** The parser's own sentence, which is fixed, save that some name a character of the file. */
function describe(message: string): string {
  const fixed = message.includes('code point') ? 'a character that is not allowed' : message;
  return `this is not valid TOML (${fixed.charAt(0).toLowerCase()}${fixed.slice(1)})`;
}
