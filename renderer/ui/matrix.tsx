/**
 * A grid of rows and columns of which only the rows in sight are in the page. Its head and its first
 * column stay in sight. Arrows move between cells; Tab goes through the controls of one cell.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import classes from './matrix.module.css';
import { type CellPlace, nextCell } from './next-cell.ts';
import type { State } from './state-mark.tsx';

export interface MatrixAxis {
  readonly key: string;
  readonly head: ReactNode;
}

export interface MatrixCell {
  readonly tone: State;
  readonly icon: ReactNode;
  readonly text: string;
  /** What the button is called: row, column and state. */
  readonly name: string;
  readonly onOpen: () => void;
}

export interface MatrixTick {
  readonly name: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export interface MatrixContent {
  readonly cell?: MatrixCell | undefined;
  readonly tick?: MatrixTick | undefined;
  /** What an empty cell says. */
  readonly blank: string;
}

interface MatrixProps<R extends MatrixAxis, C extends MatrixAxis> {
  readonly label: string;
  readonly corner: string;
  readonly rows: readonly R[];
  readonly columns: readonly C[];
  readonly children: (row: R, column: C) => MatrixContent;
}

const rowHeight = 2.75;
const headRows = 1;

export function Matrix<R extends MatrixAxis, C extends MatrixAxis>(props: MatrixProps<R, C>) {
  const { label, corner, rows, columns, children } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const wanted = useRef<CellPlace | undefined>(undefined);
  const [active, setActive] = useState<CellPlace>({ row: 0, column: 0 });
  const size = { rows: rows.length, columns: columns.length };
  const current = {
    row: Math.min(active.row, Math.max(0, size.rows - 1)),
    column: Math.min(active.column, Math.max(0, size.columns - 1)),
  };
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight * readRem(),
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 6,
  });

  useEffect(() => {
    if (wanted.current === undefined) return;
    const { row, column } = wanted.current;
    const place = scroller.current?.querySelector(`[data-row="${row}"][data-column="${column}"]`);
    if (place === null || place === undefined) return;
    wanted.current = undefined;
    const target = place.querySelector('button') ?? place.querySelector('input') ?? place;
    if (target instanceof HTMLElement) target.focus();
  });

  const move = (event: KeyboardEvent) => {
    const target = event.target instanceof Element ? event.target.closest('[data-row]') : null;
    const next = target === null ? undefined : nextCell(event, current, size);
    if (next === undefined) return;
    event.preventDefault();
    wanted.current = next;
    setActive(next);
    virtualizer.scrollToIndex(next.row, { align: 'auto' });
  };

  const template = { '--columns': columns.length } as React.CSSProperties;
  return (
    <div
      ref={scroller}
      className={classes.scroller}
      style={template}
      data-single={columns.length === 1 || undefined}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: rows are placed by transform, not in flow */}
      <div
        role="grid"
        aria-label={label}
        aria-rowcount={rows.length + headRows}
        aria-colcount={columns.length + 1}
        className={classes.grid}
        onKeyDown={move}
        tabIndex={-1}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: its links take the focus */}
        <div role="row" aria-rowindex={1} className={classes.head}>
          {/* biome-ignore lint/a11y/useSemanticElements: see above */}
          {/* biome-ignore lint/a11y/useFocusableInteractive: it does nothing */}
          <div role="columnheader" className={`${classes.rowHead} ${classes.corner}`}>
            {corner}
          </div>
          {columns.map(({ key, head }) => (
            // biome-ignore lint/a11y/useSemanticElements: see above
            // biome-ignore lint/a11y/useFocusableInteractive: its link takes the focus
            <div key={key} role="columnheader" className={classes.columnHead}>
              {head}
            </div>
          ))}
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        <div
          role="rowgroup"
          className={classes.body}
          style={{ height: virtualizer.getTotalSize() }}
        >
          {virtualizer.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return row === undefined ? null : (
              // biome-ignore lint/a11y/useSemanticElements: see above
              // biome-ignore lint/a11y/useFocusableInteractive: its cells take the focus
              <div
                key={item.key}
                role="row"
                aria-rowindex={item.index + 1 + headRows}
                className={classes.row}
                style={{ height: item.size, transform: `translateY(${item.start}px)` }}
              >
                {/* biome-ignore lint/a11y/useSemanticElements: see above */}
                {/* biome-ignore lint/a11y/useFocusableInteractive: its link takes the focus */}
                <div role="rowheader" className={classes.rowHead}>
                  {row.head}
                </div>
                {columns.map((column, index) => (
                  <Cell
                    key={column.key}
                    content={children(row, column)}
                    place={{ row: item.index, column: index }}
                    isActive={item.index === current.row && index === current.column}
                    onFocus={setActive}
                  />
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface CellProps {
  readonly content: MatrixContent;
  readonly place: CellPlace;
  readonly isActive: boolean;
  readonly onFocus: (place: CellPlace) => void;
}

function Cell({ content: { cell, tick, blank }, place, isActive, onFocus }: CellProps) {
  const tabIndex = isActive ? 0 : -1;
  const isEmpty = cell === undefined && tick === undefined;
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows are placed by transform, not in flow
    <div
      role="gridcell"
      className={classes.cell}
      data-row={place.row}
      data-column={place.column}
      tabIndex={isEmpty ? tabIndex : undefined}
      onFocus={() => onFocus(place)}
    >
      {tick !== undefined && (
        <input
          type="checkbox"
          className={classes.tick}
          aria-label={tick.name}
          checked={tick.checked}
          tabIndex={tabIndex}
          onChange={(event) => tick.onChange(event.currentTarget.checked)}
        />
      )}
      {cell === undefined ? (
        <span className={classes.blank}>{blank}</span>
      ) : (
        <button
          type="button"
          className={classes.open}
          data-tone={cell.tone}
          aria-label={cell.name}
          title={cell.name}
          tabIndex={tabIndex}
          onClick={cell.onOpen}
        >
          <span className={classes.icon} aria-hidden="true">
            {cell.icon}
          </span>
          <span className={classes.text}>{cell.text}</span>
        </button>
      )}
    </div>
  );
}

/** Rows grow with the person's text size. */
function readRem(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}
