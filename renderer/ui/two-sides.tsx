/** Lines of one file before and after, side by side; under one another where it is narrow. */
import { words } from '../words.ts';
import type { DiffRow } from './diff.tsx';
import { escapeText } from './escape-text.ts';
import { pairRows } from './pair-rows.ts';
import { PathText } from './plain-text.tsx';
import classes from './two-sides.module.css';

interface TwoSidesProps {
  readonly file: string;
  readonly rows: readonly DiffRow[];
  readonly before: string;
  readonly after: string;
}

export function TwoSides({ file, rows, before, after }: TwoSidesProps) {
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.caption}>
        <PathText path={file} />
      </figcaption>
      {rows.length === 0 ? (
        <p className={classes.note}>{words.diff.nothing}</p>
      ) : (
        <table className={classes.table} aria-label={words.diff.label(file)}>
          <thead>
            <tr>
              <th scope="col">{before}</th>
              <th scope="col">{after}</th>
            </tr>
          </thead>
          <tbody>
            {pairRows(rows).map(({ left, right }, index) => (
              // Two pairs may be equal; the place is the identity.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <tr key={index}>
                <Side row={left} />
                <Side row={right} />
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </figure>
  );
}

function Side({ row }: { row: DiffRow | undefined }) {
  if (row === undefined) return <td className={classes.side} data-kind="none" />;
  if (row.kind === 'gap') {
    return (
      <td className={classes.side} data-kind="gap">
        <span aria-hidden="true">⋯</span>
        <span className={classes.spoken}>{words.diff.gap}</span>
      </td>
    );
  }
  return (
    <td className={classes.side} data-kind={row.kind}>
      {row.kind !== 'same' && (
        <span className={classes.sign} aria-hidden="true">
          {row.kind === 'added' ? '+' : '−'}
        </span>
      )}
      {row.kind !== 'same' && <span className={classes.spoken}>{words.diff[row.kind]}: </span>}
      <code>
        <bdi>{escapeText(row.text.slice(0, longestLine))}</bdi>
      </code>
    </td>
  );
}

const longestLine = 2000;
