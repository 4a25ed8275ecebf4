/** Every secret by name: who uses it, how old it is. Never a value. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { SecretView } from '../../shared/models/health.ts';
import { useConnection } from '../connection.ts';
import { Blank } from '../ui/blank.tsx';
import { Page } from '../ui/page.tsx';
import { PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { formatAge, formatMoment } from '../words/counting.ts';
import { words } from '../words.ts';
import { ServerLevel } from './level-mark.tsx';
import { serverPath, useClientNames } from './names.ts';
import { Read } from './read.tsx';
import { SecretMenu } from './secret-menu.tsx';
import classes from './secrets.module.css';

const say = words.secrets;
/** More clients than these are counted. */
const mostNamed = 4;

export function SecretsScreen() {
  const { queries } = useConnection();
  const query = useQuery(queries.secrets());
  const [search, setSearch] = useState('');
  const isEmpty = query.data?.length === 0;
  return (
    <Page name={say.title} title={say.title} intro={say.intro}>
      {!isEmpty && (
        <SearchField
          label={say.search}
          value={search}
          onChange={setSearch}
          className={classes.search}
        />
      )}
      <Read query={query}>
        {(all) => <List all={all} search={search} onReset={() => setSearch('')} />}
      </Read>
    </Page>
  );
}

interface ListProps {
  readonly all: readonly SecretView[];
  readonly search: string;
  readonly onReset: () => void;
}

function List({ all, search, onReset }: ListProps) {
  const nameOf = useClientNames();
  if (all.length === 0) return <Blank title={say.empty.title} body={say.empty.body} />;
  const terms = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const shown = all.filter(({ name, serverName, server, clients }) => {
    const text = [name, serverName, server, ...clients.map(nameOf)].join('\n').toLocaleLowerCase();
    return terms.every((term) => text.includes(term));
  });
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
    <Rows label={say.list}>
      {shown.map((secret) => (
        <SecretRow key={`${secret.server}\n${secret.name}`} secret={secret} nameOf={nameOf} />
      ))}
    </Rows>
  );
}

interface SecretRowProps {
  readonly secret: SecretView;
  readonly nameOf: (client: string) => string;
}

function SecretRow({ secret, nameOf }: SecretRowProps) {
  const names = secret.clients.map(nameOf).join(', ');
  const many = secret.clients.length > mostNamed;
  return (
    <Row
      main={<PlainText text={secret.name} oneLine mono />}
      sub={
        <>
          <Link href={serverPath(secret.server)} className={classes.server}>
            <PlainText text={secret.serverName} oneLine />
          </Link>
          <ServerLevel server={secret.server} />
          {many ? (
            <span title={names}>{words.servers.clientCount(secret.clients.length)}</span>
          ) : (
            <PlainText text={names === '' ? say.none : names} oneLine />
          )}
        </>
      }
      side={
        secret.state === 'stored' ? (
          <span title={formatMoment(secret.storedAt)}>
            {formatAge(secret.storedAt, Date.now())}
          </span>
        ) : (
          <StateMark
            state={secret.state === 'missing' ? 'broken' : 'quiet'}
            label={say.state[secret.state]}
          />
        )
      }
      actions={
        <SecretMenu
          server={secret.server}
          serverName={secret.serverName}
          name={secret.name}
          stored={secret.state !== 'missing'}
          rotateUrl={secret.rotateUrl}
          withReplace
        />
      }
    />
  );
}
