/** One server: what is started, who uses it, which secrets it gets, what it offers. */
import { ActionIcon, Button, Menu, Tabs } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Ellipsis from 'lucide-react/icons/ellipsis';
import Pencil from 'lucide-react/icons/pencil';
import Trash2 from 'lucide-react/icons/trash-2';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { ServerView } from '../../shared/models/health.ts';
import { useConnection } from '../connection.ts';
import { describeProblem } from '../problem.ts';
import { Blank, Failed } from '../ui/blank.tsx';
import { Notice } from '../ui/notice.tsx';
import { Nothing, Page, Section } from '../ui/page.tsx';
import { PathText, PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { formatAge } from '../words/counting.ts';
import { words } from '../words.ts';
import { DriftPolicy } from './drift-policy.tsx';
import { ServerLevel } from './level-mark.tsx';
import { clientPath, serverPath, useClientNames } from './names.ts';
import { Read } from './read.tsx';
import { ScopeTab } from './scope-tab.tsx';
import { RemoveServer, RenameServer } from './server-dialogs.tsx';
import { ServerOffers } from './server-offers.tsx';
import { ServerSecrets } from './server-secrets.tsx';
import { stateOfHealth } from './server-state.ts';
import classes from './servers.module.css';

const say = words.servers.detail;

export function ServerScreen({ id, tab = 'about' }: { id: string; tab?: 'about' | 'scope' }) {
  const { queries } = useConnection();
  const query = useQuery(queries.servers());
  const view = query.data?.find(({ record }) => record.id === id);
  return (
    <Page
      back={{ to: '/servers', label: say.back }}
      name={view?.record.name.slice(0, 60) ?? words.servers.title}
      title={view === undefined ? <PlainText text={id} cap={80} /> : <Title view={view} />}
      intro={view === undefined ? undefined : <Health view={view} />}
      actions={view === undefined ? undefined : <Actions view={view} />}
    >
      <Read query={query}>
        {() =>
          view === undefined ? (
            <Blank
              title={words.notFound.title}
              body={<PlainText text={id} cap={80} />}
              shape="quiet"
            />
          ) : (
            <Parts view={view} tab={tab} />
          )
        }
      </Read>
    </Page>
  );
}

function Parts({ view, tab }: { view: ServerView; tab: 'about' | 'scope' }) {
  const [, go] = useLocation();
  const path = serverPath(view.record.id);
  return (
    <Tabs
      value={tab}
      keepMounted={false}
      onChange={(next) => go(next === 'scope' ? `${path}/scope` : path, { replace: true })}
    >
      <Tabs.List aria-label={words.scope.tabs}>
        <Tabs.Tab value="about">{words.scope.about}</Tabs.Tab>
        <Tabs.Tab value="scope">{words.scope.tab}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="about" className={classes.tab}>
        <Detail view={view} />
      </Tabs.Panel>
      <Tabs.Panel value="scope" className={classes.tab}>
        <ScopeTab id={view.record.id} />
      </Tabs.Panel>
    </Tabs>
  );
}

function Title({ view }: { view: ServerView }) {
  return <PlainText text={view.record.name} cap={100} />;
}

function Health({ view: { health, record } }: { view: ServerView }) {
  return (
    <span className={classes.sums}>
      <ServerLevel server={record.id} />
      <StateMark state={stateOfHealth[health.state]} label={words.servers.health[health.state]} />
      {health.running > 0 && <span>{words.servers.running(health.running)}</span>}
      <span>
        {health.lastLaunch === undefined
          ? say.neverLaunched
          : say.lastLaunch(formatAge(health.lastLaunch, Date.now()))}
      </span>
    </span>
  );
}

function Actions({ view: { record } }: { view: ServerView }) {
  const { api } = useConnection();
  const cache = useQueryClient();
  const [, go] = useLocation();
  const [asking, setAsking] = useState<'rename' | 'remove'>();
  const turn = useMutation({
    mutationFn: (enabled: boolean) => api.servers.setEnabled({ id: record.id, enabled }),
    onSettled: () => cache.invalidateQueries(),
  });
  return (
    <>
      {turn.isError && <Failed problem={describeProblem(turn.error)} small />}
      <Button
        variant="default"
        loading={turn.isPending}
        onClick={() => turn.mutate(!record.enabled)}
      >
        {record.enabled ? say.turnOff : say.turnOn}
      </Button>
      <Menu>
        <Menu.Target>
          <ActionIcon variant="default" size="input-sm" aria-label={words.more}>
            <Ellipsis size="1.1em" aria-hidden="true" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<Pencil size="1em" aria-hidden="true" />}
            onClick={() => setAsking('rename')}
          >
            {say.rename}
          </Menu.Item>
          <Menu.Item
            leftSection={<Trash2 size="1em" aria-hidden="true" />}
            onClick={() => setAsking('remove')}
          >
            {say.remove}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {asking === 'rename' && (
        <RenameServer id={record.id} name={record.name} onClose={() => setAsking(undefined)} />
      )}
      {asking === 'remove' && (
        <RemoveServer
          id={record.id}
          name={record.name}
          onClose={() => setAsking(undefined)}
          onDone={() => go('/servers')}
        />
      )}
    </>
  );
}

function Detail({ view }: { view: ServerView }) {
  const { record, health, warnings } = view;
  return (
    <>
      {health.hint !== undefined && (
        <Notice tone="broken" title={<PlainText text={health.message} />}>
          <PlainText commands text={health.hint} />
        </Notice>
      )}
      <Section
        title={record.launch.transport === 'stdio' ? say.command : say.address}
        aside={say.transport[record.launch.transport]}
        panel
      >
        <div className={classes.code}>
          <PlainText text={view.shown} mono cap={600} />
        </div>
      </Section>
      {warnings.length > 0 && (
        <Section title={say.warnings}>
          <ul className={classes.warnings}>
            {warnings.map((warning) => (
              <li key={warning}>
                <PlainText text={warning} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      <ServerSecrets view={view} />
      <Placements view={view} />
      <DriftPolicy of={{ server: record.id }} />
      <ServerOffers id={record.id} />
    </>
  );
}

function Placements({ view: { record } }: { view: ServerView }) {
  const nameOf = useClientNames();
  return (
    <Section
      title={say.clients}
      aside={
        <Button component={Link} href="/clients" variant="subtle" size="compact-sm">
          {say.chooseClients}
        </Button>
      }
    >
      {record.placements.length === 0 ? (
        <Nothing>{say.noClients}</Nothing>
      ) : (
        <Rows label={say.clients}>
          {record.placements.map(({ client, file, pointer, entryName }) => (
            <Row
              key={`${file}\n${pointer}`}
              to={clientPath(client)}
              main={<PlainText text={nameOf(client)} oneLine />}
              sub={<PathText path={file} />}
              side={entryName === record.name ? undefined : <PlainText text={entryName} oneLine />}
            />
          ))}
        </Rows>
      )}
    </Section>
  );
}
