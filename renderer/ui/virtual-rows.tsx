/** A long list of links of which only those in sight are in the page. It fills its parent's height. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { nextRow } from './arrow-keys.ts';
import classes from './virtual-rows.module.css';

export interface VirtualRow {
  readonly key: string;
  readonly to: string;
}

interface VirtualRowsProps<T extends VirtualRow> {
  readonly label: string;
  readonly rows: readonly T[];
  readonly children: (row: T) => ReactNode;
  /** Height of a row in rem. */
  readonly rowHeight?: number;
}

const defaultHeight = 3.25;

export function VirtualRows<T extends VirtualRow>({
  label,
  rows,
  children,
  rowHeight = defaultHeight,
}: VirtualRowsProps<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const wanted = useRef<number | undefined>(undefined);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight * readRem(),
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 8,
  });
  const current = Math.min(active, Math.max(0, rows.length - 1));

  useEffect(() => {
    if (wanted.current === undefined) return;
    const link = scroller.current?.querySelector<HTMLElement>(`[data-index="${wanted.current}"] a`);
    if (link === null || link === undefined) return;
    wanted.current = undefined;
    link.focus({ preventScroll: true });
  });

  const move = (event: KeyboardEvent) => {
    const next = nextRow(event.key, current, rows.length);
    if (next === undefined) return;
    event.preventDefault();
    wanted.current = next;
    setActive(next);
    virtualizer.scrollToIndex(next, { align: 'auto' });
  };

  return (
    // The links inside take the focus; the list only moves it between them.
    // biome-ignore lint/a11y/noStaticElementInteractions: see above
    <div ref={scroller} className={classes.scroller} onKeyDown={move}>
      {/* biome-ignore lint/a11y/useSemanticElements: rows are placed by transform, not in flow */}
      <div
        role="list"
        aria-label={label}
        className={classes.list}
        style={{ height: virtualizer.getTotalSize() }}
      >
        {virtualizer.getVirtualItems().map((item) => {
          const row = rows[item.index];
          return row === undefined ? null : (
            // biome-ignore lint/a11y/useSemanticElements: see above
            <div
              key={item.key}
              role="listitem"
              aria-setsize={rows.length}
              aria-posinset={item.index + 1}
              data-index={item.index}
              className={classes.row}
              style={{ height: item.size, transform: `translateY(${item.start}px)` }}
            >
              <Link
                href={row.to}
                className={classes.link}
                tabIndex={item.index === current ? 0 : -1}
                onFocus={() => setActive(item.index)}
              >
                {children(row)}
              </Link>
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Rows grow with the person's text size. */
function readRem(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}
