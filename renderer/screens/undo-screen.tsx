/** Undo of one run: what goes back into which file, then the receipts. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { useConnection } from '../connection.ts';
import { Bar } from '../ui/bar.tsx';
import { Failed } from '../ui/blank.tsx';
import { Diff } from '../ui/diff.tsx';
import { Notice } from '../ui/notice.tsx';
import { Page, Section } from '../ui/page.tsx';
import { words } from '../words.ts';
import { Read } from './read.tsx';
import { ReceiptsStep } from './receipts-step.tsx';
import { RunProgress } from './run-progress.tsx';
import { type Run, useRun } from './use-run.ts';

const say = words.exposure.undo;
const openUpTo = 4;

export function UndoScreen({ run: id }: { run: string }) {
  const run = useRun();
  const [, go] = useLocation();
  return (
    <Page
      name={say.title}
      title={say.title}
      back={{ to: '/exposure', label: words.exposure.title }}
    >
      {run.state.phase === 'running' && (
        <RunProgress title={words.exposure.run.undoTitle} progress={run.state.progress} />
      )}
      {run.state.phase === 'finished' && (
        <ReceiptsStep kind="undo" result={run.state.result} onFinish={() => go('/exposure')} />
      )}
      {(run.state.phase === 'idle' || run.state.phase === 'failed') && (
        <Plan id={id} run={run} onBack={() => go('/exposure')} />
      )}
    </Page>
  );
}

function Plan({ id, run, onBack }: { id: string; run: Run; onBack: () => void }) {
  const { api, queries } = useConnection();
  const query = useQuery(queries.undo(id));
  return (
    <>
      {run.state.phase === 'failed' && <Failed problem={run.state.problem} />}
      <Read query={query}>
        {(plan) => (
          <>
            <Notice tone="exposed" title={say.body} />
            <Section
              title={words.exposure.plan.title}
              aside={words.exposure.plan.files(plan.files.length)}
            >
              {plan.files.map(({ file, way, note, diff }, index) => (
                <Diff
                  key={file}
                  file={file}
                  rows={diff}
                  note={[say.way[way], note].filter(Boolean).join('. ')}
                  open={plan.files.length <= openUpTo || index === 0}
                />
              ))}
            </Section>
            <Bar
              text={words.exposure.runs.line(plan.servers.length, plan.files.length)}
              secondary={
                <Button variant="default" onClick={onBack}>
                  {words.cancel}
                </Button>
              }
              primary={
                <Button
                  onClick={() =>
                    run.start(() => api.protect.undo({ basis: plan.basis, run: plan.run.id }))
                  }
                >
                  {say.confirm}
                </Button>
              }
            />
          </>
        )}
      </Read>
    </>
  );
}
