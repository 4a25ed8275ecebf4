/**
 * A list of links that stays quick at hundreds. All rows are in the page, so scrolling asks nothing of
 * any script, and the browser's own search finds them; a row is drawn anew only when it has changed. The
 * list is one stop for the Tab key, and arrows move inside.
 */
import { type KeyboardEvent, memo, type ReactNode, useCallback, useRef, useState } from 'react';
import { Link } from 'wouter';
import { nextRow } from './arrow-keys.ts';
import classes from './long-rows.module.css';
import panel from './rows.module.css';

export interface LongRow {
  readonly key: string;
  readonly to: string;
}

interface LongRowsProps<T extends LongRow> {
  readonly label: string;
  /** The same object for a row that is the same. */
  readonly rows: readonly T[];
  /** The same function each time. */
  readonly draw: (row: T) => ReactNode;
}

export function LongRows<T extends LongRow>({ label, rows, draw }: LongRowsProps<T>) {
  const list = useRef<HTMLUListElement>(null);
  const [active, setActive] = useState<string>();
  const current = Math.max(
    0,
    rows.findIndex(({ key }) => key === active),
  );
  const move = (event: KeyboardEvent) => {
    const next = nextRow(event.key, current, rows.length);
    if (next === undefined) return;
    event.preventDefault();
    list.current?.children.item(next)?.querySelector('a')?.focus();
  };
  return (
    // The links inside take the focus; the list only moves it between them.
    <ul ref={list} className={panel.rows} aria-label={label} onKeyDown={move}>
      {rows.map((row, index) => (
        <Item key={row.key} row={row} draw={draw} isStop={index === current} onFocus={setActive} />
      ))}
    </ul>
  );
}

interface ItemProps<T extends LongRow> {
  readonly row: T;
  readonly draw: (row: T) => ReactNode;
  readonly isStop: boolean;
  readonly onFocus: (key: string) => void;
}

function DrawItem<T extends LongRow>({ row, draw, isStop, onFocus }: ItemProps<T>) {
  const focus = useCallback(() => onFocus(row.key), [onFocus, row.key]);
  return (
    <li className={classes.row}>
      <Link
        href={row.to}
        className={`${classes.link} ${panel.link}`}
        tabIndex={isStop ? 0 : -1}
        onFocus={focus}
      >
        {draw(row)}
      </Link>
    </li>
  );
}

// `memo` forgets that the component is generic.
const Item = memo(DrawItem) as typeof DrawItem;
