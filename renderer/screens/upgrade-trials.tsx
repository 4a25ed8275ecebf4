/** Trials of several servers: how far they are, and what each would get, with a tick. */
import { Button, Checkbox, Progress as ProgressBar } from '@mantine/core';
import type { Level } from '../../shared/models/scope.ts';
import type { Trial } from '../../shared/models/scope-view.ts';
import { cutText, escapeText } from '../ui/escape-text.ts';
import { Section } from '../ui/page.tsx';
import { PathText, PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { words } from '../words.ts';
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
  const { done = 0, total = 0, step = 'prepare' } = progress ?? {};
  return (
    <Section title={say.running}>
      <div className={classes.stack}>
        <ProgressBar.Root size="sm">
          <ProgressBar.Section
            value={total === 0 ? 0 : (100 * done) / total}
            aria-label={say.running}
          />
        </ProgressBar.Root>
        <div className={classes.runLine} role="status">
          {progress !== undefined && (
            <PlainText text={progress.server} oneLine className={classes.trialName} />
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

interface UpgradeTrialsProps {
  readonly trials: readonly Trial[];
  readonly ticked: ReadonlySet<string>;
  readonly chosen: Choices;
  readonly onTick: (server: string, on: boolean) => void;
  readonly onChoose: (server: string, level: Level) => void;
}

export function UpgradeTrials({ trials, ticked, chosen, onTick, onChoose }: UpgradeTrialsProps) {
  return (
    <Section title={say.results}>
      <div className={classes.stack}>
        {trials.map((trial) => (
          <TrialCard
            key={trial.server}
            trial={trial}
            on={ticked.has(trial.server)}
            chosen={chosen}
            onTick={(on) => onTick(trial.server, on)}
            onChoose={(level) => onChoose(trial.server, level)}
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
  readonly onTick: (on: boolean) => void;
  readonly onChoose: (level: Level) => void;
}

function TrialCard({ trial, on, chosen, onTick, onChoose }: TrialCardProps) {
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
        {works && <Told view={planOf(trial, chosen).after} />}
        <Said trial={trial} />
        <Wanted trial={trial} />
      </div>
    </div>
  );
}

/** Files and hosts beyond what the sentence above says already. */
function Wanted({ trial: { wanted = [], hosts = [] } }: { trial: Trial }) {
  const hidden = wanted.filter(({ proposed }) => !proposed);
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
