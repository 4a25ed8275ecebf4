/**
 * Reads YAML 1.2 (core schema) into nodes. Anchors, aliases, tags, merge keys and files of several
 * documents are read and locked: an edit of one place would be seen in others.
 */

import {
  type Alias,
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Parser,
  type YAMLMap,
  type YAMLSeq,
  type Scalar as YamlScalar,
} from 'yaml';
import type { Comment, DocumentNode, NodeEntry, Scalar } from './document.ts';
import { deepestNesting, guardBrackets, TextProblem, tooDeep } from './problem.ts';

export interface YamlText {
  readonly root: DocumentNode;
  readonly comments: readonly Comment[];
}

/** Aliases multiply what they stand for; beyond this a file is an attack, not a config. */
const mostNodes = 500_000;

/** @throws TextProblem */
export function readYaml(text: string): YamlText {
  const { documents, comments } = parse(text);
  const budget = { left: mostNodes };
  const roots = documents.map((document) =>
    convert({ text, budget, anchors: new Map(), reach: { depth: 0 } }, document.contents, 0),
  );
  const [root, ...more] = roots;
  if (root === undefined || (more.length === 0 && isBlank(root))) {
    return { root: { kind: 'map', start: text.length, end: text.length, entries: [] }, comments };
  }
  if (more.length === 0) return { root, comments };
  const locked = 'the file holds several documents';
  return { root: { kind: 'list', start: 0, end: text.length, items: roots, locked }, comments };
}

function parse(text: string): {
  readonly documents: readonly Document.Parsed[];
  readonly comments: readonly Comment[];
} {
  guardBrackets(text);
  try {
    const tokens = [...new Parser().parse(text)];
    const comments = readComments(tokens);
    const composer = new Composer({
      intAsBigInt: true,
      uniqueKeys: false,
      prettyErrors: false,
      keepSourceTokens: true,
    });
    const documents = [...composer.compose(tokens)];
    for (const { errors } of documents) {
      const [error] = errors;
      if (error !== undefined)
        throw new TextProblem(
          error.pos[0],
          `this is not valid YAML (${error.code.toLowerCase().replaceAll('_', ' ')})`,
        );
    }
    return { documents, comments };
  } catch (thrown) {
    // The parser recurses and has no bound of its own.
    if (thrown instanceof RangeError) throw tooDeep(0);
    throw thrown;
  }
}

/** What an anchor stands for, how many nodes that is and how many levels, with all aliases in it. */
interface Anchored {
  readonly node: DocumentNode;
  readonly size: number;
  readonly height: number;
}

interface Conversion {
  readonly text: string;
  readonly anchors: Map<string, Anchored>;
  /** How many more nodes the tree may have, over all documents. */
  readonly budget: { left: number };
  /** The deepest level met so far. */
  readonly reach: { depth: number };
}

function convert(conversion: Conversion, node: unknown, depth: number): DocumentNode {
  const { budget, reach, anchors } = conversion;
  const [start] = rangeOf(node);
  const before = { left: budget.left, depth: reach.depth };
  spend(conversion, 1, depth, start);
  if (isAlias(node)) return convertAlias(conversion, node, depth);
  reach.depth = depth;
  const made = { ...convertValue(conversion, node, depth), ...lockOf(node) };
  const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
  const [size, height] = [before.left - budget.left, reach.depth - depth];
  if (anchor !== undefined) anchors.set(anchor, { node: made, size, height });
  reach.depth = Math.max(before.depth, reach.depth);
  return made;
}

function convertAlias(conversion: Conversion, alias: Alias, depth: number): DocumentNode {
  const [start, end] = rangeOf(alias);
  const anchored = conversion.anchors.get(alias.source);
  if (anchored === undefined) {
    throw new TextProblem(start, 'an alias stands here whose anchor is missing');
  }
  spend(conversion, anchored.size, depth + anchored.height, start);
  return { ...anchored.node, start, end, locked: 'it is an alias of another place' };
}

function convertValue(conversion: Conversion, node: unknown, depth: number): DocumentNode {
  if (isMap(node)) return convertMap(conversion, node, depth);
  if (isSeq(node)) return convertList(conversion, node, depth);
  const [start, end] = rangeOf(node);
  const written = conversion.text.slice(start, end).trimEnd();
  return {
    kind: 'scalar',
    start,
    end: start + written.length,
    value: isScalar(node) ? scalarOf(node) : null,
  };
}

