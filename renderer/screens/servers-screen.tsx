/** Every server that has a record: search, filters, and a list that stays quick at hundreds. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import Plus from 'lucide-react/icons/plus';
import { useDeferredValue, useMemo, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { ServerView } from '../../shared/models/health.ts';
import type { ScopeView } from '../../shared/models/scope-view.ts';
import { useConnection } from '../connection.ts';
import { useOverview } from '../queries.ts';
import { Blank } from '../ui/blank.tsx';
import { LongRows } from '../ui/long-rows.tsx';
import { Page } from '../ui/page.tsx';
import { optionsOf, Picks } from '../ui/picks.tsx';
import { PlainText } from '../ui/plain-text.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { words } from '../words.ts';
import { AddServer } from './add-server.tsx';
import { findServers, readFilter, type ServerFilter } from './find-servers.ts';
import { levelsById, ViewMark } from './level-mark.tsx';
import { serverPath } from './names.ts';
import { Read } from './read.tsx';
import { stateOfHealth } from './server-state.ts';
import classes from './servers.module.css';

const say = words.servers;

/** The view comes from the address: a filter, or `add` to open the dialog. */
export function ServersScreen({ view }: { view: string }) {
  const { queries } = useConnection();
  const [, go] = useLocation();
  const query = useQuery(queries.servers());
  const [search, setSearch] = useState('');
  const term = useDeferredValue(search);
  const filter = readFilter(view);
  const setFilter = (next: ServerFilter) =>
    go(next === 'all' ? '/servers' : `/servers/view/${next}`, { replace: true });
  const isEmpty = query.data?.length === 0;
  return (
    <Page
      name={say.title}
      title={say.title}
      actions={
        <>
          <Button component={Link} href="/servers/view/reach" variant="default">
            {words.scope.reach.open}
          </Button>
          <Button
            component={Link}
            href="/servers/view/add"
            variant="default"
            leftSection={<Plus size="1em" aria-hidden="true" />}
          >
            {say.add}
          </Button>
        </>
      }
    >
      {!isEmpty && (
        <div className={classes.tools}>
          <SearchField
            label={say.search}
            value={search}
            onChange={setSearch}
            className={classes.search}
          />
          <Picks
            label={say.filter}
            value={filter}
            onChange={setFilter}
            options={optionsOf(say.filters)}
          />
        </div>
      )}
      <Read query={query}>
        {(all) => (
          <List
            all={all}
            shown={findServers(all, filter, term)}
            onReset={() => {
              setSearch('');
              setFilter('all');
            }}
          />
        )}
      </Read>
      {view === 'add' && <AddServer onClose={() => go('/servers', { replace: true })} />}
    </Page>
  );
}

interface ListProps {
  readonly all: readonly ServerView[];
  readonly shown: readonly ServerView[];
  readonly onReset: () => void;
}

function List({ all, shown, onReset }: ListProps) {
  const { queries } = useConnection();
  const reach = useQuery(queries.reach());
  // Made once for each server, so that a search draws no row anew.
  const rows = useMemo(() => {
    const levels = levelsById(reach.data);
    return new Map(all.map((view) => [view, toRow(view, levels.get(view.record.id))]));
  }, [all, reach.data]);
  if (all.length === 0) return <NoServers />;
  if (shown.length === 0) {
    return (
      <Blank
        title={say.noMatch.title}
        body={say.noMatch.body}
        shape="quiet"
        action={
          <Button variant="default" onClick={onReset}>
            {say.noMatch.reset}
          </Button>
        }
      />
    );
  }
  return (
    <>
      <p className={classes.count} role="status">
        {say.shownOf(shown.length, all.length)}
      </p>
      <LongRows
        label={say.list}
        rows={shown.flatMap((view) => rows.get(view) ?? [])}
        draw={drawServer}
      />
    </>
  );
}

function NoServers() {
  const exposed = useOverview().data?.exposed ?? 0;
  return (
    <Blank
      title={say.empty.title}
      body={say.empty.body}
      action={
        <Button component={Link} href={exposed > 0 ? '/exposure' : '/servers/view/add'}>
          {exposed > 0 ? say.empty.review : words.palette.addServer}
        </Button>
      }
    />
  );
}

const toRow = (view: ServerView, level: ScopeView | undefined) => ({
  key: view.record.id,
  to: serverPath(view.record.id),
  view,
  level,
});

function drawServer({ view: { record, health, shown }, level }: ReturnType<typeof toRow>) {
  const clients = new Set(record.placements.map(({ client }) => client)).size;
  return (
    <span className={classes.row}>
      <span className={classes.who}>
        <PlainText text={record.name} oneLine className={classes.name} />
        <PlainText text={shown} oneLine mono className={classes.command} />
      </span>
      <span className={classes.level}>{level !== undefined && <ViewMark view={level} />}</span>
      <span className={classes.number}>{say.clientCount(clients)}</span>
      <span className={classes.number}>{say.secretCount(record.secrets.length)}</span>
      <span className={classes.health}>
        <StateMark
          state={stateOfHealth[health.state]}
          label={health.running > 0 ? say.running(health.running) : say.health[health.state]}
        />
      </span>
    </span>
  );
}
