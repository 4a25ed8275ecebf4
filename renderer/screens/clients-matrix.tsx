/** Servers × clients: who has what, in which state. Ticks write or remove an entry; a cell opens at length. */
import { Button, NativeSelect } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { DriftCell, DriftReport } from '../../shared/models/drift.ts';
import type { ServerView } from '../../shared/models/health.ts';
import { useConnection } from '../connection.ts';
import { Blank } from '../ui/blank.tsx';
import { cutText, escapeText } from '../ui/escape-text.ts';
import { Matrix, type MatrixCell, type MatrixContent } from '../ui/matrix.tsx';
import { Notice } from '../ui/notice.tsx';
import { optionsOf, Picks } from '../ui/picks.tsx';
import { PlainText } from '../ui/plain-text.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { words } from '../words.ts';
import classes from './drift.module.css';
import type { DriftWish } from './drift-change.tsx';
import { type Open, OpenPanel, openingAt } from './drift-panel.tsx';
import { arrangeDrift, type DriftFilter, type DriftRow } from './drift-rows.ts';
import { DriftIcon, isForeignExposed, toneOf } from './drift-state.tsx';
import { ServerLevel } from './level-mark.tsx';
import { clientPath, serverPath } from './names.ts';
import { Read } from './read.tsx';

const say = words.drift;

/** Below this the window has no room for more than one client. */
const narrow = '(max-width: 46rem)';

export function ClientsMatrix() {
  const { queries } = useConnection();
  const query = useQuery(queries.drift());
  const servers = useQuery(queries.servers());
  return (
    <Read query={query}>
      {(report) =>
        report.clients.length === 0 ? (
          <Blank title={words.clients.empty.title} body={words.clients.empty.body} shape="quiet" />
        ) : (
          <Board report={report} servers={servers.data ?? []} />
        )
      }
    </Read>
  );
}

interface BoardProps {
  readonly report: DriftReport;
  readonly servers: readonly ServerView[];
}

function Board({ report, servers }: BoardProps) {
  const [path, go] = useLocation();
  const [search, setSearch] = useState('');
  const [filter, setFilter] = useState<DriftFilter>('all');
  const [open, setOpen] = useState(() => openingAt(report, path));
  const term = useDeferredValue(search);
  const rows = arrangeDrift(report, filter, term);
  const change = (next: Open | undefined) => {
    setOpen(next);
    // The address names a cell only while it is open.
    if (next === undefined && path !== '/clients') go('/clients', { replace: true });
  };
  const reset = () => {
    setSearch('');
    setFilter('all');
  };
  return (
    <>
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
          options={optionsOf(say.filters)}
          onChange={setFilter}
        />
      </div>
      <News report={report} onRepairAll={(wish, title) => setOpen({ wish, title })} />
      {rows.length === 0 ? (
        <Blank
          title={say.noMatch.title}
          body={filter === 'attention' && term === '' ? say.noMatch.calm : say.noMatch.body}
          shape="quiet"
          action={
            <Button variant="default" onClick={reset}>
              {say.noMatch.reset}
            </Button>
          }
        />
      ) : (
        <Grid rows={rows} report={report} servers={servers} onOpen={setOpen} />
      )}
      {open !== undefined && <OpenPanel open={open} report={report} onChange={change} />}
    </>
  );
}

interface NewsProps {
  readonly report: DriftReport;
  readonly onRepairAll: (wish: DriftWish, title: string) => void;
}

function News({ report: { counts, paused, problems, clients }, onRepairAll }: NewsProps) {
  const nameOf = (id: string) => clients.find((client) => client.id === id)?.name ?? id;
  return (
    <>
      {paused.map(({ file, client, by }) => (
        <div key={file} className={classes.notice}>
          <Notice tone="broken" title={<PlainText text={say.paused(nameOf(client), by)} />} />
        </div>
      ))}
      {problems.map((problem) => (
        <div key={problem} className={classes.notice}>
          <Notice tone="broken" title={<PlainText text={problem} />} />
        </div>
      ))}
      <div className={classes.counts}>
        <span role="status">
          {say.counts(counts.drifted, counts.exposedAgain, counts.foreign, counts.inStep)}
        </span>
        {counts.drifted > 1 && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() =>
              onRepairAll(
                { way: 'select', action: 'repair', selection: { all: { action: 'repair' } } },
                say.repairAll(counts.drifted),
              )
            }
          >
            {say.repairAll(counts.drifted)}
          </Button>
        )}
      </div>
    </>
  );
}

