/** From what is exposed to what was done: review, plan, apply, receipts. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ScanReport } from '../../shared/models/finding.ts';
import type { ProtectPlan } from '../../shared/models/protect.ts';
import { useConnection } from '../connection.ts';
import { Page } from '../ui/page.tsx';
import { Steps } from '../ui/steps.tsx';
import { formatBytes } from '../words/counting.ts';
import { words } from '../words.ts';
import { PlanStep } from './plan-step.tsx';
import { Read } from './read.tsx';
import { ReceiptsStep } from './receipts-step.tsx';
import { buildReview, defaultTicks, offeredIn, type Review } from './review.ts';
import { ReviewStep } from './review-step.tsx';
import { RunProgress } from './run-progress.tsx';
import { type Run, useRun } from './use-run.ts';

const say = words.exposure;

type Step = 'review' | 'plan' | 'run';

export function ExposureScreen() {
  const { queries } = useConnection();
  const [all, setAll] = useState(false);
  const scan = useQuery(queries.scan(all));
  const plan = useQuery(queries.plan());
  const [step, setStep] = useState<Step>('review');
  const run = useRun();
  const shown = step === 'run' && run.state.phase === 'finished' ? 'done' : step;
  // Without anything to protect there is no way to go.
  const hasSteps = step !== 'review' || (plan.data?.items.length ?? 0) > 0;
  return (
    <Page
      name={say.title}
      title={say.title}
      intro={scan.data === undefined ? undefined : <Looked report={scan.data} />}
      actions={hasSteps && <Steps label={say.steps.label} steps={stepList} current={shown} />}
    >
      <Read query={scan}>
        {(report) => (
          <Read query={plan}>
            {(current) => (
              <Flow
                step={step}
                report={report}
                plan={current}
                run={run}
                onStep={setStep}
                onShowPossible={() => setAll(true)}
              />
            )}
          </Read>
        )}
      </Read>
    </Page>
  );
}

const stepList = [
  { id: 'review', label: say.steps.review },
  { id: 'plan', label: say.steps.plan },
  { id: 'run', label: say.steps.run },
  { id: 'done', label: say.steps.done },
] as const;

function Looked({ report: { looked, skipped } }: { report: ScanReport }) {
  return (
    <span>
      {say.looked(looked.files, formatBytes(looked.bytes))}
      {skipped.length > 0 && (
        <span title={skipped.map(({ path, reason }) => `${path}: ${reason}`).join('\n')}>
          {` ${say.skipped(skipped.length)}.`}
        </span>
      )}
    </span>
  );
}

interface FlowProps {
  readonly step: Step;
  readonly report: ScanReport;
  readonly plan: ProtectPlan;
  readonly run: Run;
  readonly onStep: (step: Step) => void;
  readonly onShowPossible: () => void;
}

function Flow({ step, report, plan, run, onStep, onShowPossible }: FlowProps) {
  const { api } = useConnection();
  const review = buildReview(report.findings, plan);
  const [chosen, setChosen] = useState<ReadonlySet<string>>();
  const ticked = keepKnown(chosen ?? defaultTicks(offeredIn(review)), review);
  const toReview = () => {
    run.reset();
    setChosen(undefined);
    onStep('review');
  };
  if (step === 'run' && run.state.phase === 'finished') {
    return <ReceiptsStep kind="protect" result={run.state.result} onFinish={toReview} />;
  }
  if (step === 'run' && run.state.phase === 'running') {
    return <RunProgress title={say.run.title} progress={run.state.progress} />;
  }
  if (step !== 'review') {
    return (
      <PlanStep
        ticked={ticked}
        review={review}
        failure={run.state.phase === 'failed' ? run.state : undefined}
        onBack={() => {
          run.reset();
          onStep('review');
        }}
        onApply={async (choices) => {
          onStep('run');
          await run.start(() => api.protect.apply(choices));
        }}
      />
    );
  }
  return (
    <ReviewStep
      report={report}
      plan={plan}
      review={review}
      ticked={ticked}
      onTick={setChosen}
      onPlan={() => onStep('plan')}
      onShowPossible={onShowPossible}
    />
  );
}

/** Items that a newer plan no longer has cannot stay ticked. */
function keepKnown(ticked: ReadonlySet<string>, review: Review): ReadonlySet<string> {
  const known = new Set(offeredIn(review).map(({ item }) => item.id));
  return ticked.intersection(known);
}
