/** Line diffs for review, with every secret masked. */
import { diffArrays } from 'diff';
import type { DiffLine } from '../../shared/models/protect.ts';
import { focusLines } from './focus-lines.ts';
import { type Mask, maskValues, spansLines } from './values.ts';

/** Unchanged lines shown around a change. */
const context = 3;

/**
 * What changes between two texts, as lines with a little context. Equal ends are cut off first, so a
 * 5 MB state file in which one entry changes costs no more than that entry.
 */
export function diffMasked(
  before: string,
  after: string,
  masks: readonly Mask[],
): readonly DiffLine[] {
  if (before === after) return [];
  // A value of several lines is masked while it is whole, any other once the equal ends are cut off.
  const tall = masks.filter((mask) => spansLines(mask.value));
  const oldLines = maskValues(before, tall).split(/\r?\n/);
  const newLines = maskValues(after, tall).split(/\r?\n/);
  const head = countEqual(oldLines, newLines, (lines, at) => lines[at]);
  const room = Math.min(oldLines.length, newLines.length) - head;
  const tail = Math.min(
    room,
    countEqual(oldLines, newLines, (lines, at) => lines[lines.length - 1 - at]),
  );
  const from = Math.max(0, head - context);
  const keep = Math.max(0, tail - context);
  const changes = diffArrays(
    oldLines.slice(from, oldLines.length - keep),
    newLines.slice(from, newLines.length - keep),
  );
  return focusLines(
    foldContext(numberLines(changes, from)).map((line) => ({
      ...line,
      // Before anything is cut, so that no cut leaves half a value behind.
      text: maskValues(line.text, masks),
    })),
  );
}

function countEqual(
  left: readonly string[],
  right: readonly string[],
  pick: (lines: readonly string[], at: number) => string | undefined,
): number {
  const most = Math.min(left.length, right.length);
  let count = 0;
  while (count < most && pick(left, count) === pick(right, count)) count += 1;
  return count;
}

interface Change {
  readonly added?: boolean;
  readonly removed?: boolean;
  readonly value: readonly string[];
}

function numberLines(changes: readonly Change[], from: number): readonly DiffLine[] {
  let oldLine = from;
  let newLine = from;
  return changes.flatMap((change): readonly DiffLine[] =>
    change.value.map((text) => {
      if (change.removed !== true) newLine += 1;
      if (change.added !== true) oldLine += 1;
      if (change.added === true) return { kind: 'added', text, line: newLine };
      if (change.removed === true) return { kind: 'removed', text, line: oldLine };
      return { kind: 'same', text, line: oldLine };
    }),
  );
}

/** Long runs of unchanged lines become one gap. */
function foldContext(lines: readonly DiffLine[]): readonly DiffLine[] {
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - context), at + context + 1).some((line) => line.kind !== 'same'),
  );
  return lines.flatMap((line, at): readonly DiffLine[] => {
    if (near[at]) return [line];
    return near[at - 1] === true ? [{ kind: 'gap', text: '', line: 0 }] : [];
  });
}
