/**
 * Random documents as text, with every freedom their format gives: spacing, comments, quotes, line
 * endings, layouts. What stands where is recorded while it is written, not read back by our parsers.
 */

import type { DocumentFormat, Path } from '../../core/documents/document.ts';

/** Draws a number below a bound. */
export type Draw = (bound: number) => number;

export interface Spot {
  readonly path: Path;
  readonly kind: 'map' | 'list' | 'scalar';
  /** Range of the value as written; for a TOML table only its header's line. */
  readonly start: number;
  readonly end: number;
  /** Where its key or itself begins. */
  readonly from: number;
}

export interface RandomText {
  readonly text: string;
  readonly spots: readonly Spot[];
  /** All comments, each different, with their places. */
  readonly comments: readonly { readonly text: string; readonly start: number }[];
}

export interface Pen {
  readonly draw: Draw;
  readonly chance: (percent: number) => boolean;
  readonly pick: <Item>(items: readonly Item[]) => Item;
  readonly write: (text: string) => void;
  /** Ends a line, now and then with a comment or blanks before its end. */
  readonly eol: () => void;
  readonly at: () => number;
  readonly comment: (open: string, close: string) => void;
  readonly spot: (spot: Spot) => void;
}

export function writeRandom(draw: Draw, body: (pen: Pen) => void): RandomText {
  let text = '';
  const spots: Spot[] = [];
  const comments: { text: string; start: number }[] = [];
  const style = draw(5);
  const eol = (): string =>
    style === 4 ? (draw(2) === 0 ? '\n' : '\r\n') : style === 3 ? '\r\n' : '\n';
  body({
    draw,
    chance: (percent) => draw(100) < percent,
    pick: (items) => {
      const item = items[draw(items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
    write: (part) => {
      text += part;
    },
    eol: () => {
      text += eol();
    },
    at: () => text.length,
    comment: (open, close) => {
      const comment = `${open} note ${comments.length} "x": {1, [2]} ${close}`.trimEnd();
      comments.push({ text: comment, start: text.length });
      text += comment;
    },
    spot: (spot) => {
      spots.push(spot);
    },
  });
  return { text, spots, comments };
}

export type Writers = Readonly<Record<DocumentFormat, (draw: Draw) => RandomText>>;

export const keyPool = [
  'a',
  'b',
  'command',
  'env',
  'x-1',
  'server name',
  'dotted.key',
  '__proto__',
  'é',
  '7',
] as const;

/** Different keys, at most `most`. */
export function drawKeys(pen: Pen, most: number): string[] {
  const count = pen.draw(most + 1);
  const keys = new Set<string>();
  for (let index = 0; index < count; index += 1) keys.add(pen.pick(keyPool));
  return [...keys];
}
