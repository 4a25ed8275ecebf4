/** Moving through a grid by keyboard: which cell has the focus next. */

export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

interface Size {
  readonly rows: number;
  readonly columns: number;
}

interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

type Move = (at: CellPlace, last: CellPlace, far: boolean) => CellPlace;

const moves = new Map<string, Move>([
  ['ArrowDown', (at, last) => ({ ...at, row: Math.min(last.row, at.row + 1) })],
  ['ArrowUp', (at) => ({ ...at, row: Math.max(0, at.row - 1) })],
  ['ArrowRight', (at, last) => ({ ...at, column: Math.min(last.column, at.column + 1) })],
  ['ArrowLeft', (at) => ({ ...at, column: Math.max(0, at.column - 1) })],
  ['Home', (at, _last, far) => ({ row: far ? 0 : at.row, column: 0 })],
  ['End', (at, last, far) => ({ row: far ? last.row : at.row, column: last.column })],
  ['PageDown', (at, last) => ({ ...at, row: Math.min(last.row, at.row + 10) })],
  ['PageUp', (at) => ({ ...at, row: Math.max(0, at.row - 10) })],
]);

/** The next cell, or nothing when the key does not move. With Ctrl, Home and End go to the corners. */
export function nextCell(pressed: Pressed, at: CellPlace, size: Size): CellPlace | undefined {
  if (size.rows === 0 || size.columns === 0) return undefined;
  const last = { row: size.rows - 1, column: size.columns - 1 };
  const next = moves.get(pressed.key)?.(at, last, pressed.ctrlKey || pressed.metaKey);
  return next === undefined || (next.row === at.row && next.column === at.column)
    ? undefined
    : next;
}
