/** What is exposed, in groups that can be ticked, and what Portcullis leaves alone. */
import { Button } from '@mantine/core';
import { useDeferredValue, useState } from 'react';
import type { ScanReport } from '../../shared/models/finding.ts';
import type { ProtectPlan } from '../../shared/models/protect.ts';
import { Bar } from '../ui/bar.tsx';
import { Blank } from '../ui/blank.tsx';
import { Section } from '../ui/page.tsx';
import { optionsOf, Picks } from '../ui/picks.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { words } from '../words.ts';
import { DeepScan } from './deep-scan.tsx';
import classes from './exposure.module.css';
import { LeftAlone } from './left-alone.tsx';
import {
  changeTicks,
  countSecrets,
  findItems,
  type GroupBy,
  groupItems,
  offeredIn,
  type Review,
} from './review.ts';
import { ReviewGroupPanel, ReviewItemRow } from './review-group.tsx';
import { Runs } from './runs.tsx';

const say = words.exposure;
/** Above this many secrets the groups start closed. */
const openUpTo = 14;

interface ReviewStepProps {
  readonly report: ScanReport;
  readonly plan: ProtectPlan;
  readonly review: Review;
  readonly ticked: ReadonlySet<string>;
  readonly onTick: (ticked: ReadonlySet<string>) => void;
  readonly onPlan: () => void;
  readonly onShowPossible: () => void;
}

export function ReviewStep(props: ReviewStepProps) {
  const { report, plan, review, ticked } = props;
  const { items, extra, left, byHand } = review;
  const isClean = items.length + extra.length + left.length + byHand.length === 0;
  return (
    <>
      {isClean ? (
        <Blank title={say.empty.title} body={say.empty.body} shape="lowered" />
      ) : (
        items.length > 0 && (
          <Tickable plan={plan} review={review} ticked={ticked} onTick={props.onTick} />
        )
      )}
      {extra.length > 0 && <Elsewhere {...props} />}
      <LeftAlone report={report} review={review} onShowPossible={props.onShowPossible} />
      <DeepScan />
      <Runs />
      {items.length + extra.length > 0 && <TickBar {...props} />}
    </>
  );
}

type TickableProps = Pick<ReviewStepProps, 'plan' | 'review' | 'ticked' | 'onTick'>;

function Tickable({ plan, review, ticked, onTick }: TickableProps) {
  const [by, setBy] = useState<GroupBy>('server');
  const [search, setSearch] = useState('');
  const term = useDeferredValue(search);
  const total = countSecrets(review.items);
  const groups = groupItems(findItems(review.items, term), by, plan);
  return (
    <>
      <div className={classes.tools}>
        <SearchField
          label={say.search}
          value={search}
          onChange={setSearch}
          className={classes.search}
        />
        <Picks label={say.group} value={by} onChange={setBy} options={optionsOf(say.groups)} />
      </div>
      {groups.length === 0 ? (
        <Blank
          title={say.noMatch.title}
          body={say.noMatch.body}
          shape="quiet"
          action={
            <Button variant="default" onClick={() => setSearch('')}>
              {say.noMatch.reset}
            </Button>
          }
        />
      ) : (
        <div className={classes.groups}>
          {groups.map((group) => (
            <ReviewGroupPanel
              key={`${by}\n${group.key}`}
              group={group}
              by={by}
              ticked={ticked}
              startsOpen={total <= openUpTo || term !== ''}
              onTick={(ids, on) => onTick(changeTicks(ticked, ids, on))}
            />
          ))}
        </div>
      )}
    </>
  );
}

/** Copies that other programs may use: named, and changed only when the person says so. */
function Elsewhere({ review, ticked, onTick }: ReviewStepProps) {
  return (
    <Section title={say.elsewhere} note={say.elsewhereNote}>
      <div className={classes.groups}>
        {review.extra.map((one) => (
          <div key={one.item.id} className={classes.group}>
            <ReviewItemRow
              one={one}
              by="server"
              on={ticked.has(one.item.id)}
              onTick={(on) => onTick(changeTicks(ticked, [one.item.id], on))}
            />
          </div>
        ))}
      </div>
    </Section>
  );
}

function TickBar({ review, ticked, onTick, onPlan }: ReviewStepProps) {
  const offered = offeredIn(review);
  const total = countSecrets(offered);
  const chosen = offered.filter(({ item }) => ticked.has(item.id));
  const ids = review.items.map(({ item }) => item.id);
  const isAll = ids.every((id) => ticked.has(id));
  return (
    <Bar
      text={say.ticked(countSecrets(chosen), total)}
      secondary={
        <Button variant="subtle" onClick={() => onTick(changeTicks(ticked, ids, !isAll))}>
          {isAll ? say.tickNone : say.tickAll}
        </Button>
      }
      primary={
        <Button onClick={onPlan} disabled={chosen.length === 0}>
          {say.toPlan}
        </Button>
      }
    />
  );
}
