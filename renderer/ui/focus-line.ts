/** Long lines of a diff, such as a whole file on one line: only what changed in them, with its surroundings. */
import type { DiffRow } from './diff.tsx';

export interface FocusedRow extends DiffRow {
  /** Characters left out before and behind the text. */
  readonly before: number;
  readonly after: number;
}

export const longestLine = 600;
const surroundings = 100;
/** Of what changed itself; nobody reads more in one line. */
const longestChange = 4000;

/** The n-th removed line of a change stands opposite its n-th added one. Pure. */
export function focusRows(rows: readonly DiffRow[]): readonly FocusedRow[] {
  const opposite = pairUp(rows);
  return rows.map((row, index) => focus(row, opposite.get(index)));
}

function pairUp(rows: readonly DiffRow[]): ReadonlyMap<number, string> {
  const pairs = new Map<number, string>();
  let removed: number[] = [];
  let added: number[] = [];
  const settle = () => {
    for (const [at, one] of removed.entries()) {
      const other = added[at];
      if (other === undefined) continue;
      pairs.set(one, rows[other]?.text ?? '');
      pairs.set(other, rows[one]?.text ?? '');
    }
    removed = [];
    added = [];
  };
  for (const [index, { kind }] of rows.entries()) {
    if (kind === 'removed' && added.length > 0) settle();
    if (kind === 'removed') removed.push(index);
    else if (kind === 'added') added.push(index);
    else settle();
  }
  settle();
  return pairs;
}

function focus(row: DiffRow, other: string | undefined): FocusedRow {
  const { text } = row;
  if (text.length <= longestLine) return { ...row, before: 0, after: 0 };
  const [from, to] = other === undefined ? [0, longestLine] : changedPart(text, other);
  const end = Math.min(to, from + longestChange);
  return { ...row, text: text.slice(from, end), before: from, after: text.length - end };
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
