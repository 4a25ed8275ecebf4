/** Splices for TOML: whole statements for tables and pairs, brackets for inline values. */

import { AppError } from '../../shared/errors.ts';
import { insertMember, removeMember } from './brackets.ts';
import type { DocumentNode, ParsedDocument, Path, Plain, Splice } from './document.ts';
import { hashSyntax } from './hash-comments.ts';
import { indexOf, isPlainMap, nodeAt } from './nodes.ts';
import { beginsLine, indentAt, lineEnd, lineStart, nextLine } from './text.ts';
import { type InlineMembers, inlineMembers, isInline, pairAbove } from './toml-inline.ts';
import { insertTable, styleAt } from './toml-place.ts';
import { type TomlStatement, tomlStatements } from './toml-read.ts';
import {
  isTableList,
  quoteToml,
  renderTable,
  renderTomlKey,
  renderTomlValue,
} from './toml-render.ts';
import type { ValueEdit, Writer } from './writer.ts';

export const tomlWriter: Writer = {
  valuesStandAlone: false,
  replace,
  insert,
  remove,
  divide,
  hasPlace,
  alsoRemoved,
};

function replace(
  document: ParsedDocument,
  _path: Path,
  node: DocumentNode,
  value: Plain,
): Splice[] {
  const { text, eol } = document;
  const old = text.slice(node.start, node.end);
  if (
    node.kind === 'list' &&
    Array.isArray(value) &&
    value.length > 0 &&
    node.items[0] !== undefined &&
    beginsLine(text, node.items[0].start)
  ) {
    const indent = indentAt(text, node.items[0].start);
    const lines = value.map((item: Plain) => `${eol}${indent}${renderTomlValue(item)},`);
    return [
      {
        start: node.start,
        end: node.end,
        text: `[${lines.join('')}${eol}${indentAt(text, node.end)}]`,
      },
    ];
  }
  return [{ start: node.start, end: node.end, text: renderLike(old, value) }];
}

/** Keeps a literal string literal and a float a float. */
function renderLike(old: string, value: Plain): string {
  if (typeof value === 'string' && /^'(?!'')/.test(old) && /^[^'\p{Cc}]*$/u.test(value))
    return `'${value}'`;
  const wasFloat = /^[+-]?\d[\d_]*(?:\.|[eE])/.test(old) && !old.includes('-', 1);
  if (typeof value === 'number' && Number.isSafeInteger(value) && wasFloat) return `${value}.0`;
  return typeof value === 'string' ? quoteToml(value) : renderTomlValue(value);
}

function insert(
  document: ParsedDocument,
  path: Path,
  _container: DocumentNode,
  key: string | undefined,
  value: Plain,
): Splice[] {
  const { text, eol } = document;
  const statements = tomlStatements(text);
  const inline = inlineMembers(statements, path);
  if (inline !== undefined) return insertInline(text, eol, inline, key, value);
  const style = styleAt(document, statements, path, key === undefined);
  const isList = key === undefined || isTableList(value);
  if (key !== undefined && (style.inlineSelf || !(isPlainMap(value) || isTableList(value)))) {
    const pair = renderTomlKey(key) + style.equals + renderTomlValue(value);
    return [insertPair(document, statements, path, pair)];
  }
  const names = [...path.filter(isName), ...(key === undefined ? [] : [key])];
  const tables = (isTableList(value) ? value : [value]).filter(isPlainMap);
  if (tables.length === 0) return [];
  const lines = tables.flatMap((table, index) => {
    const block = renderTable(names, table, style, isList);
    return index > 0 && style.separated ? ['', ...block] : block;
  });
  return [insertTable(document, statements, path, lines, style)];
}

function insertInline(
  text: string,
  eol: string,
  inline: InlineMembers,
  key: string | undefined,
  value: Plain,
): Splice[] {
  const render = (): string =>
    (key === undefined ? '' : `${renderTomlKey(key)} = `) + renderTomlValue(value);
  const whenEmpty = { indent: undefined, compact: false };
  const splices = insertMember({ text, eol, ...inline, whenEmpty, render }, hashSyntax);
  if (inline.members.length > 0 || key === undefined) return splices;
  return splices.map((splice) => ({ ...splice, text: padded(splice.text) }));
}

function insertPair(
  document: ParsedDocument,
  statements: readonly TomlStatement[],
  path: Path,
  pair: string,
): Splice {
  const { text, eol } = document;
  const header = statements.findLast(
    (statement) => statement.kind !== 'pair' && samePath(statement.path, path),
  );
  const isOwn = (statement: TomlStatement): boolean => {
    if (statement.kind !== 'pair') return false;
    if (header !== undefined || path.length === 0) return statement.header === header;
    return isUnder(statement.path, path) && (statement.header?.path.length ?? 0) < path.length;
  };
  const last = statements.findLast(isOwn);
  if (last !== undefined && header === undefined) {
    const dotted = dottedPrefix(text, last, path.length - (last.header?.path.length ?? 0));
    return behindLine(text, last, eol, dotted + pair);
  }
  const before = last ?? header;
  if (before !== undefined) return behindLine(text, before, eol, pair);
  const first =
    path.length === 0
      ? statements[0]
      : statements.find((statement) => isUnder(statement.path, path));
  if (first === undefined) {
    const gap = text === '' || text.endsWith('\n') ? '' : eol;
    return { start: text.length, end: text.length, text: gap + pair + eol };
  }
  const at = startOfComments(text, lineStart(text, first.start));
  const name = path.filter(isName).map(renderTomlKey).join('.');
  const indent = indentAt(text, first.start);
  const head = path.length === 0 ? '' : `${indent}[${name}]${eol}${indent}`;
  return { start: at, end: at, text: head + pair + eol + eol };
}

