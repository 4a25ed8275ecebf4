/** One cell of the matrix at length: its state and cause, the difference, what can be done, the timeline. */
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { DriftAction, DriftCell } from '../../shared/models/drift.ts';
import { useConnection } from '../connection.ts';
import { describeProblem } from '../problem.ts';
import { Failed } from '../ui/blank.tsx';
import { Diff } from '../ui/diff.tsx';
import { Notice } from '../ui/notice.tsx';
import { Facts, Section } from '../ui/page.tsx';
import { PathText, PlainText } from '../ui/plain-text.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { formatAge } from '../words/counting.ts';
import { words } from '../words.ts';
import classes from './drift.module.css';
import { toneOf } from './drift-state.tsx';
import { FileTimeline, PutBackBefore } from './file-timeline.tsx';
import { ServerLevel } from './level-mark.tsx';
import { serverPath, useClientNames } from './names.ts';
import { Read } from './read.tsx';

const say = words.drift.panel;

interface DriftCellsProps {
  readonly cells: readonly DriftCell[];
  readonly onAct: (cell: DriftCell, action: DriftAction) => void;
}

export function DriftCells({ cells, onAct }: DriftCellsProps) {
  return cells.map((cell) => (
    <div key={cell.id} className={classes.one}>
      <OneCell cell={cell} onAct={(action) => onAct(cell, action)} />
    </div>
  ));
}

function OneCell({ cell, onAct }: { cell: DriftCell; onAct: (action: DriftAction) => void }) {
  const nameOf = useClientNames();
  const [showsTimeline, setShowsTimeline] = useState(false);
  return (
    <>
      <div className={classes.stateLine}>
        <StateMark state={toneOf(cell)} label={words.drift.state[cell.state]} pill />
        {cell.guess && <span className={classes.guess}>{say.guess}</span>}
        {cell.ignored && <span className={classes.guess}>{words.drift.ignoredMark}</span>}
        {cell.server !== undefined && <ServerLevel server={cell.server} />}
      </div>
      <p>
        <PlainText text={cell.reason} cap={600} />
      </p>
      {cell.duplicateOf !== undefined && (
        <p>
          <PlainText text={say.duplicateOf(nameOf(cell.duplicateOf))} />
        </p>
      )}
      {cell.exposed > 0 && <Notice tone="exposed" title={say.exposed(cell.exposed)} />}
      {cell.atRisk && <Notice tone="broken" title={say.atRisk} />}
      <PathText path={cell.file} />
      {cell.server === undefined && <Command cell={cell} />}
      <Details cell={cell} />
      <Actions cell={cell} onAct={onAct} />
      {cell.actions.includes('repair') && <Difference cell={cell} />}
      <div className={classes.buttons}>
        <Button
          variant="default"
          size="xs"
          aria-expanded={showsTimeline}
          onClick={() => setShowsTimeline(!showsTimeline)}
        >
          {say.timeline}
        </Button>
        {cell.server !== undefined && (
          <Button component={Link} href={serverPath(cell.server)} variant="subtle" size="xs">
            {say.server}
          </Button>
        )}
      </div>
      {showsTimeline && <FileTimeline file={cell.file} />}
    </>
  );
}

/** What a stranger's entry starts or reaches: to be read before it is taken over. */
function Command({ cell }: { cell: DriftCell }) {
  const { queries } = useConnection();
  const entry = useQuery(queries.entries()).data?.find(
    ({ file, pointer }) => file === cell.file && pointer === cell.pointer,
  );
  // What is built into its client starts nothing.
  if (entry === undefined || entry.shown === '') return null;
  return (
    <div className={classes.command}>
      <PlainText text={entry.shown} mono cap={600} />
    </div>
  );
}

function Actions({ cell, onAct }: { cell: DriftCell; onAct: (action: DriftAction) => void }) {
  const buttons = (
    <>
      {cell.actions.map((action, index) => (
        <Button
          key={action}
          // Nothing that is done to the record mends a broken file.
          variant={index === 0 && cell.state !== 'unreadable' ? 'filled' : 'default'}
          onClick={() => onAct(action)}
        >
          {words.drift.action[action]}
        </Button>
      ))}
      {cell.ignored && <Unignore cell={cell} />}
    </>
  );
  if (cell.state === 'wiped-by-client' || cell.state === 'unreadable') {
    return (
      <PutBackBefore file={cell.file} entryName={cell.entryName}>
        {buttons}
      </PutBackBefore>
    );
  }
  return cell.actions.length > 0 && <div className={classes.buttons}>{buttons}</div>;
}

function Details({ cell }: { cell: DriftCell }) {
  const { evidence, changed, by, at } = cell;
  const rows = [
    ...(changed.length === 0
      ? []
      : [{ name: say.changed, value: <PlainText text={changed.join(', ')} /> }]),
    ...(by === undefined
      ? []
      : [
          {
            name: say.by,
            value: (
              <>
                <PlainText text={by} cap={80} />
                {at !== undefined && `, ${formatAge(at, Date.now())}`}
              </>
            ),
          },
        ]),
  ];
  return (
    <>
      {rows.length > 0 && <Facts bare rows={rows} />}
      {evidence.length > 0 && (
        <Section title={say.why}>
          <ul className={classes.evidence}>
            {evidence.map((fact) => (
              <li key={fact}>
                <PlainText text={fact} />
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

/** What a repair would write says best what differs. */
function Difference({ cell }: { cell: DriftCell }) {
  const { queries } = useConnection();
  const query = useQuery(queries.driftPlan({ changes: [{ action: 'repair', cell: cell.id }] }));
  return (
    <Section title={say.diff}>
      <Read query={query}>
        {(plan) =>
          plan.files.map(({ file, diff }) => (
            <Diff key={file} file={file} rows={diff} sides={say.sides} />
          ))
        }
      </Read>
    </Section>
  );
}

function Unignore({ cell: { file, entryName } }: { cell: DriftCell }) {
  const { api } = useConnection();
  const cache = useQueryClient();
  const notice = useMutation({
    mutationFn: () => api.drift.unignore({ file, entryName }),
    onSettled: () => cache.invalidateQueries(),
  });
  return (
    <>
      <Button variant="default" loading={notice.isPending} onClick={() => notice.mutate()}>
        {say.unignore}
      </Button>
      {notice.isError && <Failed problem={describeProblem(notice.error)} small />}
    </>
  );
}
