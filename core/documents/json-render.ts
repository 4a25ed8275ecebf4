/** Writes a value as JSON or JSON5 in the manner of the text around it. */

import type { DocumentNode, MapNode, NodeEntry, Plain } from './document.ts';
import type { JsonDialect } from './json-dialect.ts';
import { isBareKey } from './json-tokens.ts';
import { isPlainList, isPlainMap } from './nodes.ts';
import { TextProblem } from './problem.ts';
import { beginsLine, indentAt } from './text.ts';

export interface JsonStyle {
  readonly eol: string;
  /** One level of indentation. */
  readonly unit: string;
  readonly compact: boolean;
  /** Inside the braces of a map on one line. */
  readonly pad: string;
  /** Between a key and its value. */
  readonly colon: string;
  readonly quote: '"' | "'";
  readonly bareKeys: boolean;
  readonly extended: boolean;
  readonly mapLines: boolean;
  readonly listLines: boolean;
}

/** A sibling of megabytes is not walked to see how it is written. */
const largestSample = 65_536;

/** @param indent indentation of the line the value begins on; undefined keeps everything on one line */
export function renderJson(value: Plain, style: JsonStyle, indent: string | undefined): string {
  if (isPlainList(value)) {
    const inner = style.listLines ? indent : undefined;
    return wrap('[', ']', value, style, inner, (item, deeper) => renderJson(item, style, deeper));
  }
  if (isPlainMap(value)) {
    const inner = style.mapLines ? indent : undefined;
    return wrap(
      '{',
      '}',
      Object.entries(value),
      style,
      inner,
      ([key, item], deeper) =>
        renderKey(key, style) + style.colon + renderJson(item, style, deeper),
    );
  }
  return renderScalar(value, style);
}

export function renderKey(key: string, style: JsonStyle): string {
  return style.bareKeys && isBareKey(key) ? key : quoteText(key, style.quote);
}

/** Reads the manner of a container's members, else of the containers around it. @param chain from the root down to the container */
export function styleOf(
  text: string,
  eol: string,
  chain: readonly DocumentNode[],
  dialect: JsonDialect,
): JsonStyle {
  const maps = chain.filter((node) => node.kind === 'map').toReversed();
  const sample = maps.map(sampleEntry).find((entry) => entry !== undefined);
  const between = sample === undefined ? '' : text.slice(sample.keyEnd, sample.node.start);
  const colon = /^[ \t]*:[ \t]*$/.test(between) ? between : ': ';
  const keyQuote = sample === undefined ? '"' : text.charAt(sample.keyStart);
  const quotes = maps.flatMap((map) =>
    map.entries.slice(-8).map((entry) => text.charAt(entry.node.start)),
  );
  const valueQuote = quotes.find((char) => char === '"' || char === "'") ?? keyQuote;
  const lines = (kind: 'map' | 'list'): boolean =>
    chain
      .toReversed()
      .map((node) => spansLines(text, node, kind))
      .find((found) => found !== undefined) ?? true;
  return {
    eol,
    unit: unitOf(text, chain),
    colon,
    compact: sample !== undefined && colon === ':',
    pad: padOf(text, maps) ?? (colon === ':' ? '' : ' '),
    quote: dialect.extended && valueQuote === "'" ? "'" : '"',
    extended: dialect.extended,
    bareKeys: dialect.extended && keyQuote !== '"' && keyQuote !== "'",
    mapLines: lines('map'),
    listLines: lines('list'),
  };
}

/** What stands behind the brace of the nearest map on one line, its siblings' maps first. */
function padOf(text: string, maps: readonly MapNode[]): string | undefined {
  const near = maps.flatMap((map) => [...map.entries.slice(-3).map((entry) => entry.node), map]);
  for (const node of near) {
    const first =
      node.kind === 'map' && node.end - node.start < largestSample ? node.entries[0] : undefined;
    const inside = first === undefined ? '-' : text.slice(node.start + 1, first.keyStart);
    if (/^[ \t]*$/.test(inside)) return inside;
  }
  return undefined;
}

/** One level of indentation as the nearest container shows it; two spaces when none does. */
function unitOf(text: string, chain: readonly DocumentNode[]): string {
  for (const node of chain.toReversed()) {
    if (node.kind === 'scalar') continue;
    const first = node.kind === 'map' ? node.entries[0]?.keyStart : node.items[0]?.start;
    if (first === undefined || !beginsLine(text, first)) continue;
    const [outer, inner] = [indentAt(text, node.start), indentAt(text, first)];
    if (inner.length > outer.length && inner.startsWith(outer)) return inner.slice(outer.length);
  }
  return '  ';
}

function sampleEntry(map: MapNode): NodeEntry | undefined {
  return map.entries.at(-1);
}

/** Whether containers of a kind below a node are written over lines; undefined when there is none. Looks at the last few members only. */
function spansLines(
  text: string,
  node: DocumentNode,
  kind: 'map' | 'list',
  depth = 0,
): boolean | undefined {
  if (depth > 3 || node.kind === 'scalar') return undefined;
  const members = node.kind === 'list' ? node.items : node.entries.map((entry) => entry.node);
  const children = members.slice(-3).filter((child) => child.end - child.start < largestSample);
  for (const child of children.toReversed()) {
    if (child.kind !== kind) continue;
    const first = child.kind === 'map' ? child.entries[0]?.keyStart : child.items[0]?.start;
    if (first !== undefined) return beginsLine(text, first);
  }
  for (const child of children.toReversed()) {
    const found = spansLines(text, child, kind, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function wrap<Item>(
  open: string,
  close: string,
  items: readonly Item[],
  style: JsonStyle,
  indent: string | undefined,
  render: (item: Item, indent: string | undefined) => string,
): string {
  if (items.length === 0) return open + close;
  if (indent === undefined) {
    const pad = open === '{' ? style.pad : '';
    return (
      open +
      pad +
      items.map((item) => render(item, undefined)).join(style.compact ? ',' : ', ') +
      pad +
      close
    );
  }
  const deeper = indent + style.unit;
  const lines = items.map((item) => style.eol + deeper + render(item, deeper));
  return open + lines.join(',') + style.eol + indent + close;
}

function renderScalar(value: null | boolean | number | bigint | string, style: JsonStyle): string {
  if (typeof value === 'string') return quoteText(value, style.quote);
  if (typeof value === 'number' && !Number.isFinite(value) && !style.extended) {
    throw new TextProblem(0, 'JSON has no way to write this number');
  }
  if (Object.is(value, -0)) return '-0';
  return String(value);
}

function quoteText(value: string, quote: '"' | "'"): string {
  const quoted = JSON.stringify(value)
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  if (quote === '"') return quoted;
  const inside = quoted.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inside}'`;
}