function remove(document: ParsedDocument, path: Path): Splice[] {
  const { text } = document;
  const statements = tomlStatements(text);
  if (isInline(statements, path)) {
    const parent = inlineMembers(statements, path.slice(0, -1));
    if (parent === undefined) return [];
    const key = path.at(-1);
    const index =
      typeof key === 'string' && parent.names !== undefined
        ? parent.names.indexOf(key)
        : (indexOf(key ?? '') ?? -1);
    return removeMember(text, parent.container, parent.members, index, hashSyntax);
  }
  const groups: TomlStatement[][] = [];
  let before: TomlStatement | undefined;
  for (const statement of statements) {
    const hit = isUnder(statement.path, path);
    if (hit && before !== undefined && isUnder(before.path, path)) groups.at(-1)?.push(statement);
    else if (hit) groups.push([statement]);
    before = statement;
  }
  return groups.map((group) => removeLines(text, group[0]?.start ?? 0, group.at(-1)?.end ?? 0));
}

/** Whole lines, with the blank line that set them apart. */
function removeLines(text: string, from: number, to: number): Splice {
  let start = lineStart(text, from);
  const end = nextLine(text, to);
  const above = start === 0 ? 0 : lineStart(text, start - 1);
  const nextIsBlank = end >= text.length || text.slice(end, lineEnd(text, end)).trim() === '';
  if (start > 0 && nextIsBlank && text.slice(above, start).trim() === '') start = above;
  if (end === text.length && !text.endsWith('\n') && start > 0) {
    start -= text.charCodeAt(start - 2) === 13 ? 2 : 1;
  }
  return { start, end, text: '' };
}

/** Tables have no one place where a value could be put: they are edited key by key. */
function divide(
  document: ParsedDocument,
  path: Path,
  value: Plain,
): readonly ValueEdit[] | undefined {
  const node = nodeAt(document, path);
  if (path.length === 0 || node === undefined || node.kind === 'scalar' || hasPlace(document, path))
    return undefined;
  if (node.kind === 'map' && isPlainMap(value)) return undefined;
  if (node.kind === 'list' && isTableList(value)) {
    const surplus = node.items.slice(value.length).map((_, index) => value.length + index);
    return [
      ...value.map(
        (item, index): ValueEdit => ({ op: 'set', path: [...path, index], value: item }),
      ),
      ...surplus.toReversed().map((index): ValueEdit => ({ op: 'remove', path: [...path, index] })),
    ];
  }
  if (nodeAt(document, path.slice(0, -1))?.kind === 'list') {
    throw new AppError(
      'bad_input',
      `${document.file} has a list of tables at this place, which holds nothing but tables.`,
    );
  }
  return [
    { op: 'remove', path },
    { op: 'set', path, value },
  ];
}

/** Whether a path is the value of a pair or stands inside one. */
function hasPlace(document: ParsedDocument, path: Path): boolean {
  return pairAbove(tomlStatements(document.text), path) !== undefined;
}

/** The path that really goes: a table that was only implied by its last child goes with it. */
function alsoRemoved(document: ParsedDocument, path: Path): Path {
  const statements = tomlStatements(document.text);
  if (isInline(statements, path)) return path;
  const remaining = statements.filter((statement) => !isUnder(statement.path, path));
  for (let length = 1; length < path.length; length += 1) {
    const ancestor = path.slice(0, length);
    if (!remaining.some((statement) => isUnder(statement.path, ancestor))) return ancestor;
  }
  return path;
}

/** A new line behind a statement, with its indentation. */
function behindLine(text: string, statement: TomlStatement, eol: string, line: string): Splice {
  const at = lineEnd(text, statement.end);
  return { start: at, end: at, text: eol + indentAt(text, statement.start) + line };
}

/** The keys that a dotted pair and its new neighbour have in common, as they are written. */
function dottedPrefix(text: string, pair: TomlStatement, depth: number): string {
  const [first, last] = [pair.keys[0], pair.keys[depth - 1]];
  return first === undefined || last === undefined ? '' : `${text.slice(first.start, last.end)}.`;
}

/** The first line of the comments that stand directly above a line. */
function startOfComments(text: string, line: number): number {
  let at = line;
  while (at > 0) {
    const above = lineStart(text, at - 1);
    if (text.slice(above, at).trimStart().charAt(0) !== '#') break;
    at = above;
  }
  return at;
}

function padded(text: string): string {
  return text.startsWith(' ') ? text : ` ${text} `;
}

function isUnder(path: Path, above: Path): boolean {
  return (
    path.length >= above.length && above.every((key, index) => String(path[index]) === String(key))
  );
}

function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && isUnder(a, b);
}

function isName(key: string | number): key is string {
  return typeof key === 'string';
}
