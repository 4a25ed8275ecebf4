/** Lines of one file before and after. What changed is said by a sign and, to screen readers, a word. */
import ChevronRight from 'lucide-react/icons/chevron-right';
import classes from './diff.module.css';
import { DiffLines } from './diff-lines.tsx';
import type { DiffRow } from './hunks.ts';
import { PathText } from './plain-text.tsx';

interface DiffProps {
  readonly file: string;
  readonly rows: readonly DiffRow[];
  readonly note?: string | undefined;
  readonly open?: boolean;
  /** What the sides are called, for one beside the other. */
  readonly sides?: { readonly before: string; readonly after: string };
}

export function Diff({ file, rows, note, open = true, sides }: DiffProps) {
  const added = rows.filter(({ kind }) => kind === 'added').length;
  const removed = rows.filter(({ kind }) => kind === 'removed').length;
  return (
    <details className={classes.diff} open={open}>
      <summary className={classes.caption}>
        <ChevronRight className={classes.chevron} size="1em" aria-hidden="true" />
        <PathText path={file} />
        <span className={classes.sums}>
          <span className={classes.plus}>+{added}</span>
          <span className={classes.minus}>−{removed}</span>
        </span>
      </summary>
      {note !== undefined && <p className={classes.note}>{note}</p>}
      <DiffLines file={file} rows={rows} sides={sides} />
    </details>
  );
}
