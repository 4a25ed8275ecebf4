/** The levels at which a server was tried, what was seen at each, and which one it shall get. */
import { Radio } from '@mantine/core';
import type { Level } from '../../shared/models/scope.ts';
import type { LevelTrial, ScopePlan, Trial } from '../../shared/models/scope-view.ts';
import { cutText, escapeText } from '../ui/escape-text.ts';
import { PlainText } from '../ui/plain-text.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { words } from '../words.ts';
import classes from './scope.module.css';

const say = words.scope.upgrade;

/** By server; what is missing is as proposed. */
export type Choices = ReadonlyMap<string, Level>;

export function planOf({ server, levels = [], plan }: Trial, choices: Choices): ScopePlan {
  const level = choices.get(server);
  return levels.find((one) => one.level === level)?.plan ?? plan;
}

/** The highest level at which it was seen to work, where it was tried at several. */
export function highestOf({ levels = [] }: Trial): LevelTrial | undefined {
  return levels.findLast(({ plan }) => plan !== undefined);
}

interface UpgradeLevelsProps {
  readonly trial: Trial;
  readonly choices: Choices;
  readonly disabled: boolean;
  readonly onChoose: (level: Level) => void;
}

export function UpgradeLevels({ trial, choices, disabled, onChoose }: UpgradeLevelsProps) {
  const { levels = [], plan } = trial;
  const chosen = planOf(trial, choices).basis;
  const name = escapeText(cutText(plan.after.name || trial.server, 80).head);
  if (levels.length < 2) return null;
  return (
    <Radio.Group
      label={say.levels(name)}
      value={levels.find((one) => one.plan?.basis === chosen)?.level ?? ''}
      onChange={(value) => {
        const level = levels.find((one) => one.level === value)?.level;
        if (level !== undefined) onChoose(level);
      }}
    >
      <div className={classes.levels}>
        {levels.map((one) => (
          <Radio
            key={one.level}
            value={one.level}
            disabled={disabled || one.plan === undefined}
            label={<LevelName trial={trial} seen={one} />}
            description={
              <PlainText
                text={[one.message, one.hint, ...(one.said ?? [])].filter(Boolean).join(' ')}
                cap={900}
              />
            }
          />
        ))}
      </div>
    </Radio.Group>
  );
}

function LevelName({ trial, seen }: { trial: Trial; seen: LevelTrial }) {
  const { level, outcome, plan } = seen;
  const marks = [
    ...(plan !== undefined && highestOf(trial)?.level === level ? [say.highest] : []),
    ...(plan !== undefined && plan.basis === trial.plan.basis ? [say.proposed] : []),
  ];
  return (
    <span className={classes.levelName}>
      {words.scope.level[level]}
      {outcome !== 'works' && <StateMark state="quiet" label={say.outcome[outcome]} />}
      {marks.length > 0 && <span className={classes.quiet}>{marks.join(' · ')}</span>}
    </span>
  );
}
