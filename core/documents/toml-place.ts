/** Where a new table goes and how its neighbours are written. */

import type { ParsedDocument, Path, Splice } from './document.ts';
import { indentAt, lineEnd, lineStart } from './text.ts';
import type { TomlStatement } from './toml-read.ts';
import type { TomlStyle } from './toml-render.ts';

/** The manner of the tables at a path, or of the whole file. */
export function styleAt(
  document: ParsedDocument,
  statements: readonly TomlStatement[],
  path: Path,
  isItem: boolean,
): TomlStyle {
  const { text, eol } = document;
  const depth = depthOf(path) - (isItem ? 1 : 0);
  const near = statements.filter((statement) => isBelow(statement.path, path));
  const direct = near.filter((statement) => depthOf(statement.path) === depth + 1);
  const headers = near.filter(isHeader);
  const sibling = headers.findLast((header) => depthOf(header.path) <= depth + 1) ?? headers.at(-1);
  const pairs = statements.filter((statement) => statement.kind === 'pair');
  const ownPair = pairs.findLast((pair) => sibling !== undefined && pair.header === sibling);
  const headerIndent = sibling === undefined ? '' : indentAt(text, sibling.start);
  const samplePair = ownPair ?? pairs.at(-1);
  const between =
    samplePair === undefined
      ? ''
      : text.slice(samplePair.keys.at(-1)?.end, samplePair.value?.range[0]);
  return {
    eol,
    headerIndent,
    pairIndent: ownPair === undefined ? headerIndent : indentAt(text, ownPair.start),
    equals: between === '=' ? '=' : ' = ',
    separated: areSeparated(text, statements),
    inlineSelf: path.length > 0 && direct.some(isInlineTable) && !direct.some(isHeader),
    inlineMaps: near.some(
      (statement) => depthOf(statement.path) > depth + 1 && isInlineTable(statement),
    ),
  };
}

/** Puts the lines of a new table behind the last statement under a path, or at the end of the file. */
export function insertTable(
  document: ParsedDocument,
  statements: readonly TomlStatement[],
  path: Path,
  lines: readonly string[],
  style: TomlStyle,
): Splice {
  const { text, eol } = document;
  const group =
    path.length === 0
      ? undefined
      : statements.findLast((statement) => isBelow(statement.path, path));
  const isDotted = group?.kind === 'pair' && group.header === undefined;
  const at = group === undefined || isDotted ? text.trimEnd().length : lineEnd(text, group.end);
  const block = lines.join(eol);
  if (at === 0) return { start: 0, end: text.length, text: block + eol };
  const close = text.slice(at) === '' && statements.length === 0 ? eol : '';
  return { start: at, end: at, text: eol + (style.separated ? eol : '') + block + close };
}

/** Depth in names: an item of a list of tables stands no deeper than its list. */
function depthOf(path: Path): number {
  return path.filter((key) => typeof key === 'string').length;
}

function isHeader(statement: TomlStatement): boolean {
  return statement.kind !== 'pair';
}

function isInlineTable(statement: TomlStatement): boolean {
  return statement.value?.type === 'TOMLInlineTable';
}

function areSeparated(text: string, statements: readonly TomlStatement[]): boolean {
  const headers = statements.filter(
    (statement) => statement.kind !== 'pair' && statement !== statements[0],
  );
  if (headers.length === 0) return true;
  return headers.some((header) => {
    const line = lineStart(text, header.start);
    return (
      /\n[ \t]*\r?\n$/.test(text.slice(0, line)) ||
      text
        .slice(0, line)
        .trimEnd()
        .includes('#', text.lastIndexOf('\n', line - 2))
    );
  });
}

function isBelow(path: Path, above: Path): boolean {
  return (
    path.length >= above.length && above.every((key, index) => String(path[index]) === String(key))
  );
}
