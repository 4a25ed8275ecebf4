/** Who changed one file and when, and putting it back to how it was after one of the changes. */
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { TimelineEntry } from '../../shared/models/drift.ts';
import { useConnection } from '../connection.ts';
import { describeProblem, type Problem } from '../problem.ts';
import { Failed } from '../ui/blank.tsx';
import { Notice } from '../ui/notice.tsx';
import { Nothing } from '../ui/page.tsx';
import { PathText, PlainText } from '../ui/plain-text.tsx';
import { useToast } from '../ui/toasts.tsx';
import { formatAge, formatBytes, formatMoment } from '../words/counting.ts';
import { words } from '../words.ts';
import classes from './drift.module.css';
import { Read } from './read.tsx';

const say = words.drift.timeline;
const namesShown = 8;

export function FileTimeline({ file }: { file: string }) {
  const { queries } = useConnection();
  const query = useQuery(queries.timeline(file));
  const [chosen, setChosen] = useState<TimelineEntry>();
  if (chosen?.backup !== undefined) {
    return (
      <PutBack
        file={file}
        backup={chosen.backup}
        at={chosen.at}
        onClose={() => setChosen(undefined)}
      />
    );
  }
  return (
    <Read query={query}>
      {(entries) =>
        entries.length === 0 ? (
          <Nothing>{say.empty}</Nothing>
        ) : (
          <ol className={classes.timeline}>
            {entries.map((entry, index) => (
              <li key={`${entry.at}\n${entry.what}\n${entry.backup ?? ''}`}>
                <Change entry={entry} isNow={index === 0} onRestore={() => setChosen(entry)} />
              </li>
            ))}
          </ol>
        )
      }
    </Read>
  );
}

interface PutBackBeforeProps {
  readonly file: string;
  readonly entryName: string;
  /** The other buttons of the same row. */
  readonly children: ReactNode;
}

/** One click from a wiped entry or a broken file to the file as it stood before, with what was never ours in it. */
export function PutBackBefore({ file, entryName, children }: PutBackBeforeProps) {
  const { queries } = useConnection();
  const { data = [] } = useQuery(queries.timeline(file));
  const [isAsked, setIsAsked] = useState(false);
  const harm = data.findIndex(
    ({ removed, what }) => what === 'broken' || removed.includes(entryName),
  );
  const before =
    harm === -1
      ? undefined
      : data
          .slice(harm + 1)
          .find(
            ({ restorable, backup, what }) =>
              restorable && backup !== undefined && what !== 'broken',
          );
  const backup = before?.backup;
  return (
    <>
      <div className={classes.buttons}>
        {children}
        {backup !== undefined && !isAsked && (
          <Button variant="default" onClick={() => setIsAsked(true)}>
            {say.before}
          </Button>
        )}
      </div>
      {before !== undefined && backup !== undefined && isAsked && (
        <PutBack file={file} backup={backup} at={before.at} onClose={() => setIsAsked(false)} />
      )}
    </>
  );
}

interface ChangeProps {
  readonly entry: TimelineEntry;
  /** The newest: what it left is what is in the file. */
  readonly isNow: boolean;
  readonly onRestore: () => void;
}

function Change({ entry, isNow, onRestore }: ChangeProps) {
  const deeds = partsOf(entry).join('; ');
  // What was done to its entries says already that the file changed.
  const isSaid = entry.what === 'changed' && deeds !== '';
  return (
    <div className={classes.change}>
      <div className={classes.changeText}>
        <div>
          {!isSaid && (
            <span className={classes.what}>
              {say.what[entry.what]}
              {deeds !== '' && ': '}
            </span>
          )}
          {deeds !== '' && <PlainText text={isSaid ? capitalise(deeds) : deeds} />}
        </div>
        <div className={classes.when} title={formatMoment(entry.at)}>
          {formatAge(entry.at, Date.now())}, {entry.guess && `${say.guess} `}
          <PlainText text={entry.by} cap={60} />, {formatBytes(entry.bytes)}
        </div>
      </div>
      {isNow && <span className={classes.when}>{say.now}</span>}
      {!isNow && entry.restorable && entry.backup !== undefined && (
        <Button
          size="xs"
          variant="default"
          aria-label={`${say.restore}: ${formatMoment(entry.at)}`}
          onClick={onRestore}
        >
          {say.restore}
        </Button>
      )}
    </div>
  );
}

function partsOf({ what, added, removed, changed, other }: TimelineEntry): readonly string[] {
  if (what === 'first-seen') return added.length === 0 ? [] : [listNames(added)];
  return [
    ...(added.length === 0 ? [] : [say.added(listNames(added))]),
    ...(removed.length === 0 ? [] : [say.removed(listNames(removed))]),
    ...(changed.length === 0 ? [] : [say.changedNames(listNames(changed))]),
    ...(other && what === 'changed' ? [say.other] : []),
  ];
}

const capitalise = (text: string) => `${text.charAt(0).toLocaleUpperCase()}${text.slice(1)}`;

function listNames(names: readonly string[]): string {
  const rest = names.length - namesShown;
  const shown = names.slice(0, namesShown).join(', ');
  return rest > 0 ? `${shown} ${say.andMore(rest)}` : shown;
}

interface PutBackProps {
  readonly file: string;
  readonly backup: string;
  readonly at: string;
  readonly onClose: () => void;
}

function PutBack({ file, backup, at, onClose }: PutBackProps) {
  const { api } = useConnection();
  const cache = useQueryClient();
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const restore = async () => {
    setBusy(true);
    try {
      await api.files.restore({ file, id: backup });
      toast(words.clients.history.restored);
      onClose();
    } catch (thrown) {
      setProblem(describeProblem(thrown));
    }
    setBusy(false);
    await cache.invalidateQueries();
  };
  return (
    <>
      <PathText path={file} />
      <Notice tone="exposed" title={words.clients.history.restoreTitle}>
        {words.clients.history.restoreBody(formatMoment(at))}
      </Notice>
      {problem !== undefined && <Failed problem={problem} small />}
      <div className={classes.buttons}>
        <Button loading={busy} onClick={restore}>
          {words.clients.history.confirm}
        </Button>
        <Button variant="default" onClick={onClose}>
          {words.cancel}
        </Button>
      </div>
    </>
  );
}
