/** One look: what is exposed, protected, broken, and the one thing to do next. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Overview } from '../../shared/models/health.ts';
import { useConnection } from '../connection.ts';
import { useOverview } from '../queries.ts';
import { Waiting } from '../ui/blank.tsx';
import { Gate, type GatePosition } from '../ui/gate.tsx';
import { Notice } from '../ui/notice.tsx';
import { Page, Section } from '../ui/page.tsx';
import { PathText, PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { type State, StateMark } from '../ui/state-mark.tsx';
import { formatNumber } from '../words/counting.ts';
import { words } from '../words.ts';
import { DriftNews } from './drift-news.tsx';
import { FirstRun } from './first-run.tsx';
import { KeychainNotice } from './keychain-notice.tsx';
import { serverPath } from './names.ts';
import classes from './overview.module.css';
import { Read } from './read.tsx';
import { OverviewUpgradeNews } from './upgrade-news.tsx';

const say = words.overview;

export function OverviewScreen() {
  const query = useOverview();
  const isFirst = query.data?.servers === 0 && query.data.protected === 0;
  return (
    <Page
      name={say.title}
      title={isFirst ? say.firstRun.title : say.title}
      intro={
        query.data !== undefined && !isFirst ? (
          <span>
            {say.lookedAt(
              query.data.clients.detected,
              query.data.clients.entries,
              query.data.servers,
            )}
          </span>
        ) : undefined
      }
    >
      <Read query={query} waiting={<Waiting rows={4} />}>
        {(overview) =>
          isFirst ? <FirstRun overview={overview} /> : <Settled overview={overview} />
        }
      </Read>
    </Page>
  );
}

function Settled({ overview }: { overview: Overview }) {
  const { queries } = useConnection();
  const drifted = useQuery(queries.drift()).data?.counts.drifted ?? 0;
  const situation = describeSituation(overview, drifted);
  return (
    <>
      <KeychainNotice keychain={overview.keychain} />
      {overview.unfinished.length > 0 && (
        <div className={classes.notice}>
          <Notice
            tone="broken"
            title={say.unfinished.title}
            action={
              <Button component={Link} href="/exposure" variant="default" size="xs">
                {say.unfinished.action}
              </Button>
            }
          >
            {say.unfinished.body}
          </Notice>
        </div>
      )}
      <Headline situation={situation} />
      <Numbers overview={overview} />
      <NeedsYou overview={overview} />
      {!situation.tellsDrift && <DriftNews />}
      <OverviewUpgradeNews />
    </>
  );
}

interface Situation {
  readonly gate: GatePosition;
  readonly title: string;
  readonly body: string;
  readonly action?: ReactNode;
  /** Nothing weighs more than the drift: no notice says it a second time. */
  readonly tellsDrift?: true;
}

function describeSituation(
  { exposed, broken, protected: kept }: Overview,
  drifted: number,
): Situation {
  if (exposed > 0) {
    return {
      gate: 'up',
      title: say.exposedTitle(exposed),
      body: say.exposedBody(exposed),
      action: (
        <Button component={Link} href="/exposure" size="md">
          {say.review(exposed)}
        </Button>
      ),
    };
  }
  if (broken.length > 0) {
    return { gate: 'stuck', title: say.brokenTitle(broken.length), body: say.brokenBody };
  }
  if (drifted > 0) {
    return {
      gate: 'down',
      title: words.drift.overview.title(drifted),
      body: words.drift.overview.body,
      action: (
        <Button component={Link} href="/clients" size="md">
          {words.drift.overview.action}
        </Button>
      ),
      tellsDrift: true,
    };
  }
  return { gate: 'down', title: say.protectedTitle, body: say.protectedBody(kept) };
}

function Headline({ situation: { gate, title, body, action } }: { situation: Situation }) {
  return (
    <div className={classes.headline}>
      <div className={classes.gate}>
        <Gate position={gate} />
      </div>
      <div className={classes.statement}>
        <h2 className={classes.big}>{title}</h2>
        <p className={classes.body}>{body}</p>
        {action !== undefined && <div className={classes.action}>{action}</div>}
      </div>
    </div>
  );
}

function Numbers({ overview }: { overview: Overview }) {
  const rows = [
    {
      state: overview.exposed > 0 ? 'exposed' : 'quiet',
      label: say.facts.exposed,
      value: overview.exposed,
      note: say.facts.exposedNote,
      to: '/exposure',
    },
    {
      state: overview.protected > 0 ? 'protected' : 'quiet',
      label: say.facts.protected,
      value: overview.protected,
      note: say.facts.protectedNote,
      to: '/secrets',
    },
    {
      state: overview.broken.length > 0 ? 'broken' : 'quiet',
      label: say.facts.broken,
      value: overview.broken.length,
      note: say.facts.brokenNote,
      to: undefined,
    },
  ] as const satisfies readonly { state: State; [more: string]: unknown }[];
  return (
    <ul className={classes.numbers} aria-label={say.facts.label}>
      {rows.map(({ state, label, value, note, to }) => (
        <li key={label}>
          <MaybeLink to={to}>
            <StateMark state={state} label={label} />
            <span className={classes.value}>{formatNumber(value)}</span>
            <span className={classes.unit}>{note}</span>
          </MaybeLink>
        </li>
      ))}
    </ul>
  );
}

function MaybeLink({ to, children }: { to: string | undefined; children: ReactNode }) {
  return to === undefined ? (
    <div className={classes.number}>{children}</div>
  ) : (
    <Link href={to} className={classes.number}>
      {children}
    </Link>
  );
}

function NeedsYou({ overview }: { overview: Overview }) {
  if (overview.broken.length === 0) return null;
  return (
    <Section title={say.needsYou}>
      <Rows label={say.needsYou}>
        {overview.broken.map(({ subject, server, message, hint }) => (
          <Row
            key={`${server ?? subject}\n${message}`}
            to={server === undefined ? undefined : serverPath(server)}
            main={
              server === undefined && /[/\\]/.test(subject) ? (
                <PathText path={subject} />
              ) : (
                <PlainText text={subject} oneLine />
              )
            }
            sub={
              <>
                <PlainText text={message} />
                {hint !== undefined && <PlainText commands text={hint} />}
              </>
            }
          />
        ))}
      </Rows>
    </Section>
  );
}
