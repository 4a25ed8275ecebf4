/** Tables that fit the terminal: names may be cut in the middle, values never are. */
import { escapeText } from './escape.ts';
import { type Span, type Terminal, textOf } from './terminal.ts';
import { cutMiddle, widthOf } from './width.ts';

export interface Column {
  readonly title: string;
  /** Whether its cells may be cut. Ids, paths and hints may not: they are copied from the screen. */
  readonly mayCut?: boolean;
}

const gap = 2;
/** A name cut shorter than this says nothing. */
const shortestName = 12;

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
  if (columns.some(({ title }) => title !== '')) terminal.line(margin, ...spaceOut(titles, widths));
  for (const row of rows) terminal.line(margin, ...spaceOut(row, widths));
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
    if (widest.at < 0) return undefined;
    const over = total() - available;
    widths[widest.at] = Math.max(shortestName, widest.width - over);
  }
  return widths;
}

function cellWidth(cell: Span | undefined): number {
  return cell === undefined ? 0 : widthOf(escapeText(textOf(cell)));
}

/** Cells as spans with blanks between, so that each keeps its style. */
function spaceOut(row: readonly Span[], widths: readonly number[]): readonly Span[] {
  return row.flatMap((cell, at): readonly Span[] => {
    const width = widths[at] ?? 0;
    const text = cutMiddle(escapeText(textOf(cell)), width);
    const span: Span = typeof cell === 'string' ? text : [text, cell[1]];
    const last = at === row.length - 1;
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
