/** Long lines of a diff, such as a whole file on one line: only what changed in them, with its surroundings. */
import type { DiffLine } from '../../shared/models/protect.ts';

/** A line of a minified file is cut for display. */
const longestLine = 400;
const surroundings = 100;
/** Of what changed itself; nobody reads more in one line. */
const longestChange = 4000;

/**
 * Cuts long lines, marked by ` … `, to the part in which a removed line and the added one opposite it
 * differ; other long lines to their beginning. Pure.
 */
export function focusLines(lines: readonly DiffLine[]): readonly DiffLine[] {
  const opposite = pairUp(lines);
  return lines.map((line, index) => ({ ...line, text: focus(line.text, opposite.get(index)) }));
}

/** The n-th removed line of a change stands opposite its n-th added one. */

function pairUp(lines: readonly DiffLine[]): ReadonlyMap<number, string> {
  const pairs = new Map<number, string>();
  let removed: number[] = [];
  let added: number[] = [];
  const settle = () => {
    for (const [at, one] of removed.entries()) {
      const other = added[at];
      if (other === undefined) continue;
      pairs.set(one, lines[other]?.text ?? '');
      pairs.set(other, lines[one]?.text ?? '');
    }
    removed = [];
    added = [];
  };
  for (const [index, { kind }] of lines.entries()) {
    if (kind === 'removed' && added.length > 0) settle();
    if (kind === 'removed') removed.push(index);
    else if (kind === 'added') added.push(index);
    else settle();
  }
  settle();
  return pairs;
}

function focus(text: string, other: string | undefined): string {
  if (text.length <= longestLine) return text;
  const [from, to] = other === undefined ? [0, longestLine] : changedPart(text, other);
  const end = Math.min(to, from + longestChange);
  const shown = text.slice(from, end);
  return `${from > 0 ? '… ' : ''}${shown}${end < text.length ? ' …' : ''}`;
}

function changedPart(text: string, other: string): readonly [from: number, to: number] {
  const shared = Math.min(text.length, other.length);
  let head = 0;
  while (head < shared && text[head] === other[head]) head += 1;
  let tail = 0;
  while (tail < shared - head && text.at(-1 - tail) === other.at(-1 - tail)) tail += 1;
  return [
    Math.max(0, head - surroundings),
    Math.min(text.length, text.length - tail + surroundings),
  ];
}