interface GridProps {
  readonly rows: readonly DriftRow[];
  readonly report: DriftReport;
  readonly servers: readonly ServerView[];
  readonly onOpen: (open: Open) => void;
}

function Grid({ rows, report, servers, onOpen }: GridProps) {
  const isNarrow = useMediaQuery(narrow, false, { getInitialValueInEffect: false });
  const [only, setOnly] = useState(report.clients[0]?.id ?? '');
  const columns = report.clients.map((client) => ({
    key: client.id,
    client,
    head: <ClientHead client={client} />,
  }));
  const places = placesOf(servers);
  const shown = isNarrow ? columns.filter(({ key }) => key === only) : columns;
  return (
    <>
      {isNarrow && (
        <NativeSelect
          className={classes.notice ?? ''}
          label={say.client}
          value={only}
          data={report.clients.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(event) => setOnly(event.currentTarget.value)}
        />
      )}
      <Matrix
        label={say.grid}
        corner={say.corner}
        columns={shown}
        rows={rows.map((row) => ({ key: row.key, row, head: <ServerHead row={row} /> }))}
      >
        {({ row }, { client }) => contentOf({ row, client, places, onOpen })}
      </Matrix>
    </>
  );
}

/** `server\nclient` of every place that a record wants. */
function placesOf(servers: readonly ServerView[]): ReadonlySet<string> {
  return new Set(
    servers.flatMap(({ record: { id, placements, wanted = [] } }) =>
      [...placements, ...wanted].map(({ client }) => `${id}\n${client}`),
    ),
  );
}

type Client = DriftReport['clients'][number];

interface ContentInput {
  readonly row: DriftRow;
  readonly client: Client;
  readonly places: ReadonlySet<string>;
  readonly onOpen: (open: Open) => void;
}

function contentOf({ row, client, places, onOpen }: ContentInput): MatrixContent {
  const cells = row.cells.get(client.id);
  const first = cells?.[0];
  const name = escapeText(cutText(row.name, 80).head);
  const title = say.panel.title(name, client.name);
  const { server } = row;
  const isPlaced = server !== undefined && places.has(`${server}\n${client.id}`);
  const canTake = client.access === 'read-write' && client.files.some(({ takesNew }) => takesNew);
  return {
    blank: canTake || server === undefined ? '' : say.cannotTake,
    ...(first === undefined
      ? {}
      : {
          cell: {
            tone: toneOf(first),
            icon: <DriftIcon cell={first} />,
            ...textsOf(first, cells?.length ?? 1, (state) => say.cell(name, client.name, state)),
            onOpen: () => onOpen({ title, row: row.key, client: client.id }),
          },
        }),
    ...(server === undefined || !(isPlaced || (canTake && first === undefined))
      ? {}
      : {
          tick: {
            name: say.tick(name, client.name),
            checked: isPlaced,
            onChange: (placed: boolean) =>
              onOpen({
                title,
                wish: {
                  way: 'place',
                  action: placed ? 'place' : 'displace',
                  placing: { server, clients: [client.id], placed },
                },
              }),
          },
        }),
  };
}

/** The button's name holds the text that it shows, so that it can be called by it. */
function textsOf(
  cell: DriftCell,
  count: number,
  nameFor: (state: string) => string,
): Pick<MatrixCell, 'text' | 'name'> {
  const { state, ignored } = cell;
  const isExposed = isForeignExposed(cell);
  const short = ignored ? say.shortIgnored : say.short[isExposed ? 'exposed-again' : state];
  const text = count > 1 ? `${short} ${say.more(count - 1)}` : short;
  const word = [say.state[state], ignored && say.ignoredMark, isExposed && say.exposedMark]
    .filter(Boolean)
    .join(', ');
  const isHeld = word.toLocaleLowerCase().includes(text.toLocaleLowerCase());
  return { text, name: nameFor(isHeld ? word : `${text}, ${word}`) };
}

function ClientHead({ client }: { client: Client }) {
  return (
    <Link href={clientPath(client.id)} className={classes.head}>
      <PlainText text={client.name} oneLine />
      {client.running && <span className={classes.sub}>{words.clients.running}</span>}
    </Link>
  );
}

function ServerHead({ row: { name, server } }: { row: DriftRow }) {
  if (server === undefined) {
    return (
      <span className={classes.headStack}>
        <PlainText text={name} oneLine />
        <span className={classes.sub}>{say.notOurs}</span>
      </span>
    );
  }
  return (
    <Link href={serverPath(server)} className={classes.head}>
      <PlainText text={name} oneLine />
      <span className={classes.sub}>
        <ServerLevel server={server} />
      </span>
    </Link>
  );
}
