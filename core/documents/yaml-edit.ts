/** Splices for YAML: whole lines in block collections, brackets in flow collections. */

import { insertMember, type Range, removeMember } from './brackets.ts';
import type {
  DocumentNode,
  ListNode,
  MapNode,
  NodeEntry,
  ParsedDocument,
  Path,
  Plain,
  Splice,
} from './document.ts';
import { hashSyntax } from './hash-comments.ts';
import { entryOf, indexOf, isPlainList, isPlainMap, nodeAt, plainMap } from './nodes.ts';
import {
  beginsLine,
  columnOf,
  lineEnd,
  lineStart,
  nextLine,
  skipBlanks,
  skipBlanksBack,
} from './text.ts';
import type { Writer } from './writer.ts';
import {
  isBlock,
  quoteYaml,
  renderBlock,
  renderEntry,
  renderFlow,
  renderItem,
  renderYamlScalar,
  type YamlStyle,
} from './yaml-render.ts';
import { yamlStyleOf } from './yaml-style.ts';

export const yamlWriter: Writer = { valuesStandAlone: false, replace, insert, remove };

function replace(document: ParsedDocument, path: Path, node: DocumentNode, value: Plain): Splice[] {
  const { text, eol, root } = document;
  const parent = nodeAt(document, path.slice(0, -1)) ?? root;
  const isInside = isInFlow(document, path);
  const inline = isScalarValue(value) ? renderLike(text, node, value, isInside) : renderFlow(value);
  const style = styleFor(text, node, value, yamlStyleOf(text, root, parent));
  const entry =
    parent.kind === 'map' && path.length > 0 ? entryOf(parent, path.at(-1) ?? '') : undefined;
  if (isInside || !isBlock(value, style)) {
    if (isInside || entry === undefined || !isBlockNode(text, node))
      return [put(text, node, inline)];
    return shrink(text, colonAfter(text, entry), node, inline);
  }
  if (entry === undefined) {
    return [
      put(text, node, renderBlock(value, style, indentOf(text, node.start)).join(eol).trimStart()),
    ];
  }
  return grow(document, entry, value, style);
}

/** A flow collection stays one, and a block list stays a block. */
function styleFor(text: string, node: DocumentNode, value: Plain, around: YamlStyle): YamlStyle {
  if (isFlow(text, node) && !isEmpty(node)) return { ...around, flowLists: true, flowMaps: true };
  const keepsList = node.kind === 'list' && isBlockNode(text, node) && isPlainList(value);
  return keepsList ? { ...around, flowLists: false } : around;
}

/** Puts a block below the key of an entry, in the place of what stands there. */
function grow(
  document: ParsedDocument,
  entry: NodeEntry,
  value: Plain,
  style: YamlStyle,
): Splice[] {
  const { text, eol } = document;
  const { node } = entry;
  const keyIndent = indentOf(text, entry.keyStart);
  const wasBlock = isBlockNode(text, node);
  const kept = wasBlock ? indentOf(text, node.start) : keyIndent;
  const fallback = isPlainList(value) && !style.indentedLists ? keyIndent : keyIndent + style.unit;
  const isUsable = wasBlock && (kept.length > keyIndent.length || isPlainList(value));
  const lines = renderBlock(value, style, isUsable ? kept : fallback);
  if (wasBlock)
    return [{ start: lineStart(text, node.start), end: node.end, text: lines.join(eol) }];
  const at = lineEnd(text, node.end);
  const old =
    node.start < node.end ? [{ start: colonAfter(text, entry), end: node.end, text: '' }] : [];
  return [...old, { start: at, end: at, text: eol + lines.join(eol) }];
}

/** A block value gives way to one on the line of its key. */
function shrink(text: string, colon: number, node: DocumentNode, inline: string): Splice[] {
  const before = lineStart(text, node.start);
  const start = before > 1 && text.charCodeAt(before - 2) === 13 ? before - 2 : before - 1;
  if (start < colon) return [];
  return [
    { start: colon, end: colon, text: ` ${inline}` },
    { start, end: lineEnd(text, node.end), text: '' },
  ];
}

function insert(
  document: ParsedDocument,
  path: Path,
  container: MapNode | ListNode,
  key: string | undefined,
  value: Plain,
): Splice[] {
  const { text, eol, root } = document;
  const style = yamlStyleOf(text, root, container);
  if (container.start === container.end)
    return createRoot(document, renderEntry(key ?? '', value, style, ''));
  if (isFlow(text, container)) {
    if (isEmpty(container) && !isInFlow(document, path)) {
      return replace(
        document,
        path,
        container,
        key === undefined ? [value] : plainMap([[key, value]]),
      );
    }
    const render = (): string =>
      (key === undefined ? '' : `${renderYamlScalar(key, true)}: `) + renderFlow(value);
    const whenEmpty = { indent: undefined, compact: false };
    return insertMember(
      { text, eol, container, members: membersOf(container), whenEmpty, render },
      hashSyntax,
    );
  }
  const indent = indentOf(text, container.start);
  const lines =
    key === undefined ? renderItem(value, style, indent) : renderEntry(key, value, style, indent);
  const at = lineEnd(text, container.end);
  return [{ start: at, end: at, text: eol + lines.join(eol) }];
}

