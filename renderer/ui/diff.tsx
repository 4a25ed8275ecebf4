/** Lines of one file before and after. What changed is said by a sign and, to screen readers, a word. */
import ChevronRight from 'lucide-react/icons/chevron-right';
import { words } from '../words.ts';
import classes from './diff.module.css';
import { cutText, escapeText } from './escape-text.ts';
import { PathText } from './plain-text.tsx';

export interface DiffRow {
  readonly kind: 'same' | 'removed' | 'added' | 'gap';
  readonly text: string;
  readonly line: number;
}

/** The core has cut its lines already; what comes from elsewhere shall not fill the memory. */
const longestLine = 5000;

const signOf = { same: ' ', removed: '−', added: '+', gap: '⋯' } as const;

interface DiffProps {
  readonly file: string;
  readonly rows: readonly DiffRow[];
  readonly note?: string | undefined;
  readonly open?: boolean;
}

export function Diff({ file, rows, note, open = true }: DiffProps) {
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
      {rows.length === 0 ? (
        <p className={classes.note}>{words.diff.nothing}</p>
      ) : (
        // Wide lines scroll inside; the keyboard must be able to do so too.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
        <section className={classes.lines} tabIndex={0} aria-label={words.diff.label(file)}>
          <ol>
            {rows.map((row, index) => (
              // Two lines may be equal; the place is the identity.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <Line key={index} row={row} />
            ))}
          </ol>
        </section>
      )}
    </details>
  );
}

function Line({ row: { kind, text, line } }: { row: DiffRow }) {
  const { head, rest } = cutText(text, longestLine);
  return (
    <li className={classes.line} data-kind={kind}>
      <span className={classes.number} aria-hidden="true">
        {line === 0 ? '' : line}
      </span>
      <span className={classes.sign} aria-hidden="true">
        {signOf[kind]}
      </span>
      {kind !== 'same' && <span className={classes.spoken}>{words.diff[kind]}: </span>}
      <code className={classes.text}>
        <bdi>{escapeText(head)}</bdi>
        {rest > 0 && ` … (${words.plain.hiddenCharacters(rest)})`}
      </code>
    </li>
  );
}
