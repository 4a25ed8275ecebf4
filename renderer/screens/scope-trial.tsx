/** A trial start: the server runs once, watched and without real secrets, and a scope is proposed. */
import { Button } from '@mantine/core';
import type { CredentialScope } from '../../shared/models/scope.ts';
import type { Trial } from '../../shared/models/scope-view.ts';
import { useConnection } from '../connection.ts';
import { Failed } from '../ui/blank.tsx';
import { Notice } from '../ui/notice.tsx';
import { Section } from '../ui/page.tsx';
import { PathText, PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { words } from '../words.ts';
import classes from './scope.module.css';
import { Told } from './scope-change.tsx';
import { useTrials } from './use-trials.ts';

const say = words.scope.trial;

interface ScopeTrialProps {
  readonly id: string;
  readonly onUse: (scope: CredentialScope) => void;
}

export function ScopeTrial({ id, onUse }: ScopeTrialProps) {
  const { api } = useConnection();
  const { state, start, stop } = useTrials();
  const [trial] = state.trials;
  const isRunning = state.phase === 'running';
  return (
    <Section title={say.title} note={say.note}>
      <div className={classes.stack}>
        <div className={classes.buttons}>
          <Button
            variant="default"
            loading={isRunning}
            onClick={() => start((signal) => api.scope.trial({ id }, { signal }))}
          >
            {state.phase === 'idle' ? say.start : say.again}
          </Button>
          {isRunning && (
            <Button variant="subtle" onClick={stop}>
              {say.stop}
            </Button>
          )}
        </div>
        {isRunning && (
          <p className={classes.quiet} role="status">
            {say.step[state.progress?.step ?? 'prepare']}
          </p>
        )}
        {state.problem !== undefined && <Failed problem={state.problem} small />}
        {trial !== undefined && !isRunning && <Proposal trial={trial} onUse={onUse} />}
      </div>
    </Section>
  );
}

function Proposal({ trial, onUse }: { trial: Trial; onUse: (scope: CredentialScope) => void }) {
  const { works, message, hint, tools, wanted, hosts, plan } = trial;
  const proposed = plan.after.scope;
  const isSame = JSON.stringify(proposed) === JSON.stringify(plan.before.scope);
  return (
    <>
      <Notice
        live
        tone={works ? 'plain' : 'broken'}
        title={works ? `${say.works} ${say.tools(tools)}` : say.fails}
      >
        <PlainText text={[message, hint].filter(Boolean).join(' ')} />
      </Notice>
      {wanted === undefined && hosts === undefined && <p className={classes.quiet}>{say.unseen}</p>}
      {wanted !== undefined && wanted.length > 0 && (
        <Rows label={say.wanted}>
          {wanted.map(({ path, access, masked }) => (
            <Row
              key={`${path}\n${access}`}
              main={<PathText path={path} />}
              sub={masked ? say.never : undefined}
              side={words.scope.access[access]}
            />
          ))}
        </Rows>
      )}
      {hosts !== undefined && hosts.length > 0 && (
        <Rows label={say.hosts}>
          {hosts.map((host) => (
            <Row key={host} main={<PlainText text={host} mono oneLine />} />
          ))}
        </Rows>
      )}
      <Told view={plan.after} />
      {isSame || proposed === undefined ? (
        <p className={classes.quiet}>{say.same}</p>
      ) : (
        <div>
          <Button onClick={() => onUse(proposed)}>{say.use}</Button>
        </div>
      )}
    </>
  );
}
