/** This computer, the look, the folders, the way out. */
import { Button, Switch } from '@mantine/core';
import { type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Check, Overview } from '../../shared/models/health.ts';
import { useConnection } from '../connection.ts';
import { keepMotion, readMotion } from '../preferences.ts';
import { describeProblem } from '../problem.ts';
import { useOverview } from '../queries.ts';
import { Failed } from '../ui/blank.tsx';
import { useColorScheme } from '../ui/color-scheme.ts';
import { Facts, Page, Section } from '../ui/page.tsx';
import { optionsOf, Picks } from '../ui/picks.tsx';
import { PathText, PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { words } from '../words.ts';
import { AppSwitches } from './app-switches.tsx';
import { LeaveSection } from './leave.tsx';
import { Projects } from './projects.tsx';
import { Read } from './read.tsx';
import { RetentionSection } from './retention.tsx';
import { VaultSection } from './vault.tsx';

const say = words.settings;

export function SettingsScreen() {
  const overview = useOverview();
  const { queries, shell } = useConnection();
  const checks = useQuery(queries.checks());
  // What keeps the records from being read stops every section below: it is told once.
  const isBroken = overview.isError && overview.data === undefined;
  return (
    <Page name={say.title} title={say.title}>
      {isBroken && !(checks.isError && checks.data === undefined) && (
        <Failed problem={describeProblem(overview.error)} onRetry={() => overview.refetch()} />
      )}
      <Machine checks={checks} />
      {overview.data !== undefined && <VaultSection state={overview.data.keychain.state} />}
      <Appearance />
      {shell.can.switches && <AppSwitches />}
      {!isBroken && (
        <>
          <Projects />
          <RetentionSection />
          <Travel />
          <Read query={overview}>{(data) => <About overview={data} />}</Read>
          <LeaveSection />
        </>
      )}
    </Page>
  );
}

function Travel() {
  return (
    <Section title={say.travel} note={say.travelNote}>
      <Rows label={say.travel}>
        <Row to="/settings/export" main={words.transfer.out.title} sub={words.transfer.out.lead} />
        <Row to="/settings/import" main={words.transfer.in.title} sub={words.transfer.in.lead} />
      </Rows>
    </Section>
  );
}

const stateOfCheck = {
  ok: 'protected',
  note: 'quiet',
  warning: 'exposed',
  failed: 'broken',
} as const;

function Machine({ checks: query }: { checks: UseQueryResult<readonly Check[]> }) {
  return (
    <Section
      title={say.machine}
      aside={
        <Button
          size="compact-sm"
          variant="subtle"
          loading={query.isFetching && query.data !== undefined}
          onClick={() => query.refetch()}
        >
          {say.again}
        </Button>
      }
    >
      <Read query={query}>
        {(checks) => (
          <Rows label={say.machine}>
            {checks.map((check) => (
              <CheckRow key={check.id} check={check} />
            ))}
          </Rows>
        )}
      </Read>
    </Section>
  );
}

function CheckRow({ check }: { check: Check }) {
  return (
    <Row
      main={<PlainText text={check.title} oneLine />}
      sub={
        <>
          <PlainText commands text={check.message} />
          {check.hint !== undefined && <PlainText commands text={check.hint} />}
        </>
      }
      side={<StateMark state={stateOfCheck[check.state]} label={say.checkState[check.state]} />}
      actions={check.id === 'launcher' && check.state !== 'ok' ? <InstallLauncher /> : undefined}
    />
  );
}

function InstallLauncher() {
  const { api } = useConnection();
  const cache = useQueryClient();
  const install = useMutation({
    mutationFn: () => api.doctor.installLauncher({}),
    onSuccess: () => cache.invalidateQueries(),
  });
  return install.isError ? (
    <Failed problem={describeProblem(install.error)} onRetry={() => install.mutate()} small />
  ) : (
    <Button size="xs" loading={install.isPending} onClick={() => install.mutate()}>
      {say.installLauncher}
    </Button>
  );
}

function Appearance() {
  const { colorScheme, setColorScheme } = useColorScheme();
  const [reduced, setReduced] = useState(readMotion() === 'reduced');
  return (
    <Section title={say.appearance}>
      <Rows label={say.appearance}>
        <Row
          main={say.theme}
          side={
            <Picks
              label={say.theme}
              value={colorScheme}
              options={optionsOf(say.themes)}
              onChange={setColorScheme}
            />
          }
        />
        <Row
          main={say.motion}
          sub={say.motionNote}
          side={
            <Switch
              aria-label={say.motion}
              checked={reduced}
              onChange={(event) => {
                setReduced(event.currentTarget.checked);
                keepMotion(event.currentTarget.checked ? 'reduced' : 'full');
              }}
            />
          }
        />
      </Rows>
    </Section>
  );
}

function About({ overview }: { overview: Overview }) {
  const { roots, version, platform } = overview;
  return (
    <>
      <Section title={say.folders} panel>
        <Facts
          rows={[
            { name: say.roots.config, value: <PathText path={roots.config} /> },
            { name: say.roots.data, value: <PathText path={roots.data} /> },
            { name: say.roots.cache, value: <PathText path={roots.cache} /> },
          ]}
        />
      </Section>
      <Section title={say.about} panel>
        <Facts
          rows={[
            { name: say.version, value: version },
            { name: say.system, value: say.platform[platform] },
            { name: say.licence, value: say.licenceText },
          ]}
        />
      </Section>
    </>
  );
}
