/** A list of rows in a panel. Each row is a link or holds its own controls; arrows move between links. */
import ChevronRight from 'lucide-react/icons/chevron-right';
import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import { Link } from 'wouter';
import { nextRow } from './arrow-keys.ts';
import classes from './rows.module.css';

export function Rows({ label, children }: { label: string; children: ReactNode }) {
  const list = useRef<HTMLUListElement>(null);
  const move = (event: KeyboardEvent) => {
    const links = [...(list.current?.querySelectorAll<HTMLElement>('[data-row-link]') ?? [])];
    const at = links.findIndex((link) => link.matches(':focus'));
    const next = at === -1 ? undefined : nextRow(event.key, at, links.length);
    if (next === undefined) return;
    event.preventDefault();
    links[next]?.focus();
  };
  return (
    // The links inside take the focus; the list only moves it between them.
    <ul ref={list} className={classes.rows} aria-label={label} onKeyDown={move}>
      {children}
    </ul>
  );
}

interface RowProps {
  readonly to?: string | undefined;
  readonly main: ReactNode;
  /** Under the main line. */
  readonly sub?: ReactNode;
  readonly side?: ReactNode;
  readonly actions?: ReactNode;
}

export function Row({ to, main, sub, side, actions }: RowProps) {
  const body = (
    <>
      <div className={classes.text}>
        <div className={classes.main}>{main}</div>
        {sub !== undefined && <div className={classes.sub}>{sub}</div>}
      </div>
      {side !== undefined && <div className={classes.side}>{side}</div>}
    </>
  );
  return (
    <li className={classes.row}>
      {to === undefined ? (
        <div className={classes.body}>{body}</div>
      ) : (
        <Link href={to} className={`${classes.body} ${classes.link}`} data-row-link>
          {body}
          <ChevronRight className={classes.chevron} size="1em" aria-hidden="true" />
        </Link>
      )}
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
    </li>
  );
}