function createRoot({ text, eol }: ParsedDocument, lines: readonly string[]): Splice[] {
  if (text.trim() === '') return [{ start: 0, end: text.length, text: lines.join(eol) + eol }];
  const gap = text.endsWith('\n') ? '' : eol;
  return [{ start: text.length, end: text.length, text: gap + lines.join(eol) + eol }];
}

function remove(document: ParsedDocument, path: Path): Splice[] {
  const { text } = document;
  const parentPath = path.slice(0, -1);
  const parent = nodeAt(document, parentPath);
  const key = path.at(-1);
  if (parent === undefined || parent.kind === 'scalar' || key === undefined) return [];
  const members = isFlow(text, parent) ? membersOf(parent) : blockMembers(text, parent);
  const index =
    parent.kind === 'list'
      ? (indexOf(key) ?? -1)
      : ownEntries(parent).findIndex((entry) => entry.key === String(key));
  if (isFlow(text, parent)) return removeMember(text, parent, members, index, hashSyntax);
  const member = members[index];
  if (member === undefined) return [];
  if (members.length === 1 && path.length > 1)
    return replace(document, parentPath, parent, parent.kind === 'list' ? [] : plainMap([]));
  if (beginsLine(text, member.start)) return [removeLines(text, member)];
  const next = members[index + 1];
  // The first key stands behind a dash: the next one moves up, unless a comment stands between.
  if (next === undefined) return [];
  if (text.slice(member.end, next.start).trim() === '')
    return [{ start: member.start, end: next.start, text: '' }];
  return [{ start: skipBlanksBack(text, member.start), end: member.end, text: '' }];
}

function removeLines(text: string, member: Range): Splice {
  const end = nextLine(text, member.end);
  let start = lineStart(text, member.start);
  if (end === text.length && !text.endsWith('\n') && start > 0)
    start -= text.charCodeAt(start - 2) === 13 ? 2 : 1;
  return { start, end, text: '' };
}

/** From the key or the dash of each member to the end of its value. */
function blockMembers(text: string, node: MapNode | ListNode): Range[] {
  if (node.kind === 'map') return membersOf(node);
  let from = node.start;
  return node.items.map((item) => {
    const start = hashSyntax.skipTrivia(text, from);
    from = Math.max(item.end, start + 1);
    return { start, end: from };
  });
}

function membersOf(node: MapNode | ListNode): Range[] {
  if (node.kind === 'list') return node.items.map(({ start, end }) => ({ start, end }));
  return ownEntries(node).map(({ keyStart, node: value }) => ({ start: keyStart, end: value.end }));
}

/** Without what a merge key brings in. */
function ownEntries(map: MapNode): readonly NodeEntry[] {
  return map.entries.filter((entry) => entry.keyStart >= map.start && entry.keyEnd <= map.end);
}

/** An empty value has no place of its own: blanks must part the new one from what stands around. */
function put(text: string, { start, end }: DocumentNode, written: string): Splice {
  if (start < end) return { start, end, text: written };
  const before = skipBlanksBack(text, start) < start || start === 0 ? '' : ' ';
  const behind = text.charAt(start) === '#' ? ' ' : '';
  return { start, end, text: before + written + behind };
}

/** Keeps quotes where the old value had them. */
function renderLike(
  text: string,
  node: DocumentNode,
  value: null | boolean | number | bigint | string,
  inFlow: boolean,
): string {
  const old = text.charAt(node.start);
  if (typeof value !== 'string' || node.kind !== 'scalar' || typeof node.value !== 'string')
    return renderYamlScalar(value, inFlow);
  if (old === '"') return quoteYaml(value);
  if (old === "'" && /^[^\p{Cc}\u2028\u2029\ufeff]*$/u.test(value))
    return `'${value.replaceAll("'", "''")}'`;
  return renderYamlScalar(value, inFlow);
}

function isScalarValue(value: Plain): value is null | boolean | number | bigint | string {
  return !isPlainList(value) && !isPlainMap(value);
}

function isEmpty(node: DocumentNode): boolean {
  return (
    (node.kind === 'list' && node.items.length === 0) ||
    (node.kind === 'map' && node.entries.length === 0)
  );
}

function isFlow(text: string, node: DocumentNode): boolean {
  if (node.kind === 'map')
    return text.charAt(node.start) === '{' && text.charAt(node.end - 1) === '}';
  return node.kind === 'list' && text.charAt(node.start) === '[';
}

function isBlockNode(text: string, node: DocumentNode): boolean {
  return node.kind !== 'scalar' && !isFlow(text, node);
}

function isInFlow(document: ParsedDocument, path: Path): boolean {
  return path.some((_, depth) => {
    const above = nodeAt(document, path.slice(0, depth));
    return above !== undefined && isFlow(document.text, above);
  });
}

function colonAfter(text: string, entry: NodeEntry): number {
  const at = skipBlanks(text, entry.keyEnd);
  return text.charCodeAt(at) === 58 ? at + 1 : entry.keyEnd;
}

/** Blanks up to the column of an offset: the depth of a block is where its first member stands. */
function indentOf(text: string, offset: number): string {
  return ' '.repeat(columnOf(text, offset) - 1);
}
