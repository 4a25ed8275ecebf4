/** The rows of a plan as the hunks that `react-diff-view` draws. */
import type { ChangeData, HunkData } from 'react-diff-view';
import { cutText, escapeText } from './escape-text.ts';

export interface DiffRow {
  readonly kind: 'same' | 'removed' | 'added' | 'gap';
  readonly text: string;
  /** In the old file (removed, same) or the new one (added). */
  readonly line: number;
}

export interface Hunks {
  /** Lines are numbered as they come: what a plan says of a line's number decides nothing. */
  readonly hunks: HunkData[];
  /** Lines and their successors that are alike enough for a mark within them to help. */
  readonly alike: HunkData[];
  /** The number to show for a line, by side and by the number as it comes. */
  readonly shown: { readonly old: readonly number[]; readonly new: readonly number[] };
  /** Lines are left out before the first hunk, after the last; between two they always are. */
  readonly cutBefore: boolean;
  readonly cutAfter: boolean;
}

/** The core has cut its lines already; what comes from elsewhere shall not fill the memory. */
const longestLine = 5000;

/** `say` tells how much of a line was left out. Side by side, a removed line stands beside its successor. */
export function toHunks(
  rows: readonly DiffRow[],
  sideBySide: boolean,
  say: (rest: number) => string,
): Hunks {
  const shown = { old: [0], new: [0] };
  let shift = 0;
  const toChange = ({ kind, line, text }: DiffRow): ChangeData => {
    const { head, rest } = cutText(text, longestLine);
    const content = escapeLine(head) + (rest > 0 ? ` … (${say(rest)})` : '');
    if (kind === 'removed') shift -= 1;
    if (kind === 'added') shift += 1;
    const oldLineNumber = kind === 'added' ? 0 : shown.old.push(line) - 1;
    const newLineNumber =
      kind === 'removed' ? 0 : shown.new.push(kind === 'added' ? line : line + shift) - 1;
    if (kind === 'removed')
      return { type: 'delete', isDelete: true, content, lineNumber: oldLineNumber };
    if (kind === 'added')
      return { type: 'insert', isInsert: true, content, lineNumber: newLineNumber };
    return { type: 'normal', isNormal: true, content, oldLineNumber, newLineNumber };
  };
  const parts = splitAtGaps(rows).map((part) => part.map(toChange));
  const paired = parts.map(interleave);
  return {
    hunks: (sideBySide ? paired : parts).map(makeHunk),
    alike: paired.map(findAlike).map(makeHunk),
    shown,
    cutBefore: rows[0]?.kind === 'gap',
    cutAfter: rows.at(-1)?.kind === 'gap',
  };
}

/** Tabs that indent a line are drawn as room; anywhere else they are written out. */
function escapeLine(text: string): string {
  const indent = /^[\t ]*/.exec(text)?.[0] ?? '';
  return indent + escapeText(text.slice(indent.length));
}

function splitAtGaps(rows: readonly DiffRow[]): readonly (readonly DiffRow[])[] {
  const parts: DiffRow[][] = [[]];
  for (const row of rows) {
    if (row.kind === 'gap') parts.push([]);
    else parts.at(-1)?.push(row);
  }
  return parts.filter((part) => part.length > 0);
}

function makeHunk(changes: ChangeData[]): HunkData {
  const numbersOf = (side: 'old' | 'new') =>
    changes.map((change) => lineOf(change, side)).filter((number) => number !== undefined);
  const [old, fresh] = [numbersOf('old'), numbersOf('new')];
  return {
    content: '',
    oldStart: old[0] ?? 0,
    newStart: fresh[0] ?? 0,
    oldLines: old.length,
    newLines: fresh.length,
    changes,
  };
}

/** Its number on one side, if it stands there. */
export function lineOf(change: ChangeData, side: 'old' | 'new'): number | undefined {
  if (change.type === 'normal') return side === 'old' ? change.oldLineNumber : change.newLineNumber;
  return (change.type === 'delete') === (side === 'old') ? change.lineNumber : undefined;
}

/** Where most of a line is another one, marks in it only distract. */
function findAlike(changes: readonly ChangeData[]): ChangeData[] {
  return changes.flatMap((change, at) => {
    const next = changes[at + 1];
    if (change.type !== 'delete' || next?.type !== 'insert') return [];
    const [before, after] = [change.content.trim(), next.content.trim()];
    const longest = Math.max(before.length, after.length);
    return 2 * countCommonEnds(before, after) >= longest ? [change, next] : [];
  });
}

function countCommonEnds(left: string, right: string): number {
  const most = Math.min(left.length, right.length);
  let front = 0;
  while (front < most && left[front] === right[front]) front += 1;
  let back = 0;
  while (back < most - front && left.at(-1 - back) === right.at(-1 - back)) back += 1;
  return front + back;
}

/** `− − + +` as `− + − +`: only neighbours are drawn beside one another. */
function interleave(changes: readonly ChangeData[]): ChangeData[] {
  const result: ChangeData[] = [];
  let removed: ChangeData[] = [];
  let added: ChangeData[] = [];
  const flush = () => {
    for (let at = 0; at < Math.max(removed.length, added.length); at += 1)
      result.push(...[removed[at], added[at]].filter((one) => one !== undefined));
    removed = [];
    added = [];
  };
  for (const change of changes) {
    // A removal after an addition begins another change.
    if (change.type === 'normal' || (change.type === 'delete' && added.length > 0)) flush();
    if (change.type === 'normal') result.push(change);
    else (change.type === 'delete' ? removed : added).push(change);
  }
  flush();
  return result;
}
