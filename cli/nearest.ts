/** The known word that a mistyped one was probably meant to be. */

/** Undefined when none is near: at most a third of the letters, and never more than three, may differ. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const limit = Math.min(3, Math.ceil(word.length / 3));
  const ranked = known
    .map((one) => ({ one, far: one.startsWith(word) && word !== '' ? 0 : distance(word, one) }))
    .filter(({ far }) => far <= limit)
    .toSorted((a, b) => a.far - b.far);
  return ranked[0]?.one;
}

/** Insertions, deletions, replacements and swaps of neighbours. */
function distance(left: string, right: string): number {
  const rows: number[][] = [];
  for (let at = 0; at <= left.length; at += 1) {
    const row = [at];
    for (let to = 1; to <= right.length; to += 1) {
      const above = rows[at - 1];
      if (above === undefined) {
        row.push(to);
        continue;
      }
      const same = left[at - 1] === right[to - 1] ? 0 : 1;
      const swapped =
        at > 1 && to > 1 && left[at - 1] === right[to - 2] && left[at - 2] === right[to - 1]
          ? (rows[at - 2]?.[to - 2] ?? 0) + 1
          : Number.POSITIVE_INFINITY;
      row.push(
        Math.min(
          (above[to] ?? 0) + 1,
          (row[to - 1] ?? 0) + 1,
          (above[to - 1] ?? 0) + same,
          swapped,
        ),
      );
    }
    rows.push(row);
  }
  return rows[left.length]?.[right.length] ?? 0;
}
