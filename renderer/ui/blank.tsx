/** What a screen shows when it has nothing, waits, or failed. */
import { Button, Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { words } from '../words.ts';
import classes from './blank.module.css';
import { Mark, type Shape } from './mark.tsx';
import { PathText, PlainText } from './plain-text.tsx';

interface BlankProps {
  readonly title: string;
  readonly body: ReactNode;
  readonly shape?: Shape;
  readonly action?: ReactNode;
}

export function Blank({ title, body, shape = 'quiet', action }: BlankProps) {
  return (
    <div className={classes.blank}>
      <span className={classes.sign} data-shape={shape}>
        <Mark shape={shape} size="1.75rem" />
      </span>
      <p className={classes.title}>{title}</p>
      <div className={classes.body}>{body}</div>
      {action !== undefined && <div className={classes.action}>{action}</div>}
    </div>
  );
}

export interface ShownProblem {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly file?: string;
  readonly place?: string;
}

interface FailedProps {
  readonly problem: ShownProblem;
  readonly onRetry?: (() => void) | undefined;
  /** Inside a panel or dialog, without the big sign. */
  readonly small?: boolean;
}

export function Failed({ problem, onRetry, small = false }: FailedProps) {
  return (
    <div className={small ? classes.failedSmall : classes.failed} role="alert">
      <span className={classes.sign} data-shape="broken">
        <Mark shape="broken" size={small ? '1rem' : '1.5rem'} />
      </span>
      <div className={classes.failedText}>
        <p className={classes.title}>
          <PlainText text={problem.message} />
        </p>
        {problem.hint !== undefined && (
          <p className={classes.body}>
            <PlainText commands text={problem.hint} />
          </p>
        )}
        {problem.file !== undefined && <PathText path={problem.file} className={classes.place} />}
        {problem.place !== undefined && (
          <PlainText text={problem.place} mono className={classes.place} />
        )}
        <p className={classes.code}>{problem.code}</p>
        {onRetry !== undefined && (
          <Button variant="default" onClick={onRetry} mt="xs">
            {words.retry}
          </Button>
        )}
      </div>
    </div>
  );
}

/** Rows that are still to come. */
export function Waiting({ rows = 6 }: { rows?: number }) {
  return (
    <div className={classes.waiting} role="status" aria-label={words.loading}>
      {Array.from({ length: rows }, (_, index) => (
        // The rows have no identity but their place.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <div key={index} className={classes.waitingRow}>
          <Skeleton height="0.75rem" width={`${30 + ((index * 17) % 25)}%`} />
          <Skeleton height="0.75rem" width={`${12 + ((index * 7) % 10)}%`} />
        </div>
      ))}
    </div>
  );
}
