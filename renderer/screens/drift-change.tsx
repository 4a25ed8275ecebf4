/** One change of drift or of a placement: its plan with the difference, then its receipts and the way back. */
import { Button, Checkbox } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type {
  DriftAction,
  DriftChoices,
  DriftPlan,
  DriftPlanItem,
  DriftSelection,
} from '../../shared/models/drift.ts';
import { useConnection } from '../connection.ts';
import type { Placing } from '../queries.ts';
import { Failed } from '../ui/blank.tsx';
import { Diff } from '../ui/diff.tsx';
import { Nothing } from '../ui/page.tsx';
import { PathText, PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { toggle } from '../ui/toggle.ts';
import { words } from '../words.ts';
import classes from './drift.module.css';
import { DriftReceipts } from './drift-receipts.tsx';
import { useClientNames } from './names.ts';
import { Read } from './read.tsx';
import { RunProgress } from './run-progress.tsx';
import { type DriftRun, useDriftRun } from './use-drift-run.ts';

const say = words.drift.plan;

export type DriftWish =
  | { readonly way: 'select'; readonly action: DriftAction; readonly selection: DriftSelection }
  | { readonly way: 'place'; readonly action: DriftAction; readonly placing: Placing };

interface DriftChangeProps {
  readonly wish: DriftWish;
  readonly onBack: () => void;
  readonly onClose: () => void;
}

export function DriftChange({ wish, onBack, onClose }: DriftChangeProps) {
  const run = useDriftRun();
  const [startedAt] = useState(() => new Date().toISOString());
  const { state } = run;
  if (state.phase === 'running')
    return <RunProgress title={say.running} progress={state.progress} />;
  if (state.phase === 'finished') {
    return (
      <DriftReceipts
        receipts={state.result.receipts}
        isRun={wish.action === 'adopt'}
        startedAt={startedAt}
        onClose={onClose}
      />
    );
  }
  return (
    <>
      {state.phase === 'failed' && <Failed problem={state.problem} small />}
      <PlanOf wish={wish} run={run} onBack={onBack} />
    </>
  );
}

interface PlanOfProps {
  readonly wish: DriftWish;
  readonly run: DriftRun;
  readonly onBack: () => void;
}

function PlanOf({ wish, run, onBack }: PlanOfProps) {
  const { api, queries } = useConnection();
  const selected = useQuery({
    ...queries.driftPlan(wish.way === 'select' ? wish.selection : {}),
    enabled: wish.way === 'select',
  });
  const placed = useQuery({
    ...queries.placementPlan(
      wish.way === 'place' ? wish.placing : { server: '', clients: [], placed: false },
    ),
    enabled: wish.way === 'place',
  });
  const apply = (choices: Omit<DriftChoices, 'selection'>) =>
    run.start(() =>
      wish.way === 'select'
        ? api.drift.apply({ ...choices, selection: wish.selection })
        : api.servers.setPlacement({
            ...wish.placing,
            basis: choices.basis,
            consents: choices.consents,
          }),
    );
  return (
    <Read query={wish.way === 'select' ? selected : placed}>
      {(plan) => (
        <PlanToReview
          key={plan.basis}
          plan={plan}
          action={wish.action}
          canChoose={wish.way === 'select'}
          onBack={onBack}
          onApply={apply}
        />
      )}
    </Read>
  );
}

interface PlanToReviewProps {
  readonly plan: DriftPlan;
  readonly action: DriftAction;
  readonly canChoose: boolean;
  readonly onBack: () => void;
  readonly onApply: (choices: Omit<DriftChoices, 'selection'>) => Promise<void>;
}

type Consent = NonNullable<DriftPlanItem['consent']>;

function PlanToReview({ plan, action, canChoose, onBack, onApply }: PlanToReviewProps) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => new Set(plan.items.filter(({ ticked, possible }) => ticked && possible).map(idOf)),
  );
  const [consents, setConsents] = useState<ReadonlySet<Consent>>(new Set());
  // A switch of one server is done whole: it has nothing to choose from.
  const items = plan.items.filter((item) => item.possible && (!canChoose || chosen.has(item.id)));
  const needed = [...new Set(items.flatMap(({ consent }) => consent ?? []))];
  const lacks = needed.some((consent) => !consents.has(consent));
  return (
    <>
      <p className={classes.lead}>{words.drift.doing[action]}</p>
      {plan.items.length === 0 ? (
        <Nothing>{say.nothing}</Nothing>
      ) : (
        <Rows label={say.items}>
          {plan.items.map((item) => (
            <ItemRow
              key={item.id}
              item={item}
              checked={chosen.has(item.id)}
              onChange={canChoose ? (on) => setChosen(toggle(chosen, item.id, on)) : undefined}
            />
          ))}
        </Rows>
      )}
      {needed.map((consent) => (
        <Checkbox
          key={consent}
          label={words.exposure.plan.consent[consent]}
          checked={consents.has(consent)}
          onChange={(event) => setConsents(toggle(consents, consent, event.currentTarget.checked))}
        />
      ))}
      {plan.files.map(({ file, diff }) => (
        <Diff key={file} file={file} rows={diff} sides={say.sides} />
      ))}
      {plan.items.length > 0 && plan.files.length === 0 && <Nothing>{say.noFile}</Nothing>}
      <div className={classes.buttons}>
        <Button
          disabled={items.length === 0 || lacks}
          onClick={() => onApply({ basis: plan.basis, items: items.map(idOf), consents: needed })}
        >
          {say.confirm[action]}
        </Button>
        <Button variant="default" onClick={onBack}>
          {words.cancel}
        </Button>
      </div>
    </>
  );
}

const idOf = ({ id }: DriftPlanItem) => id;

interface ItemRowProps {
  readonly item: DriftPlanItem;
  readonly checked: boolean;
  readonly onChange: ((on: boolean) => void) | undefined;
}

function ItemRow({ item, checked, onChange }: ItemRowProps) {
  const nameOf = useClientNames();
  const name = words.drift.panel.title(item.entryName, nameOf(item.client));
  return (
    <Row
      main={
        <>
          {onChange !== undefined && (
            <Checkbox
              aria-label={name}
              checked={checked}
              disabled={!item.possible}
              onChange={(event) => onChange(event.currentTarget.checked)}
            />
          )}
          <PlainText text={name} oneLine />
        </>
      }
      sub={
        <>
          <PathText path={item.file} />
          {item.note !== '' && <PlainText text={item.note} />}
        </>
      }
      side={item.possible ? undefined : <StateMark state="broken" label={say.impossible} />}
    />
  );
}
