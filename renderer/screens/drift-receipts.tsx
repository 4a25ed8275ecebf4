/** What a change of drift did, and the way back: by file, or by the run where it was one. */
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Receipt } from '../../shared/models/protect.ts';
import { useConnection } from '../connection.ts';
import { describeProblem, type Problem } from '../problem.ts';
import { Failed } from '../ui/blank.tsx';
import { Diff } from '../ui/diff.tsx';
import { PathText, PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { useToast } from '../ui/toasts.tsx';
import { words } from '../words.ts';
import classes from './drift.module.css';
import { useServerNames } from './names.ts';
import { Read } from './read.tsx';

const say = words.drift.done;

const stateOfOutcome = {
  done: 'protected',
  unchanged: 'quiet',
  failed: 'broken',
  skipped: 'quiet',
} as const;

interface DriftReceiptsProps {
  readonly receipts: readonly Receipt[];
  /** Adopting protects, and a protect run is undone as a whole. */
  readonly isRun: boolean;
  readonly startedAt: string;
  /** What closing leads to, where it is not only the end. */
  readonly close?: string;
  readonly onClose: () => void;
}

export function DriftReceipts(props: DriftReceiptsProps) {
  const { receipts, isRun, startedAt, close = say.close, onClose } = props;
  const { queries } = useConnection();
  const nameOf = useServerNames();
  const [undoing, setUndoing] = useState<Write>();
  const runs = useQuery({ ...queries.runs(), enabled: isRun });
  const hasFailed = receipts.some(({ outcome }) => outcome === 'failed');
  const writes = writesOf(receipts);
  const run = runs.data?.find(({ kind, at }) => kind === 'protect' && at >= startedAt);
  if (undoing !== undefined) return <UndoWrite {...undoing} onClose={onClose} />;
  return (
    <>
      <p className={classes.lead} role="status">
        {hasFailed ? say.failed : say.title}
      </p>
      <Rows label={say.receipts}>
        {receipts.map((receipt) => (
          <Row
            key={`${receipt.item}\n${receipt.file}\n${receipt.pointer}`}
            main={<PlainText text={sayReceipt(receipt, nameOf)} />}
            sub={
              <>
                {receipt.file !== '' && <PathText path={receipt.file} />}
                {receipt.hint !== undefined && <PlainText commands text={receipt.hint} />}
                {receipt.code !== undefined && <PlainText text={receipt.code} mono />}
              </>
            }
            side={
              <StateMark
                state={stateOfOutcome[receipt.outcome]}
                label={words.exposure.done.outcome[receipt.outcome]}
              />
            }
          />
        ))}
      </Rows>
      <div className={classes.buttons}>
        <Button onClick={onClose}>{close}</Button>
        {run !== undefined && (
          <Button
            component={Link}
            href={`/exposure/undo/${encodeURIComponent(run.id)}`}
            variant="default"
          >
            {say.undoRun}
          </Button>
        )}
        {!isRun &&
          writes.map((one) => (
            <Button
              key={one.file}
              variant="default"
              aria-label={say.undoFile(one.file)}
              title={one.file}
              onClick={() => setUndoing(one)}
            >
              {writes.length === 1 ? say.undo : say.undoFile(lastPart(one.file))}
            </Button>
          ))}
      </div>
    </>
  );
}

/** Several receipts of one file differ by their server only. */
function sayReceipt({ server, message }: Receipt, nameOf: (id: string) => string): string {
  if (server === undefined) return message;
  const name = nameOf(server);
  return message.includes(name) ? message : words.drift.done.of(name, message);
}

const lastPart = (path: string) => path.split(/[/\\]/).at(-1)?.slice(0, 40) ?? path;

interface Write {
  readonly file: string;
  readonly write: string;
}

/** What these receipts wrote, and nothing newer: each file once. */
function writesOf(receipts: readonly Receipt[]): readonly Write[] {
  const writes = new Map(
    receipts.flatMap(({ file, write }) => (write === undefined ? [] : [[file, write] as const])),
  );
  return [...writes].map(([file, write]) => ({ file, write }));
}

function UndoWrite({ file, write, onClose }: Write & { readonly onClose: () => void }) {
  const { api } = useConnection();
  const cache = useQueryClient();
  const toast = useToast();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const query = useQuery({
    queryKey: ['undo', 'write', file, write],
    queryFn: () => api.files.planUndo({ file, write }),
    gcTime: 0,
  });
  const undo = async (basis: string) => {
    setBusy(true);
    try {
      await api.files.undo({ file, write, basis });
      toast(say.undone);
      onClose();
    } catch (thrown) {
      setProblem(describeProblem(thrown));
    }
    setBusy(false);
    await cache.invalidateQueries();
  };
  return (
    <Read query={query}>
      {(plan) => (
        <>
          <p className={classes.lead}>{say.undoing}</p>
          <p>
            <PlainText text={plan.note} />
          </p>
          <Diff file={file} rows={plan.diff} sides={words.drift.plan.sides} />
          {problem !== undefined && <Failed problem={problem} small />}
          <div className={classes.buttons}>
            <Button
              loading={busy}
              disabled={plan.way === 'refused'}
              onClick={() => undo(plan.basis)}
            >
              {say.undoConfirm}
            </Button>
            <Button variant="default" onClick={onClose}>
              {words.cancel}
            </Button>
          </div>
        </>
      )}
    </Read>
  );
}
