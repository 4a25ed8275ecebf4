/** Scopes for servers that have none: tried one after the other, ticked, applied, with a receipt each. */
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Reach, ScopeReceipt } from '../../shared/models/scope-view.ts';
import { useConnection } from '../connection.ts';
import { describeProblem, type Problem } from '../problem.ts';
import { Bar } from '../ui/bar.tsx';
import { Blank, Failed } from '../ui/blank.tsx';
import { Page, Section } from '../ui/page.tsx';
import { PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { words } from '../words.ts';
import { LevelMark } from './level-mark.tsx';
import { serverPath } from './names.ts';
import { Read } from './read.tsx';
import classes from './scope.module.css';
import { type Choices, highestOf, planOf } from './upgrade-levels.tsx';
import { UpgradeReceipts } from './upgrade-receipts.tsx';
import { type Extras, scopeWith, UpgradeProgress, UpgradeTrials } from './upgrade-trials.tsx';
import { type TrialsRun, useTrials } from './use-trials.ts';

const say = words.scope.upgrade;
const reachPath = '/servers/view/reach';

export function UpgradeScreen() {
  const { queries } = useConnection();
  const query = useQuery(queries.reach());
  const run = useTrials();
  const [receipts, setReceipts] = useState<readonly ScopeReceipt[]>();
  return (
    <Page
      name={say.title}
      title={say.title}
      intro={receipts === undefined ? say.intro : undefined}
      back={{ to: reachPath, label: words.scope.reach.title }}
    >
      {receipts === undefined ? (
        <Read query={query}>
          {(reach) => <Upgrade reach={reach} run={run} onDone={setReceipts} />}
        </Read>
      ) : (
        <UpgradeReceipts receipts={receipts} back={reachPath} />
      )}
    </Page>
  );
}

interface UpgradeProps {
  readonly reach: Reach;
  readonly run: TrialsRun;
  readonly onDone: (receipts: readonly ScopeReceipt[]) => void;
}

function Upgrade({ reach, run, onDone }: UpgradeProps) {
  const { api } = useConnection();
  const { state, start, stop } = run;
  const { upgradable } = reach;
  const begin = () => start((signal) => api.scope.planUpgrade({}, { signal }));
  if (state.phase === 'running') return <UpgradeProgress state={state} onStop={stop} />;
  if (state.phase === 'idle' || state.trials.length === 0)
    return (
      <>
        {state.problem !== undefined && <Failed problem={state.problem} onRetry={begin} small />}
        {upgradable.length === 0 ? (
          <Blank title={say.none.title} body={say.none.body} shape="quiet" />
        ) : (
          <Candidates reach={reach} onStart={begin} />
        )}
      </>
    );
  return <Results run={run} onAgain={begin} onDone={onDone} />;
}

function Candidates({ reach, onStart }: { reach: Reach; onStart: () => void }) {
  const { upgradable, servers } = reach;
  const views = servers.map(({ view }) => view).filter(({ server }) => upgradable.includes(server));
  return (
    <Section title={say.candidates}>
      <div className={classes.stack}>
        <Rows label={say.candidates}>
          {views.map((view) => (
            <Row
              key={view.server}
              to={`${serverPath(view.server)}/scope`}
              main={<PlainText text={view.name} oneLine />}
              side={<LevelMark level={view.level} />}
            />
          ))}
        </Rows>
        <div>
          <Button onClick={onStart}>{say.start(views.length)}</Button>
        </div>
      </div>
    </Section>
  );
}

interface ResultsProps {
  readonly run: TrialsRun;
  readonly onAgain: () => void;
  readonly onDone: UpgradeProps['onDone'];
}

function Results({ run: { state }, onAgain, onDone }: ResultsProps) {
  const { api, queries } = useConnection();
  const cache = useQueryClient();
  const working = state.trials.filter(({ works }) => works);
  const [off, setOff] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState<Choices>(new Map());
  const [extras, setExtras] = useState<Extras>(new Map());
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const ticked = working.filter(({ server }) => !off.has(server));
  const lower = ticked.filter((trial) => {
    const highest = highestOf(trial)?.plan;
    return highest !== undefined && planOf(trial, chosen).basis !== highest.basis;
  });
  const apply = async () => {
    setBusy(true);
    try {
      const wanted = ticked.flatMap((trial) => {
        const scope = scopeWith(trial, chosen, extras);
        return scope === undefined ? [] : [{ trial, scope }];
      });
      const changes = await Promise.all(
        wanted.map(async ({ trial, scope }) => {
          const plan = planOf(trial, chosen);
          const id = trial.server;
          // With something ticked besides, the plan that was shown is another.
          const { basis } =
            scope === plan.after.scope
              ? plan
              : await cache.ensureQueryData(queries.scopePlan(id, scope));
          return { id, scope, basis };
        }),
      );
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
      {state.phase === 'stopped' && <p role="status">{say.stopped}</p>}
      {state.problem !== undefined && <Failed problem={state.problem} small />}
      <UpgradeTrials
        trials={state.trials}
        ticked={new Set(ticked.map(({ server }) => server))}
        chosen={chosen}
        onChoose={(server, level) => setChosen(new Map([...chosen, [server, level]]))}
        onTick={(server, on) => {
          const next = new Set(off);
          if (on) next.delete(server);
          else next.add(server);
          setOff(next);
        }}
        extras={extras}
        onExtra={(server, path, on) => {
          const paths = new Set(extras.get(server));
          if (on) paths.add(path);
          else paths.delete(path);
          setExtras(new Map(extras).set(server, paths));
        }}
      />
      {problem !== undefined && <Failed problem={problem} small />}
      {(lower.length > 0 || chosen.size > 0) && (
        <div className={classes.buttons}>
          {/* One button, so that the focus stays on it. */}
          <Button
            variant="default"
            onClick={() => setChosen(lower.length > 0 ? highestFor(lower, chosen) : new Map())}
          >
            {lower.length > 0 ? say.chooseHighest(lower.length) : say.chooseProposed}
          </Button>
        </div>
      )}
      <Bar
        text={say.ticked(ticked.length, state.trials.length)}
        secondary={
          <Button variant="subtle" disabled={busy} onClick={onAgain}>
            {say.again}
          </Button>
        }
        primary={
          <Button loading={busy} disabled={ticked.length === 0} onClick={apply}>
            {say.apply(ticked.length)}
          </Button>
        }
      />
    </>
  );
}

function highestFor(trials: TrialsRun['state']['trials'], chosen: Choices): Choices {
  const highest = trials.flatMap((trial) => {
    const level = highestOf(trial)?.level;
    return level === undefined ? [] : [[trial.server, level] as const];
  });
  return new Map([...chosen, ...highest]);
}
