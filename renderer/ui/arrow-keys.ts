/** Moving through a list by keyboard: which row has the focus next. */

const moves = new Map<string, (at: number, last: number) => number>([
  ['ArrowDown', (at, last) => Math.min(last, at + 1)],
  ['ArrowUp', (at) => Math.max(0, at - 1)],
  ['Home', () => 0],
  ['End', (_at, last) => last],
  ['PageDown', (at, last) => Math.min(last, at + 10)],
  ['PageUp', (at) => Math.max(0, at - 10)],
]);

/** The next row's index, or nothing when the key does not move. */
export function nextRow(key: string, at: number, rows: number): number | undefined {
  const next = moves.get(key)?.(at, rows - 1);
  return rows === 0 || next === undefined || next === at ? undefined : next;
}
