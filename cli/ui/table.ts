/** Tables that fit the terminal: names may be cut in the middle, values never are. */
import { escapeText } from './escape.ts';
import { type Span, type Terminal, textOf } from './terminal.ts';
import { cutMiddle, widthOf, wrapWords } from './width.ts';

export interface Column {
  readonly title: string;
  /** Whether its cells may be cut. Ids, paths and hints may not: they are copied from the screen. */
  readonly mayCut?: boolean;
  /** Whether its cells may go on in the next line; the last column only. */
  readonly mayWrap?: boolean;
}

const gap = 2;
/** A name cut shorter than this says nothing. */
const shortestName = 12;
/** A text wrapped narrower than this is harder to read than one in a line of its own. */
const shortestLine = 24;

/**
 * Prints rows under titles. Where the widest row does not fit even with its names cut, every row
 * becomes a few lines of its own.
 */
export function printTable(
  terminal: Terminal,
  columns: readonly Column[],
  rows: readonly (readonly Span[])[],
  { indent = 0 }: { readonly indent?: number } = {},
): void {
  const margin = ' '.repeat(indent);
  const widths = fitColumns(columns, rows, terminal.width - indent);
  if (widths === undefined) {
    for (const row of rows) printStacked(terminal, columns, row, margin);
    return;
  }
  const titles = columns.map(({ title }): Span => [title, 'dim']);
  if (columns.some(({ title }) => title !== ''))
    terminal.line(margin, ...spaceOut(columns, titles, widths));
  for (const row of rows) {
    const [first = row, ...more] = columns.at(-1)?.mayWrap === true ? wrapRow(row, widths) : [row];
    terminal.line(margin, ...spaceOut(columns, first, widths));
    for (const rest of more) terminal.line(margin, ...spaceOut(columns, rest, widths));
  }
}

/** The row, and rows of blanks with what its last cell has no room for. */
function wrapRow(row: readonly Span[], widths: readonly number[]): readonly (readonly Span[])[] {
  const last = row.at(-1);
  if (last === undefined) return [row];
  const lines = wrapWords(escapeText(textOf(last)), widths.at(-1) ?? 0);
  return lines.map((text, at) => {
    const cells = row.slice(0, -1).map((cell): Span => (at === 0 ? cell : ''));
    return [...cells, typeof last === 'string' ? text : ([text, last[1]] as const)];
  });
}

/** Column widths that fit, or undefined when none do. */
export function fitColumns(
  columns: readonly Column[],
  rows: readonly (readonly Span[])[],
  available: number,
): readonly number[] | undefined {
  const natural = columns.map(({ title }, at) =>
    Math.max(widthOf(title), ...rows.map((row) => cellWidth(row[at]))),
  );
  const widths = [...natural];
  const total = () => widths.reduce((sum, width) => sum + width, gap * (columns.length - 1));
  while (total() > available) {
    const widest = columns
      .map((column, at) => ({ at, width: column.mayCut === true ? (widths[at] ?? 0) : 0 }))
      .reduce((a, b) => (b.width > a.width ? b : a), { at: -1, width: shortestName });
    const over = total() - available;
    if (widest.at < 0) return wrapLast(columns, widths, over);
    widths[widest.at] = Math.max(shortestName, widest.width - over);
  }
  return widths;
}

function wrapLast(
  columns: readonly Column[],
  widths: readonly number[],
  over: number,
): readonly number[] | undefined {
  const left = (widths.at(-1) ?? 0) - over;
  if (columns.at(-1)?.mayWrap !== true || left < shortestLine) return undefined;
  return [...widths.slice(0, -1), left];
}

function cellWidth(cell: Span | undefined): number {
  return cell === undefined ? 0 : widthOf(escapeText(textOf(cell)));
}

/** Cells as spans with blanks between, so that each keeps its style. */
function spaceOut(
  columns: readonly Column[],
  row: readonly Span[],
  widths: readonly number[],
): readonly Span[] {
  return row.flatMap((cell, at): readonly Span[] => {
    const width = widths[at] ?? 0;
    const last = at === row.length - 1;
    const whole = escapeText(textOf(cell));
    const text = columns[at]?.mayCut === true ? cutMiddle(whole, width) : whole;
    const span: Span = typeof cell === 'string' ? text : [text, cell[1]];
    return last ? [span] : [span, ' '.repeat(Math.max(0, width - widthOf(text)) + gap)];
  });
}

function printStacked(
  terminal: Terminal,
  columns: readonly Column[],
  row: readonly Span[],
  margin: string,
): void {
  row.forEach((cell, at) => {
    if (textOf(cell) === '') return;
    const title = columns[at]?.title ?? '';
    if (at === 0) terminal.line(margin, cell);
    else terminal.line(margin, '  ', [title === '' ? '' : `${title}: `, 'dim'], cell);
  });
}
