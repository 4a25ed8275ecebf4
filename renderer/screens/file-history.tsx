/** What happened to one file, and putting one backup back. */
import { Button, Modal } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { HistoryEntry } from '../../shared/models/health.ts';
import { useConnection } from '../connection.ts';
import { describeProblem } from '../problem.ts';
import { Ask } from '../ui/ask.tsx';
import { PathText, PlainText } from '../ui/plain-text.tsx';
import { useToast } from '../ui/toasts.tsx';
import { formatAge, formatBytes, formatMoment } from '../words/counting.ts';
import { words } from '../words.ts';
import classes from './clients.module.css';
import { Read } from './read.tsx';

const say = words.clients.history;

export function FileHistory({ file, onClose }: { file: string; onClose: () => void }) {
  const { queries } = useConnection();
  const query = useQuery(queries.history(file));
  const [chosen, setChosen] = useState<HistoryEntry>();
  if (chosen !== undefined) {
    return <RestoreFile file={file} entry={chosen} onClose={onClose} />;
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={say.title}
      size="lg"
      closeButtonProps={{ 'aria-label': words.close }}
    >
      <PathText path={file} />
      <Read query={query}>
        {(entries) =>
          entries.length === 0 ? (
            <p className={classes.others}>{say.empty}</p>
          ) : (
            <ol className={classes.history}>
              {entries.map((entry) => (
                <li key={entry.id} className={classes.change}>
                  <div className={classes.changeText}>
                    <PlainText text={entry.what} />
                    <div className={classes.when} title={formatMoment(entry.at)}>
                      {formatAge(entry.at, Date.now())}, <PlainText text={entry.by} cap={60} />,{' '}
                      {formatBytes(entry.bytes)}
                    </div>
                  </div>
                  {entry.restorable && (
                    <Button size="xs" variant="default" onClick={() => setChosen(entry)}>
                      {say.restore}
                    </Button>
                  )}
                </li>
              ))}
            </ol>
          )
        }
      </Read>
    </Modal>
  );
}

interface RestoreProps {
  readonly file: string;
  readonly entry: HistoryEntry;
  readonly onClose: () => void;
}

function RestoreFile({ file, entry, onClose }: RestoreProps) {
  const { api } = useConnection();
  const cache = useQueryClient();
  const toast = useToast();
  return (
    <Ask
      title={say.restoreTitle}
      confirm={say.confirm}
      destructive
      describe={describeProblem}
      onClose={onClose}
      onConfirm={async () => {
        await api.files.restore({ file, id: entry.id });
        toast(say.restored);
        await cache.invalidateQueries();
      }}
    >
      <PathText path={file} />
      <p>{say.restoreBody(formatMoment(entry.at))}</p>
    </Ask>
  );
}
