/** Every AI client on this computer: which server it has, or how healthy its files are. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { ClientSummary } from '../../shared/models/client.ts';
import { useConnection } from '../connection.ts';
import { Blank } from '../ui/blank.tsx';
import { Page, Section } from '../ui/page.tsx';
import { Picks } from '../ui/picks.tsx';
import { PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { words } from '../words.ts';
import classes from './clients.module.css';
import { ClientsMatrix } from './clients-matrix.tsx';
import { clientPath } from './names.ts';
import { Read } from './read.tsx';

const say = words.clients;
const searchFrom = 9;

export function ClientsScreen({ view }: { view: 'matrix' | 'list' }) {
  const [, go] = useLocation();
  return (
    <Page
      wide={view === 'matrix'}
      fill={view === 'matrix'}
      name={say.title}
      title={say.title}
      actions={
        <Picks
          label={words.drift.views.label}
          value={view}
          options={[
            { value: 'matrix', label: words.drift.views.matrix },
            { value: 'list', label: words.drift.views.list },
          ]}
          onChange={(next) =>
            go(next === 'matrix' ? '/clients' : '/clients/view/list', { replace: true })
          }
        />
      }
    >
      {view === 'matrix' ? <ClientsMatrix /> : <ClientsList />}
    </Page>
  );
}

function ClientsList() {
  const { queries } = useConnection();
  const query = useQuery(queries.clients());
  const [search, setSearch] = useState('');
  const detected = query.data?.filter((client) => client.detected) ?? [];
  return (
    <>
      {detected.length >= searchFrom && (
        <SearchField
          label={say.search}
          value={search}
          onChange={setSearch}
          className={classes.search}
        />
      )}
      <Read query={query}>{(all) => <Lists all={all} search={search} />}</Read>
    </>
  );
}

function Lists({ all, search }: { all: readonly ClientSummary[]; search: string }) {
  const term = search.trim().toLocaleLowerCase();
  const matches = all.filter(({ name }) => name.toLocaleLowerCase().includes(term));
  const detected = matches.filter((client) => client.detected);
  const others = matches.filter((client) => !client.detected);
  return (
    <>
      {detected.length === 0 && term === '' ? (
        <Blank title={say.empty.title} body={say.empty.body} shape="quiet" />
      ) : (
        <Rows label={say.list}>
          {detected.map((client) => (
            <ClientRow key={client.id} client={client} />
          ))}
        </Rows>
      )}
      {others.length > 0 && (
        <Section title={say.notFound(others.length)}>
          <p className={classes.others}>{others.map(({ name }) => name).join(', ')}</p>
        </Section>
      )}
    </>
  );
}

function ClientRow({ client }: { client: ClientSummary }) {
  const present = client.files.filter(({ state }) => state !== 'missing');
  const entries = present.reduce((sum, file) => sum + file.entries, 0);
  const managed = present.reduce((sum, file) => sum + file.managed, 0);
  const problem = present.find(({ state }) => state !== 'present');
  return (
    <Row
      to={clientPath(client.id)}
      main={
        <>
          <PlainText text={client.name} oneLine />
          {client.running && <span className={classes.running}>{say.running}</span>}
        </>
      }
      sub={
        entries === 0 ? say.entries(0) : `${say.entries(entries)}, ${say.managed(managed, entries)}`
      }
      side={
        problem === undefined ? (
          <StateMark
            state={managed === entries && entries > 0 ? 'protected' : 'quiet'}
            label={say.fileState.present}
          />
        ) : (
          <StateMark state="broken" label={say.fileState[problem.state]} />
        )
      }
    />
  );
}
