/** A trial start: the server runs once, watched and without real secrets, and a scope is proposed. */
import { Button } from '@mantine/core';
import type { CredentialScope } from '../../shared/models/scope.ts';
import type { Trial } from '../../shared/models/scope-view.ts';
import { useConnection } from '../connection.ts';
import { Failed } from '../ui/blank.tsx';
import { escapeText } from '../ui/escape-text.ts';
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
  /** The scope that it has now: what was allowed since the trial counts. */
  readonly current: CredentialScope | undefined;
  readonly onUse: (scope: CredentialScope) => void;
}

export function ScopeTrial({ id, current, onUse }: ScopeTrialProps) {
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
        {trial !== undefined && !isRunning && (
          <Proposal trial={trial} current={current} onUse={onUse} />
        )}
      </div>
    </Section>
  );
}

interface ProposalProps {
  readonly trial: Trial;
  readonly current: CredentialScope | undefined;
  readonly onUse: (scope: CredentialScope) => void;
}

function Proposal({ trial, current, onUse }: ProposalProps) {
  const { works, message, hint, tools, wanted, hosts = [], plan } = trial;
  const proposed = plan.after.scope;
  const isSame = JSON.stringify(proposed) === JSON.stringify(current);
  return (
    <>
      <Notice
        live
        tone={works ? 'plain' : 'broken'}
        title={works ? `${say.works} ${say.tools(tools)}` : say.fails}
      >
        <PlainText commands text={[message, hint].filter(Boolean).join(' ')} />
      </Notice>
      <Said trial={trial} />
      {works && wanted === undefined && hosts === undefined && (
        <p className={classes.quiet}>{say.unseen}</p>
      )}
      <Wanted trial={trial} current={current} onUse={onUse} />
      <Told view={plan.after} />
      {isSame || proposed === undefined ? (
        <p className={classes.quiet}>{say.same}</p>
      ) : (
        <div className={classes.buttons}>
          <Button onClick={() => onUse(proposed)}>{say.use}</Button>
          {works && hosts.length > 0 && (
            <Button
              variant="default"
              onClick={() => onUse({ ...proposed, level: 'listed-hosts', hosts: [...hosts] })}
            >
              {say.limit}
            </Button>
          )}
        </div>
      )}
    </>
  );
}

/** What it looked for, each to be added by itself; what holds credentials of others cannot be. */
function Wanted({ trial, current, onUse }: ProposalProps) {
  const { wanted = [], hosts = [], kept = [], plan } = trial;
  const base = current ?? plan.after.scope;
  const missing = (path: string) => base?.folders.every((folder) => folder.path !== path) === true;
  return (
    <>
      {wanted.length > 0 && <p className={classes.quiet}>{say.wanted}</p>}
      {wanted.length > 0 && (
        <Rows label={say.wanted}>
          {wanted.map(({ path, access, masked, proposed, offered }) => (
            <Row
              key={`${path}\n${access}`}
              main={<PathText path={path} />}
              sub={noteOf({ masked, proposed, offered })}
              side={words.scope.access[access]}
              actions={
                base !== undefined && !masked && missing(path) ? (
                  <Button
                    size="xs"
                    variant="default"
                    aria-label={words.scope.allowHost(escapeText(path))}
                    onClick={() => onUse({ ...base, folders: [...base.folders, { path, access }] })}
                  >
                    {words.scope.allow}
                  </Button>
                ) : undefined
              }
            />
          ))}
        </Rows>
      )}
      <Hosts title={say.hosts} hosts={hosts} />
      <Hosts title={say.kept} hosts={kept} />
    </>
  );
}

function Hosts({ title, hosts }: { title: string; hosts: readonly string[] }) {
  if (hosts.length === 0) return null;
  return (
    <>
      <p className={classes.quiet}>{title}</p>
      <Rows label={title}>
        {hosts.map((host) => (
          <Row key={host} main={<PlainText text={host} mono oneLine />} />
        ))}
      </Rows>
    </>
  );
}

type Place = NonNullable<Trial['wanted']>[number];

function noteOf({ masked, proposed, offered }: Pick<Place, 'masked' | 'proposed' | 'offered'>) {
  if (masked) return say.never;
  if (proposed) return undefined;
  return offered ? say.offered : say.unproposed;
}

/** Its last words, where it ended by itself. */
export function Said({ trial: { said = [] } }: { trial: Trial }) {
  if (said.length === 0) return null;
  return (
    <div className={classes.said}>
      <span className={classes.quiet}>{say.said}</span>
      {said.map((line, index) => (
        // Lines may be alike, and never move.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <PlainText key={index} text={line} mono cap={300} />
      ))}
    </div>
  );
}
