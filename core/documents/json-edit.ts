/** Splices for JSON, JSONC and JSON5. */

import {
  type BracketSyntax,
  insertMember,
  type Layout,
  type Range,
  removeMember,
} from './brackets.ts';
import type {
  DocumentNode,
  ListNode,
  MapNode,
  ParsedDocument,
  Path,
  Plain,
  Splice,
} from './document.ts';
import { commentEnd, type JsonDialect, skipTrivia } from './json-dialect.ts';
import { type JsonStyle, renderJson, renderKey, styleOf } from './json-render.ts';
import { indexOf, nodeAt, plainMap } from './nodes.ts';
import { beginsLine, indentAt } from './text.ts';
import type { Writer } from './writer.ts';

export function createJsonWriter(dialect: JsonDialect): Writer {
  return {
    valuesStandAlone: true,
    replace: (document, path, node, value) => replace(dialect, document, path, node, value),
    insert: (document, path, container, key, value) =>
      insert(dialect, document, path, container, key, value),
    remove: (document, path) => remove(dialect, document, path),
  };
}

function replace(
  dialect: JsonDialect,
  document: ParsedDocument,
  path: Path,
  node: DocumentNode,
  value: Plain,
): Splice[] {
  const { text } = document;
  const around = styleAt(dialect, document, path.slice(0, -1));
  const old = text.charAt(node.start);
  const quote = dialect.extended && (old === "'" || old === '"') ? old : around.quote;
  const lines = linesOf(text, node);
  const kept: JsonStyle = {
    ...around,
    quote,
    mapLines: node.kind === 'map' && lines !== undefined ? lines : around.mapLines,
    listLines: node.kind === 'list' && lines !== undefined ? lines : around.listLines,
  };
  const indent = isOnOneLine(document, path) ? undefined : indentAt(text, node.start);
  return [{ start: node.start, end: node.end, text: renderJson(value, kept, indent) }];
}

function insert(
  dialect: JsonDialect,
  document: ParsedDocument,
  path: Path,
  container: MapNode | ListNode,
  key: string | undefined,
  value: Plain,
): Splice[] {
  const { text, eol } = document;
  const around = styleAt(dialect, document, path);
  if (container.start === container.end) return createRoot(document, around, key, value);
  const inLines = !isOnOneLine(document, [...path, 0]);
  const whenEmpty: Layout = {
    compact: around.compact,
    indent: inLines ? indentAt(text, container.start) + around.unit : undefined,
  };
  const render = ({ indent }: Layout): string =>
    (key === undefined ? '' : renderKey(key, around) + around.colon) +
    renderJson(value, around, indent);
  const members = membersOf(container);
  return insertMember({ text, eol, container, members, whenEmpty, render }, syntaxOf(dialect));
}

/** The first value of an empty file, behind the comments it may have. */
function createRoot(
  { text, eol, root }: ParsedDocument,
  style: JsonStyle,
  key: string | undefined,
  value: Plain,
): Splice[] {
  const whole = key === undefined ? [value] : plainMap([[key, value]]);
  const rendered = renderJson(whole, style, '') + eol;
  if (text.trim() === '') return [{ start: 0, end: text.length, text: rendered }];
  const gap = text.endsWith('\n') ? '' : eol;
  return [{ start: root.start, end: root.end, text: gap + rendered }];
}

function remove(dialect: JsonDialect, document: ParsedDocument, path: Path): Splice[] {
  const container = nodeAt(document, path.slice(0, -1));
  const key = path.at(-1);
  if (container === undefined || container.kind === 'scalar' || key === undefined) return [];
  const index =
    container.kind === 'list'
      ? (indexOf(key) ?? -1)
      : container.entries.findLastIndex((entry) => entry.key === String(key));
  return removeMember(document.text, container, membersOf(container), index, syntaxOf(dialect));
}

function syntaxOf(dialect: JsonDialect): BracketSyntax {
  return {
    skipTrivia: (text, from) => skipTrivia(text, from, dialect),
    commentEnd: (text, at) => (dialect.comments ? commentEnd(text, at) : undefined),
  };
}

/** The manner of the container at a path, or of those around it. */
function styleAt(dialect: JsonDialect, document: ParsedDocument, path: Path): JsonStyle {
  const chain = [
    document.root,
    ...path.map((_, depth) => nodeAt(document, path.slice(0, depth + 1))),
  ];
  const known = chain.filter((node) => node !== undefined);
  return styleOf(document.text, document.eol, known, dialect);
}

function membersOf(container: MapNode | ListNode): Range[] {
  if (container.kind === 'list') return container.items.map(({ start, end }) => ({ start, end }));
  return container.entries.map(({ keyStart, node }) => ({ start: keyStart, end: node.end }));
}

/** Whether the members of a container begin lines of their own; undefined when it has none. */
function linesOf(text: string, node: DocumentNode): boolean | undefined {
  if (node.kind === 'scalar') return undefined;
  const first = membersOf(node)[0];
  return first === undefined ? undefined : beginsLine(text, first.start);
}

/** Whether what stands at a path shares its line with a container around it. */
function isOnOneLine(document: ParsedDocument, path: Path): boolean {
  for (let length = path.length - 1; length >= 0; length -= 1) {
    const container = nodeAt(document, path.slice(0, length));
    const lines = container === undefined ? undefined : linesOf(document.text, container);
    if (lines !== undefined) return !lines;
  }
  return false;
}
