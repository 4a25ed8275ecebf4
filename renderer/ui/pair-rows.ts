/** Puts removed lines beside the added ones that take their place. */
import type { DiffRow } from './diff.tsx';

export interface RowPair {
  readonly left?: DiffRow | undefined;
  readonly right?: DiffRow | undefined;
}

export function pairRows(rows: readonly DiffRow[]): readonly RowPair[] {
  const pairs: RowPair[] = [];
  let removed: DiffRow[] = [];
  let added: DiffRow[] = [];
  const flush = () => {
    for (let at = 0; at < Math.max(removed.length, added.length); at += 1) {
      pairs.push({ left: removed[at], right: added[at] });
    }
    removed = [];
    added = [];
  };
  for (const row of rows) {
    if (row.kind === 'added') added.push(row);
    else if (row.kind === 'removed') {
      // A removal after an addition begins another change.
      if (added.length > 0) flush();
      removed.push(row);
    } else {
      flush();
      pairs.push({ left: row, right: row });
    }
  }
  flush();
  return pairs;
}
