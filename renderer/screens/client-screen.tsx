/** One AI client: its files and their health, its entries, and what makes it see an edit. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ClientFile, ClientSummary, EntrySummary } from '../../shared/models/client.ts';
import { useConnection } from '../connection.ts';
import { Blank } from '../ui/blank.tsx';
import { Notice } from '../ui/notice.tsx';
import { Nothing, Page, Section } from '../ui/page.tsx';
import { PathText, PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { words } from '../words.ts';
import { ByHand } from './by-hand.tsx';
import classes from './clients.module.css';
import { DriftPolicy } from './drift-policy.tsx';
import { FileHistory } from './file-history.tsx';
import { LevelMark, ServerLevel } from './level-mark.tsx';
import { serverPath } from './names.ts';
import { Read } from './read.tsx';

const say = words.clients;

export function ClientScreen({ id }: { id: string }) {
  const { queries } = useConnection();
  const query = useQuery(queries.clients());
  const client = query.data?.find((one) => one.id === id);
  return (
    <Page
      back={{ to: '/clients', label: say.title }}
      name={client?.name ?? say.title}
      title={<PlainText text={client?.name ?? id} cap={80} />}
      intro={client?.running ? say.running : undefined}
    >
      <Read query={query}>
        {() =>
          client === undefined ? (
            <Blank
              title={words.notFound.title}
              body={<PlainText text={id} cap={80} />}
              shape="quiet"
            />
          ) : (
            <Detail client={client} />
          )
        }
      </Read>
    </Page>
  );
}

function Detail({ client }: { client: ClientSummary }) {
  const notes = [
    say.access[client.access],
    client.evidence === 'secondary' ? say.secondary : '',
  ].filter(Boolean);
  return (
    <>
      {notes.length > 0 && <Notice tone="plain" title={notes.join(' ')} />}
      <Section title={say.reloadTitle}>
        <Rows label={say.reloadTitle}>
          <Row
            main={say.reload[client.reload]}
            sub={
              client.reloadNote === undefined ? undefined : <PlainText text={client.reloadNote} />
            }
          />
        </Rows>
      </Section>
      <DriftPolicy of={{ client: client.id }} />
      <Files files={client.files} />
      <Entries client={client.id} />
      {client.access === 'read-only' && <ByHand client={client} />}
    </>
  );
}

const stateOfFile = {
  present: 'quiet',
  missing: 'quiet',
  unreadable: 'broken',
  unparsable: 'broken',
  unsupported: 'broken',
} as const;

function Files({ files }: { files: readonly ClientFile[] }) {
  const [open, setOpen] = useState<string>();
  return (
    <Section title={say.files}>
      <Rows label={say.files}>
        {files.map((file) => (
          <Row
            key={file.path}
            main={<PathText path={file.path} />}
            sub={
              <>
                <span>
                  {[say.role[file.role], file.writable ? '' : say.readOnly]
                    .filter(Boolean)
                    .join(', ')}
                </span>
                {file.state === 'present' && (
                  <span>
                    {file.entries === 0
                      ? say.entries(0)
                      : `${say.entries(file.entries)}, ${say.managed(file.managed, file.entries)}`}
                  </span>
                )}
                {file.problem !== undefined && (
                  <PlainText
                    text={[file.problem.message, file.problem.hint].filter(Boolean).join(' ')}
                  />
                )}
              </>
            }
            side={<StateMark state={stateOfFile[file.state]} label={say.fileState[file.state]} />}
            actions={
              file.state === 'missing' ? undefined : (
                <Button size="compact-sm" variant="subtle" onClick={() => setOpen(file.path)}>
                  {say.history.open}
                </Button>
              )
            }
          />
        ))}
      </Rows>
      {open !== undefined && <FileHistory file={open} onClose={() => setOpen(undefined)} />}
    </Section>
  );
}

function Entries({ client }: { client: string }) {
  const { queries } = useConnection();
  const query = useQuery(queries.entries());
  return (
    <Section title={say.entriesTitle}>
      <Read query={query}>
        {(all) => <EntryList entries={all.filter((entry) => entry.client === client)} />}
      </Read>
    </Section>
  );
}

function EntryList({ entries }: { entries: readonly EntrySummary[] }) {
  if (entries.length === 0) return <Nothing>{say.noEntries}</Nothing>;
  return (
    <div className={classes.stack}>
      <Rows label={say.entriesTitle}>
        {entries.map((entry) => (
          <Row
            key={`${entry.file}\n${entry.pointer}`}
            to={entry.server === undefined ? undefined : serverPath(entry.server)}
            main={<PlainText text={entry.name} oneLine />}
            sub={<PlainText text={entry.shown} oneLine mono />}
            side={<EntryMarks entry={entry} />}
          />
        ))}
      </Rows>
    </div>
  );
}

/** How it is started, and the level that it gets so. */
function EntryMarks({ entry }: { entry: EntrySummary }) {
  const { server, enabled, transport } = entry;
  const way = server === undefined ? say.direct : say.throughUs;
  return (
    <span className={classes.marks}>
      {server !== undefined && <ServerLevel server={server} />}
      {server === undefined && enabled && transport === 'stdio' && (
        <LevelMark level="not-confined" />
      )}
      <StateMark
        state={server === undefined ? 'quiet' : 'protected'}
        label={enabled ? way : say.off}
      />
    </span>
  );
}
