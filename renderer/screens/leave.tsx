/** The way out: every entry written back or removed, after the plan was seen. */
import { Button, Checkbox, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useConnection } from '../connection.ts';
import { Failed } from '../ui/blank.tsx';
import { Diff } from '../ui/diff.tsx';
import { Notice } from '../ui/notice.tsx';
import { Nothing, Section } from '../ui/page.tsx';
import { optionsOf, Picks } from '../ui/picks.tsx';
import { words } from '../words.ts';
import { Read } from './read.tsx';
import { ReceiptsStep } from './receipts-step.tsx';
import { RunProgress } from './run-progress.tsx';
import classes from './settings.module.css';
import { type Run, useRun } from './use-run.ts';

const say = words.settings.leave;

export function LeaveSection() {
  const [open, setOpen] = useState(false);
  return (
    <Section title={say.title} note={say.body}>
      <Button variant="default" onClick={() => setOpen(true)}>
        {say.open}
      </Button>
      {open && <LeaveDialog onClose={() => setOpen(false)} />}
    </Section>
  );
}

function LeaveDialog({ onClose }: { onClose: () => void }) {
  const run = useRun();
  return (
    <Modal
      opened
      onClose={onClose}
      title={say.heading}
      size="xl"
      closeButtonProps={{ 'aria-label': words.close }}
    >
      {run.state.phase === 'running' && (
        <RunProgress title={words.exposure.run.leaveTitle} progress={run.state.progress} />
      )}
      {run.state.phase === 'finished' && (
        <ReceiptsStep kind="leave" result={run.state.result} onFinish={onClose} />
      )}
      {(run.state.phase === 'idle' || run.state.phase === 'failed') && <LeavePlan run={run} />}
    </Modal>
  );
}

function LeavePlan({ run }: { run: Run }) {
  const { api, queries } = useConnection();
  const [mode, setMode] = useState<'original' | 'remove'>('original');
  const [purge, setPurge] = useState(false);
  const query = useQuery(queries.leave(mode, purge));
  return (
    <div className={classes.stack}>
      <Picks label={say.mode} value={mode} options={optionsOf(say.modes)} onChange={setMode} />
      <Checkbox
        label={say.purge}
        checked={purge}
        onChange={(event) => setPurge(event.currentTarget.checked)}
      />
      {run.state.phase === 'failed' && <Failed problem={run.state.problem} small />}
      <Read query={query}>
        {(plan) => (
          <>
            {plan.warnings.map((warning) => (
              <Notice key={warning} tone="exposed" title={warning} />
            ))}
            {plan.files.length === 0 ? (
              <Nothing>{say.nothing}</Nothing>
            ) : (
              <div>
                {plan.files.map(({ file, diff }) => (
                  <Diff key={file} file={file} rows={diff} open={plan.files.length === 1} />
                ))}
              </div>
            )}
            <div>
              <Button
                disabled={plan.files.length === 0 && !purge}
                onClick={() => run.start(() => api.leave.apply({ basis: plan.basis, mode, purge }))}
              >
                {say.confirm}
              </Button>
            </div>
          </>
        )}
      </Read>
    </div>
  );
}
