/** The servers into one file: which ones, with or without secrets, and what the file will hold. */
import { Button, Checkbox } from '@mantine/core';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ServerView } from '../../shared/models/health.ts';
import { useConnection } from '../connection.ts';
import { describeProblem } from '../problem.ts';
import { Bar } from '../ui/bar.tsx';
import { Blank, Failed } from '../ui/blank.tsx';
import { cutText, escapeText } from '../ui/escape-text.ts';
import { Notice } from '../ui/notice.tsx';
import { Facts, Page, Section } from '../ui/page.tsx';
import { optionsOf, Picks } from '../ui/picks.tsx';
import { PlainText } from '../ui/plain-text.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { toggle } from '../ui/toggle.ts';
import { words } from '../words.ts';
import { Exported, type ExportedFile } from './exported.tsx';
import { NewPassphrase } from './new-passphrase.tsx';
import { Read } from './read.tsx';
import classes from './transfer.module.css';

const say = words.transfer.out;
const searchFrom = 12;

type Way = 'without' | 'with';

export function ExportScreen() {
  const { queries } = useConnection();
  const query = useQuery(queries.servers());
  return (
    <Page
      name={say.title}
      title={say.title}
      intro={say.lead}
      back={{ to: '/settings', label: words.nav.settings }}
    >
      <Read query={query}>
        {(servers) =>
          servers.length === 0 ? (
            <Blank title={say.empty.title} body={say.empty.body} shape="quiet" />
          ) : (
            <Export servers={servers} />
          )
        }
      </Read>
    </Page>
  );
}

function Export({ servers }: { servers: readonly ServerView[] }) {
  const { api } = useConnection();
  const [dropped, setDropped] = useState<ReadonlySet<string>>(new Set());
  const [way, setWay] = useState<Way>('without');
  const [passphrase, setPassphrase] = useState<string>();
  const [file, setFile] = useState<ExportedFile>();
  const ids = servers.map(({ record }) => record.id).filter((id) => !dropped.has(id));
  const make = useMutation({
    mutationFn: () =>
      api.records.export({
        servers: ids,
        ...(way === 'with' && passphrase !== undefined ? { passphrase } : {}),
      }),
    onSuccess: ({ text }) => {
      setFile({ text, isSealed: way === 'with' });
      setPassphrase(undefined);
    },
  });
  if (file !== undefined) return <Exported file={file} onMore={() => setFile(undefined)} />;
  const obstacle =
    ids.length === 0
      ? say.choose
      : way === 'with' && passphrase === undefined
        ? say.passphraseFirst
        : undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (obstacle === undefined) make.mutate();
      }}
    >
      <Servers servers={servers} dropped={dropped} onChange={setDropped} />
      <Section title={say.secrets} note={say.wayNote[way]}>
        <div className={classes.stack}>
          <div>
            <Picks
              label={say.secrets}
              value={way}
              options={optionsOf(say.ways)}
              onChange={setWay}
            />
          </div>
          {way === 'with' && (
            <div className={classes.passphrase}>
              <NewPassphrase onChange={setPassphrase} />
            </div>
          )}
        </div>
      </Section>
      {ids.length > 0 && <Contents ids={ids} way={way} />}
      {make.isError && <Failed problem={describeProblem(make.error)} small />}
      <Bar
        text={obstacle ?? say.ready(ids.length)}
        primary={
          <Button type="submit" loading={make.isPending} disabled={obstacle !== undefined}>
            {say.make}
          </Button>
        }
      />
    </form>
  );
}

interface ServersProps {
  readonly servers: readonly ServerView[];
  readonly dropped: ReadonlySet<string>;
  readonly onChange: (dropped: ReadonlySet<string>) => void;
}

function Servers({ servers, dropped, onChange }: ServersProps) {
  const [search, setSearch] = useState('');
  const term = search.trim().toLocaleLowerCase();
  const shown = servers.filter(({ record: { name, id } }) =>
    `${name}\n${id}`.toLocaleLowerCase().includes(term),
  );
  const ids = shown.map(({ record }) => record.id);
  return (
    <Section
      title={say.servers}
      aside={
        <span className={classes.aside}>
          {say.chosen(servers.length - dropped.size, servers.length)}
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => onChange(new Set([...dropped].filter((id) => !ids.includes(id))))}
          >
            {say.all}
          </Button>
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => onChange(new Set([...dropped, ...ids]))}
          >
            {say.none}
          </Button>
        </span>
      }
    >
      {servers.length >= searchFrom && (
        <SearchField
          label={say.search}
          value={search}
          onChange={setSearch}
          className={classes.search}
        />
      )}
      <ul className={`${classes.ticks} ${classes.scrolls}`} aria-label={say.servers}>
        {shown.map(({ record: { id, name }, shown: launch }) => (
          <li key={id}>
            <Checkbox
              checked={!dropped.has(id)}
              aria-label={say.take(escapeText(cutText(name, 80).head))}
              label={<PlainText text={name} oneLine />}
              classNames={{ labelWrapper: classes.fits ?? '' }}
              description={<PlainText text={launch} mono oneLine />}
              onChange={(event) => onChange(toggle(dropped, id, !event.currentTarget.checked))}
            />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Contents({ ids, way }: { ids: readonly string[]; way: Way }) {
  const { queries } = useConnection();
  const query = useQuery({ ...queries.exportPlan(ids), placeholderData: keepPreviousData });
  return (
    <Section title={say.holds}>
      <Read query={query}>
        {({ servers, secrets, warnings }) => (
          <div className={classes.stack}>
            {warnings.map((warning) => (
              <Notice key={warning} tone="exposed" title={<PlainText text={warning} />} />
            ))}
            <div className={classes.panel}>
              <Facts
                rows={[
                  { name: say.facts.servers, value: servers.length },
                  {
                    name: say.facts.secrets,
                    value: way === 'with' ? say.values(secrets) : say.names(secrets),
                  },
                  { name: say.facts.form, value: say.forms[way] },
                  { name: say.facts.not, value: say.not },
                ]}
              />
            </div>
          </div>
        )}
      </Read>
    </Section>
  );
}
