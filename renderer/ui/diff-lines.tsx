/** The lines of one file before and after, drawn by `react-diff-view`: words and signs are ours. */
import { useMediaQuery } from '@mantine/hooks';
import { Fragment, useMemo } from 'react';
import { type ChangeData, Decoration, Diff, Hunk, markEdits, tokenize } from 'react-diff-view';
import { words } from '../words.ts';
import classes from './diff-lines.module.css';
import { type DiffRow, lineOf, toHunks } from './hunks.ts';

interface DiffLinesProps {
  readonly file: string;
  readonly rows: readonly DiffRow[];
  /** What the sides are called; without, the lines stand under one another. */
  readonly sides?: { readonly before: string; readonly after: string } | undefined;
}

/** Below this two sides have no room. */
const narrow = '(max-width: 46rem)';

export function DiffLines({ file, rows, sides }: DiffLinesProps) {
  const isNarrow = useMediaQuery(narrow, false, { getInitialValueInEffect: false });
  const sideBySide = sides !== undefined && !isNarrow;
  const { hunks, alike, shown, cutBefore, cutAfter } = useMemo(
    () => toHunks(rows, sideBySide, words.plain.hiddenCharacters),
    [rows, sideBySide],
  );
  const tokens = useMemo(
    () => tokenize(hunks, { enhancers: [markEdits(alike, { type: 'line' })] }),
    [hunks, alike],
  );
  if (rows.length === 0) return <p className={classes.note}>{words.diff.nothing}</p>;
  return (
    <section className={classes.lines} aria-label={words.diff.label(file)}>
      {sideBySide && (
        // Each side says its own name to who cannot see where it stands.
        <div className={classes.sides} aria-hidden="true">
          <span>{sides.before}</span>
          <span>{sides.after}</span>
        </div>
      )}
      <Diff
        diffType="modify"
        viewType={sideBySide ? 'split' : 'unified'}
        hunks={hunks}
        tokens={tokens}
        className={classes.table ?? ''}
        codeClassName={classes.code ?? ''}
        gutterClassName={classes.gutter ?? ''}
        renderGutter={({ change, side }) => (
          <Gutter change={change} number={shown[side][lineOf(change, side) ?? 0]} />
        )}
      >
        {(all) =>
          all.map((hunk, index) => (
            // Two hunks may be equal; the place is the identity.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <Fragment key={index}>
              {(index > 0 || cutBefore) && <Gap />}
              <Hunk hunk={hunk} />
              {index === all.length - 1 && cutAfter && <Gap />}
            </Fragment>
          ))
        }
      </Diff>
    </section>
  );
}

function Gap() {
  return (
    <Decoration contentClassName={classes.gap ?? ''}>
      <span>
        <span aria-hidden="true">⋯</span>
        <span className={classes.spoken}>{words.diff.gap}</span>
      </span>
    </Decoration>
  );
}

/** Number and sign for the eye, a word for the ear: a colour alone says nothing. */
function Gutter({ change, number }: { change: ChangeData; number: number | undefined }) {
  // The side on which it does not stand.
  if (number === undefined || number === 0) return null;
  return (
    <>
      <span aria-hidden="true">{number}</span>
      <span className={classes.sign} aria-hidden="true">
        {signOf[change.type]}
      </span>
      {change.type !== 'normal' && (
        <span className={classes.spoken}>
          {words.diff[change.type === 'delete' ? 'removed' : 'added']}:
        </span>
      )}
    </>
  );
}

const signOf = { normal: ' ', delete: '−', insert: '+' } as const;
