/** Writes values as TOML 1.0. */

import type { Plain } from './document.ts';
import { isPlainList, isPlainMap, type PlainMap } from './nodes.ts';
import { TextProblem } from './problem.ts';

export interface TomlStyle {
  readonly eol: string;
  /** Indentation of headers. */
  readonly headerIndent: string;
  /** Indentation of pairs. */
  readonly pairIndent: string;
  /** Between a key and its value. */
  readonly equals: string;
  /** Whether headers are set apart by a blank line. */
  readonly separated: boolean;
  /** Whether the new map itself is written `{ … }`, as its siblings are. */
  readonly inlineSelf: boolean;
  /** Whether a map inside a table is written `{ … }` and not as a table of its own. */
  readonly inlineMaps: boolean;
}

/** A value on one line. @throws TextProblem for null, which TOML cannot write */
export function renderTomlValue(value: Plain): string {
  if (value === null) throw new TextProblem(0, 'TOML has no way to write an empty value');
  if (typeof value === 'string') return quoteToml(value);
  if (typeof value === 'number') return renderNumber(value);
  if (isPlainList(value)) return `[${value.map(renderTomlValue).join(', ')}]`;
  if (!isPlainMap(value)) return String(value);
  const pairs = Object.entries(value).map(
    ([key, item]) => `${renderTomlKey(key)} = ${renderTomlValue(item)}`,
  );
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

export function renderTomlKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quoteToml(key);
}

/** A basic string: JSON's escapes are all TOML's too. @throws TextProblem */
export function quoteToml(value: string): string {
  if (!value.isWellFormed()) throw new TextProblem(0, 'a text holds half a character');
  return JSON.stringify(value).replaceAll('\u007f', '\\u007F');
}

/** Lines of a table with its sub-tables; without a header of its own when it only holds tables. */
export function renderTable(
  names: readonly string[],
  map: PlainMap,
  style: TomlStyle,
  isItem = false,
): string[] {
  const entries = Object.entries(map);
  const tables = entries.filter(([, value]) => isTable(value, style));
  const pairs = entries.filter(([, value]) => !isTable(value, style));
  const name = names.map(renderTomlKey).join('.');
  const header = style.headerIndent + (isItem ? `[[${name}]]` : `[${name}]`);
  const needsHeader = isItem || pairs.length > 0 || tables.length === 0;
  const blocks = [
    ...(needsHeader ? [[header, ...pairs.map((pair) => renderPair(pair, style))]] : []),
    ...tables.flatMap(([key, value]) => renderTables([...names, key], value, style)),
  ];
  return blocks.flatMap((block, index) => (index > 0 && style.separated ? ['', ...block] : block));
}

/** Whether a value is written under headers. */
export function isTable(value: Plain, style: TomlStyle): boolean {
  if (style.inlineMaps) return false;
  return isPlainMap(value) || isTableList(value);
}

export function isTableList(value: Plain): value is readonly PlainMap[] {
  return isPlainList(value) && value.length > 0 && value.every(isPlainMap);
}

export function renderTables(names: readonly string[], value: Plain, style: TomlStyle): string[][] {
  if (isTableList(value)) return value.map((item) => renderTable(names, item, style, true));
  return isPlainMap(value) ? [renderTable(names, value, style)] : [];
}

function renderPair([key, value]: readonly [string, Plain], style: TomlStyle): string {
  return style.pairIndent + renderTomlKey(key) + style.equals + renderTomlValue(value);
}

function renderNumber(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  // An integer beyond what a double holds exactly was never an integer of the file.
  return Number.isInteger(value) && !Number.isSafeInteger(value) && !String(value).includes('e')
    ? `${value}.0`
    : String(value);
}