function spend({ budget, reach }: Conversion, nodes: number, depth: number, start: number): void {
  budget.left -= nodes;
  reach.depth = Math.max(reach.depth, depth);
  if (budget.left < 0) throw new TextProblem(start, 'aliases multiply this file beyond reason');
  if (depth > deepestNesting) throw tooDeep(start);
}

function convertList(conversion: Conversion, node: YAMLSeq, depth: number): DocumentNode {
  const [start, end] = rangeOf(node);
  const items = node.items.map((item) => convert(conversion, item, depth + 1));
  return { kind: 'list', start, end: node.flow === true ? end : (items.at(-1)?.end ?? end), items };
}

function convertMap(conversion: Conversion, node: YAMLMap, depth: number): DocumentNode {
  const [start, end] = rangeOf(node);
  const entries: NodeEntry[] = [];
  const merged: NodeEntry[] = [];
  let locked: { locked?: string } = {};
  for (const pair of node.items) {
    const [keyStart, keyEnd] = rangeOf(pair.key);
    const key = keyOf(pair.key);
    const afterColon =
      pair.value === null || pair.value === undefined
        ? { kind: 'scalar' as const, start: keyEnd, end: keyEnd, value: null }
        : undefined;
    const child = afterColon ?? convert(conversion, pair.value, depth + 1);
    if (!isPlainKey(pair, conversion.text))
      locked = { locked: 'one of its keys is not a plain one' };
    if (key === '<<' && isAliasOrSeq(pair.value)) merged.push(...mergedEntries(child));
    entries.push({ key, keyStart, keyEnd, node: child });
  }
  const known = new Set(entries.map((entry) => entry.key));
  const inherited = merged.filter((entry) => !known.has(entry.key) && known.add(entry.key));
  const last = entries.at(-1)?.node.end ?? end;
  return {
    kind: 'map',
    start,
    end: node.flow === true ? end : last,
    entries: [...inherited, ...entries],
    ...locked,
  };
}

/** What a merge key brings in: of several maps the first that has a key wins. */
function mergedEntries(node: DocumentNode): NodeEntry[] {
  if (node.kind === 'list') return node.items.flatMap(mergedEntries);
  if (node.kind === 'scalar') return [];
  const locked = 'it comes from a merge key';
  return node.entries.map((entry) => ({ ...entry, node: { ...entry.node, locked } }));
}

function isAliasOrSeq(value: unknown): boolean {
  return isAlias(value) || isSeq(value) || isMap(value);
}

function lockOf(node: unknown): { readonly locked?: string } {
  if (!(isScalar(node) || isMap(node) || isSeq(node))) return {};
  if (node.anchor !== undefined)
    return { locked: 'it carries an anchor that other places may use' };
  return node.tag === undefined ? {} : { locked: 'it carries a tag' };
}

function isPlainKey(pair: unknown, text: string): boolean {
  if (
    !isPair(pair) ||
    !isScalar(pair.key) ||
    pair.key.anchor !== undefined ||
    pair.key.tag !== undefined
  )
    return false;
  const [start, end] = rangeOf(pair.key);
  const before = text.slice(0, start).trimEnd();
  const explicit = before.endsWith('?') && text.slice(before.length, start).trim() === '';
  return !explicit && start < end;
}

function keyOf(key: unknown): string {
  if (!isScalar(key)) return isAlias(key) ? `*${key.source}` : '';
  return typeof key.value === 'string' ? key.value : (key.source ?? '');
}

function scalarOf(node: YamlScalar): Scalar {
  const { value } = node;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  return value === null || value === undefined ? null : (node.source ?? null);
}

function rangeOf(node: unknown): readonly [number, number] {
  const range =
    isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : undefined;
  return range === undefined || range === null ? [0, 0] : [range[0], range[1]];
}

function isBlank(root: DocumentNode): boolean {
  return root.kind === 'scalar' && root.value === null && root.start === root.end;
}

/** From the token tree, in which every character of the file has its place. */
function readComments(tokens: readonly CST.Token[]): Comment[] {
  const comments: Comment[] = [];
  const visit = (token: unknown): void => {
    if (Array.isArray(token)) for (const item of token) visit(item);
    else if (typeof token === 'object' && token !== null) {
      if (isComment(token))
        comments.push({
          start: token.offset,
          end: token.offset + token.source.length,
          text: token.source,
        });
      else for (const part of Object.values(token)) visit(part);
    }
  };
  for (const token of tokens) visit(token);
  return comments.toSorted((a, b) => a.start - b.start);
}

function isComment(token: object): token is { type: 'comment'; offset: number; source: string } {
  return 'type' in token && token.type === 'comment' && 'offset' in token && 'source' in token;
}
