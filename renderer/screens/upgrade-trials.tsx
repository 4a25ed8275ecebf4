/** Trials of several servers: how far they are, and what each would get, with a tick. */
import { Button, Checkbox, Progress as ProgressBar } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { CredentialScope, Level } from '../../shared/models/scope.ts';
import type { Trial } from '../../shared/models/scope-view.ts';
import { useConnection } from '../connection.ts';
import { cutText, escapeText } from '../ui/escape-text.ts';
import { Section } from '../ui/page.tsx';
import { PathText, PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { words } from '../words.ts';
import { useServerNames } from './names.ts';
import { Read } from './read.tsx';
import classes from './scope.module.css';
import { Told } from './scope-change.tsx';
import { Said } from './scope-trial.tsx';
import { type Choices, planOf, UpgradeLevels } from './upgrade-levels.tsx';
import type { TrialsState } from './use-trials.ts';

const say = words.scope.upgrade;

interface UpgradeProgressProps {
  readonly state: TrialsState;
  readonly onStop: () => void;
}

export function UpgradeProgress({ state: { progress, trials }, onStop }: UpgradeProgressProps) {
  const serverNameOf = useServerNames();
  const { done = 0, total = 0, step = 'prepare' } = progress ?? {};
  return (
    <Section title={say.running} arrives>
      <div className={classes.stack}>
        <ProgressBar.Root size="sm">
          <ProgressBar.Section
            value={total === 0 ? 0 : (100 * done) / total}
            aria-label={say.running}
          />
        </ProgressBar.Root>
        <div className={classes.runLine} role="status">
          {progress !== undefined && (
            <PlainText text={serverNameOf(progress.server)} oneLine className={classes.trialName} />
          )}
          <span className={classes.quiet}>
            {progress !== undefined && step === 'start'
              ? say.startAt(words.scope.level[progress.level])
              : words.scope.trial.step[step]}
          </span>
          {progress !== undefined && <span className={classes.quiet}>{say.of(done, total)}</span>}
        </div>
        {trials.length > 0 && (
          <Rows label={say.results}>
            {trials.map((trial) => (
              <Row
                key={trial.server}
                main={<PlainText text={nameOf(trial)} oneLine />}
                side={<Outcome works={trial.works} />}
              />
            ))}
          </Rows>
        )}
        <div>
          <Button variant="default" onClick={onStop}>
            {say.stop}
          </Button>
        </div>
      </div>
    </Section>
  );
}

/** Paths that the person ticked, by server. */
export type Extras = ReadonlyMap<string, ReadonlySet<string>>;

/** The scope of the chosen level, with what the person ticked besides. */
export function scopeWith(
  trial: Trial,
  chosen: Choices,
  extras: Extras,
): CredentialScope | undefined {
  const { server, wanted = [] } = trial;
  const { scope } = planOf(trial, chosen).after;
  const more = wanted.filter(({ path }) => extras.get(server)?.has(path) === true);
  if (scope === undefined || more.length === 0) return scope;
  const folders = more.map(({ path, access }) => ({ path, access }));
  return { ...scope, folders: [...scope.folders, ...folders] };
}

interface UpgradeTrialsProps {
  readonly trials: readonly Trial[];
  readonly ticked: ReadonlySet<string>;
  readonly chosen: Choices;
  readonly extras: Extras;
  readonly onTick: (server: string, on: boolean) => void;
  readonly onChoose: (server: string, level: Level) => void;
  readonly onExtra: (server: string, path: string, on: boolean) => void;
}

export function UpgradeTrials(props: UpgradeTrialsProps) {
  const { trials, ticked, chosen, extras, onTick, onChoose, onExtra } = props;
  return (
    <Section title={say.results} arrives>
      <div className={classes.stack}>
        {trials.map((trial) => (
          <TrialCard
            key={trial.server}
            trial={trial}
            on={ticked.has(trial.server)}
            chosen={chosen}
            extras={extras}
            onTick={(on) => onTick(trial.server, on)}
            onChoose={(level) => onChoose(trial.server, level)}
            onExtra={(path, on) => onExtra(trial.server, path, on)}
          />
        ))}
      </div>
    </Section>
  );
}

interface TrialCardProps {
  readonly trial: Trial;
  readonly on: boolean;
  readonly chosen: Choices;
  readonly extras: Extras;
  readonly onTick: (on: boolean) => void;
  readonly onChoose: (level: Level) => void;
  readonly onExtra: (path: string, on: boolean) => void;
}

function TrialCard({ trial, on, chosen, extras, onTick, onChoose, onExtra }: TrialCardProps) {
  const { works, message, hint, tools } = trial;
  const name = nameOf(trial);
  return (
    <div className={classes.trial}>
      <Checkbox
        aria-label={say.tick(escapeText(cutText(name, 80).head))}
        checked={on}
        disabled={!works}
        onChange={(event) => onTick(event.currentTarget.checked)}
      />
      <div className={classes.trialHead}>
        <PlainText text={name} oneLine className={classes.trialName} />
        <Outcome works={works} />
      </div>
      <div className={`${classes.trialBody} ${classes.stack}`}>
        <span className={classes.quiet}>
          <PlainText commands text={[message, hint].filter(Boolean).join(' ')} cap={600} />
          {works && ` ${words.scope.trial.tools(tools)}.`}
        </span>
        <UpgradeLevels trial={trial} choices={chosen} disabled={!on} onChoose={onChoose} />
        {works && <Then trial={trial} chosen={chosen} extras={extras} />}
        <Said trial={trial} />
        {works && <Offered trial={trial} on={on} extras={extras} onExtra={onExtra} />}
        <Wanted trial={trial} />
      </div>
    </div>
  );
}

/** What it would get, as planned with all that is ticked. */
function Then({ trial, chosen, extras }: Pick<TrialCardProps, 'trial' | 'chosen' | 'extras'>) {
  const { queries } = useConnection();
  const plan = planOf(trial, chosen);
  const scope = scopeWith(trial, chosen, extras);
  const isMore = scope !== undefined && scope !== plan.after.scope;
  const query = useQuery({
    ...queries.scopePlan(trial.server, scope ?? plan.after.suggested),
    enabled: isMore,
  });
  if (!isMore) return <Told view={plan.after} />;
  return <Read query={query}>{({ after }) => <Told view={after} />}</Read>;
}

type OfferedProps = Pick<TrialCardProps, 'trial' | 'on' | 'extras' | 'onExtra'>;

/** What it asked to read and none of its arguments or variables names: a choice of its own, unticked. */
function Offered({ trial, on, extras, onExtra }: OfferedProps) {
  const { server, wanted = [] } = trial;
  const offered = wanted.filter(({ offered: may, proposed }) => may && !proposed);
  if (offered.length === 0) return null;
  return (
    <div className={classes.offered}>
      <span className={classes.quiet}>{say.offered}</span>
      {offered.map(({ path }) => (
        <Checkbox
          key={path}
          aria-label={say.tickFolder(
            escapeText(cutText(path, 200).head),
            escapeText(cutText(nameOf(trial), 80).head),
          )}
          label={<PathText path={path} />}
          disabled={!on}
          checked={extras.get(server)?.has(path) === true}
          onChange={(event) => onExtra(path, event.currentTarget.checked)}
        />
      ))}
    </div>
  );
}

/** Files and hosts beyond what the sentence above says already. */
function Wanted({ trial: { wanted = [], hosts = [] } }: { trial: Trial }) {
  const hidden = wanted.filter(({ proposed, offered }) => !(proposed || offered));
  return (
    <>
      {hosts.length > 0 && (
        <span className={classes.quiet}>
          {words.scope.trial.hosts}: <PlainText text={hosts.join(', ')} cap={400} />
        </span>
      )}
      {hidden.length > 0 && (
        <div className={classes.quiet}>
          {say.skippedFiles(hidden.length)}
          {hidden.map(({ path }) => (
            <PathText key={path} path={path} />
          ))}
        </div>
      )}
    </>
  );
}

function Outcome({ works }: { works: boolean }) {
  return <StateMark state={works ? 'protected' : 'broken'} label={works ? say.works : say.fails} />;
}

function nameOf({ server, plan }: Trial): string {
  return plan.after.name || server;
}
