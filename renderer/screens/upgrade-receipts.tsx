/** What became of each server whose scope was set, and the way back for all of them. */
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { ScopeReceipt } from '../../shared/models/scope-view.ts';
import { useConnection } from '../connection.ts';
import { describeProblem, type Problem } from '../problem.ts';
import { Failed } from '../ui/blank.tsx';
import { Section } from '../ui/page.tsx';
import { PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { words } from '../words.ts';
import { LevelMark } from './level-mark.tsx';
import { useServerNames } from './names.ts';
import classes from './scope.module.css';

const say = words.scope.upgrade;

interface UpgradeReceiptsProps {
  readonly receipts: readonly ScopeReceipt[];
  readonly back: string;
}

export function UpgradeReceipts({ receipts: applied, back }: UpgradeReceiptsProps) {
  const nameOf = useServerNames();
  const [takenBack, setTakenBack] = useState<readonly ScopeReceipt[]>();
  const receipts = takenBack ?? applied;
  const failed = receipts.some(({ outcome }) => outcome === 'failed');
  const note = failed ? say.partly : takenBack === undefined ? say.done : say.takenBack;
  return (
    <Section title={say.receipts} note={note}>
      <div className={classes.stack}>
        <Rows label={say.receipts}>
          {receipts.map(({ server, outcome, level, message, hint }) => (
            <Row
              key={server}
              main={<PlainText text={nameOf(server)} oneLine />}
              sub={
                <>
                  <PlainText text={message} cap={600} />
                  {hint !== undefined && <PlainText commands text={hint} cap={400} />}
                </>
              }
              side={
                outcome === 'done' ? (
                  <LevelMark level={level} />
                ) : (
                  <StateMark state="broken" label={say.notChanged} />
                )
              }
            />
          ))}
        </Rows>
        <div className={classes.buttons}>
          <Button component={Link} href={back}>
            {say.back}
          </Button>
          {takenBack === undefined && <TakeBack receipts={applied} onDone={setTakenBack} />}
        </div>
      </div>
    </Section>
  );
}

interface TakeBackProps {
  readonly receipts: readonly ScopeReceipt[];
  readonly onDone: (receipts: readonly ScopeReceipt[]) => void;
}

function TakeBack({ receipts, onDone }: TakeBackProps) {
  const { api } = useConnection();
  const cache = useQueryClient();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const changes = receipts.flatMap(({ undo }) => undo ?? []);
  if (changes.length === 0) return null;
  const takeBack = async () => {
    setBusy(true);
    try {
      onDone(await api.scope.applyAll({ changes }));
    } catch (thrown) {
      setProblem(describeProblem(thrown));
      setBusy(false);
    } finally {
      await cache.invalidateQueries();
    }
  };
  return (
    <>
      <Button variant="default" loading={busy} onClick={takeBack}>
        {say.takeBack(changes.length)}
      </Button>
      {problem !== undefined && <Failed problem={problem} small />}
    </>
  );
}
