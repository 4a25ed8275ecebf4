/**
 * Reads YAML 1.2 (core schema) into nodes. Anchors, aliases, tags, merge keys and files of several
 * documents are read and locked: an edit of one place would be seen in others.
 */

import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  Parser,
  parseAllDocuments,
  type YAMLMap,
  type YAMLSeq,
  type Scalar as YamlScalar,
} from 'yaml';
import type { Comment, DocumentNode, NodeEntry, Scalar } from './document.ts';
import { deepestNesting, TextProblem } from './problem.ts';

export interface YamlText {
  readonly root: DocumentNode;
  readonly comments: readonly Comment[];
}

/** Aliases multiply what they stand for; beyond this a file is an attack, not a config. */
const mostNodes = 500_000;

/** @throws TextProblem */
export function readYaml(text: string): YamlText {
  const documents = parse(text);
  const comments = readComments(text);
  const budget = { left: mostNodes };
  const roots = documents.map((document) =>
    convert({ document, text, budget }, document.contents, 0),
  );
  const [root, ...more] = roots;
  if (root === undefined || (more.length === 0 && isBlank(root))) {
    return { root: { kind: 'map', start: text.length, end: text.length, entries: [] }, comments };
  }
  if (more.length === 0) return { root, comments };
  const locked = 'the file holds several documents';
  return { root: { kind: 'list', start: 0, end: text.length, items: roots, locked }, comments };
}

function parse(text: string): Document.Parsed[] {
  try {
    const lineCounter = new LineCounter();
    const parsed = parseAllDocuments(text, {
      intAsBigInt: true,
      uniqueKeys: false,
      prettyErrors: false,
      keepSourceTokens: true,
      lineCounter,
    });
    const documents = Array.isArray(parsed) ? parsed : [];
    for (const { errors } of documents) {
      const [error] = errors;
      if (error !== undefined)
        throw new TextProblem(
          error.pos[0],
          `this is not valid YAML (${error.code.toLowerCase().replaceAll('_', ' ')})`,
        );
    }
    return documents;
  } catch (thrown) {
    // The parser recurses and has no bound of its own.
    if (thrown instanceof RangeError) throw tooDeep(0);
    throw thrown;
  }
}

interface Conversion {
  readonly document: Document.Parsed;
  readonly text: string;
  /** How many more nodes may be made, over all documents. */
  readonly budget: { left: number };
}

function convert(conversion: Conversion, node: unknown, depth: number): DocumentNode {
  const { document, text, budget } = conversion;
  const [start, end] = rangeOf(node);
  budget.left -= 1;
  if (budget.left < 0) throw new TextProblem(start, 'aliases multiply this file beyond reason');
  if (depth > deepestNesting) throw tooDeep(start);
  if (isAlias(node)) {
    const source = node.resolve(document);
    if (source === undefined)
      throw new TextProblem(start, 'an alias stands here whose anchor is missing');
    return {
      ...convert(conversion, source, depth + 1),
      start,
      end,
      locked: 'it is an alias of another place',
    };
  }
  const locked = lockOf(node);
  if (isMap(node)) return { ...convertMap(conversion, node, depth), ...locked };
  if (isSeq(node)) return { ...convertList(conversion, node, depth), ...locked };
  const value = isScalar(node) ? scalarOf(node) : null;
  return {
    kind: 'scalar',
    start,
    end: start + text.slice(start, end).trimEnd().length,
    value,
    ...locked,
  };
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
function readComments(text: string): Comment[] {
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
  for (const token of new Parser().parse(text)) visit(token);
  return comments.toSorted((a, b) => a.start - b.start);
}

function isComment(token: object): token is { type: 'comment'; offset: number; source: string } {
  return 'type' in token && token.type === 'comment' && 'offset' in token && 'source' in token;
}

function tooDeep(offset: number): TextProblem {
  return new TextProblem(offset, `lists and maps are nested deeper than ${deepestNesting} levels`);
}
