/** Servers out of a file that another computer exported: source, plan, receipts. */
import { Button, FileButton, PasswordInput, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { ImportPlan } from '../../shared/models/drift.ts';
import { useConnection } from '../connection.ts';
import { describeProblem, type Problem } from '../problem.ts';
import { Failed } from '../ui/blank.tsx';
import { Page, Section } from '../ui/page.tsx';
import { PlainText } from '../ui/plain-text.tsx';
import { formatBytes } from '../words/counting.ts';
import { words } from '../words.ts';
import { DriftReceipts } from './drift-receipts.tsx';
import { ImportReview } from './import-review.tsx';
import { RunProgress } from './run-progress.tsx';
import classes from './transfer.module.css';
import { useDriftRun } from './use-drift-run.ts';

const say = words.transfer.in;

/** Characters; the door takes messages of 4 MiB, and quotes double on the way. */
const longestText = 2_000_000;

export interface ImportSource {
  readonly text: string;
  readonly passphrase?: string;
}

interface Read {
  readonly source: ImportSource;
  readonly plan: ImportPlan;
}

export function ImportScreen() {
  const { api } = useConnection();
  const run = useDriftRun();
  const [read, setRead] = useState<Read>();
  const [startedAt] = useState(() => new Date().toISOString());
  const [, go] = useLocation();
  const startOver = () => {
    setRead(undefined);
    run.reset();
  };
  return (
    <Page
      name={say.title}
      title={say.title}
      intro={say.lead}
      back={{ to: '/settings', label: words.nav.settings }}
    >
      {read === undefined && <Source onRead={setRead} />}
      {run.state.phase === 'running' && (
        <RunProgress title={say.running} progress={run.state.progress} />
      )}
      {run.state.phase === 'finished' && (
        <div className={classes.stack}>
          <DriftReceipts
            receipts={run.state.result.receipts}
            isRun={false}
            startedAt={startedAt}
            close={say.seeServers}
            onClose={() => go('/servers')}
          />
          <p className={classes.lead}>{say.after}</p>
        </div>
      )}
      {run.state.phase === 'failed' && <Failed problem={run.state.problem} small />}
      {read !== undefined && (run.state.phase === 'idle' || run.state.phase === 'failed') && (
        <ImportReview
          plan={read.plan}
          onBack={startOver}
          onApply={(choices) =>
            run.start(() =>
              api.records.import({ ...read.source, basis: read.plan.basis, ...choices }),
            )
          }
        />
      )}
    </Page>
  );
}

interface Picked {
  readonly name: string;
  readonly size: number;
}

function Source({ onRead }: { onRead: (read: Read) => void }) {
  const { api } = useConnection();
  const [text, setText] = useState('');
  const [picked, setPicked] = useState<Picked>();
  const [passphrase, setPassphrase] = useState('');
  const [problem, setProblem] = useState<Problem>();
  const isSealed = text.trimStart().startsWith('-----BEGIN AGE ENCRYPTED FILE-----');
  const plan = useMutation({
    mutationFn: async (source: ImportSource) => ({
      source,
      plan: await api.records.importPlan(source),
    }),
    onSuccess: onRead,
  });
  const take = (next: string, from?: Picked) => {
    plan.reset();
    setPassphrase('');
    setProblem(next.length > longestText ? say.tooLarge : undefined);
    setText(next.length > longestText ? '' : next);
    setPicked(from);
  };
  const pick = async (file: File | null) => {
    if (file === null) return;
    if (file.size > 2 * longestText) {
      take('');
      return setProblem(say.tooLarge);
    }
    try {
      take(await file.text(), { name: file.name, size: file.size });
    } catch {
      // Gone or forbidden since it was chosen; the browser says no more.
      setProblem(say.unreadable);
    }
  };
  return (
    <Section title={say.source}>
      <form
        className={classes.stack}
        onSubmit={(event) => {
          event.preventDefault();
          plan.mutate(isSealed ? { text, passphrase } : { text });
        }}
      >
        <div className={classes.buttons}>
          <FileButton onChange={pick}>
            {(props) => (
              <Button variant="default" {...props}>
                {say.choose}
              </Button>
            )}
          </FileButton>
          {picked !== undefined && (
            <span className={classes.picked} role="status">
              <PlainText text={say.chosen(picked.name, formatBytes(picked.size))} cap={120} />
            </span>
          )}
        </div>
        {picked === undefined && (
          <Textarea
            label={say.paste}
            value={text}
            minRows={5}
            maxRows={12}
            autosize
            spellCheck={false}
            classNames={{ input: classes.mono ?? '' }}
            onChange={(event) => take(event.currentTarget.value)}
          />
        )}
        {isSealed && (
          <div className={classes.passphrase}>
            <PasswordInput
              label={say.passphrase}
              description={say.sealed}
              value={passphrase}
              onChange={(event) => setPassphrase(event.currentTarget.value)}
              autoComplete="off"
            />
          </div>
        )}
        {problem !== undefined && <Failed problem={problem} small />}
        {plan.isError && <Failed problem={describeProblem(plan.error)} small />}
        <div className={classes.buttons}>
          <Button
            type="submit"
            loading={plan.isPending}
            disabled={text.trim() === '' || (isSealed && passphrase === '')}
          >
            {say.read}
          </Button>
          {picked !== undefined && (
            <Button variant="subtle" onClick={() => take('')}>
              {words.remove}
            </Button>
          )}
        </div>
      </form>
    </Section>
  );
}
