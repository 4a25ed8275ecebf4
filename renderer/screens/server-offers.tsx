/** What a server offers, from a real start on request, and what its list costs of the context. */
import { Button, Loader, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import Play from 'lucide-react/icons/play';
import type { Inspection } from '../../shared/models/health.ts';
import { useConnection } from '../connection.ts';
import { describeProblem } from '../problem.ts';
import { Failed } from '../ui/blank.tsx';
import { Meter } from '../ui/meter.tsx';
import { Nothing, Section } from '../ui/page.tsx';
import { PlainText } from '../ui/plain-text.tsx';
import { Rows } from '../ui/rows.tsx';
import { formatAge, formatNumber } from '../words/counting.ts';
import { words } from '../words.ts';
import classes from './servers.module.css';

const say = words.servers.offers;
const lists = ['tools', 'prompts', 'resources'] as const;
type Offered = Inspection['tools'][number];

export function ServerOffers({ id }: { id: string }) {
  const { queries } = useConnection();
  const query = useQuery(queries.inspection(id));
  const start = () => void query.refetch();
  return (
    <Section
      title={say.title}
      note={query.data === undefined ? say.intro : undefined}
      aside={
        query.data === undefined ? undefined : (
          <Button size="compact-sm" variant="subtle" loading={query.isFetching} onClick={start}>
            {say.again}
          </Button>
        )
      }
    >
      {query.isError && !query.isFetching && (
        <Failed problem={describeProblem(query.error)} onRetry={start} />
      )}
      {query.data === undefined && !query.isError && (
        <Button
          variant="default"
          disabled={query.isFetching}
          leftSection={
            query.isFetching ? <Loader size="1em" /> : <Play size="1em" aria-hidden="true" />
          }
          onClick={start}
        >
          {query.isFetching ? say.starting : say.start}
        </Button>
      )}
      {query.data !== undefined && <Offers inspection={query.data} />}
    </Section>
  );
}

function Offers({ inspection }: { inspection: Inspection }) {
  const { serverName, serverVersion, protocol, startMilliseconds, tokens, at } = inspection;
  const named = [serverName, serverVersion].filter(Boolean).join(' ');
  return (
    <>
      <div className={classes.sums}>
        <strong>{say.cost(formatNumber(tokens))}</strong>
        {named !== '' && <PlainText text={named} cap={80} />}
        <span>MCP {protocol}</span>
        <span>{say.startedIn(formatNumber(Math.round(startMilliseconds)))}</span>
        <span>{formatAge(at, Date.now())}</span>
      </div>
      <Tabs defaultValue="tools" className={classes.tabs} keepMounted={false}>
        <Tabs.List aria-label={say.tabs}>
          {lists.map((list) => (
            <Tabs.Tab key={list} value={list}>
              {say[list](inspection[list].length)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {lists.map((list) => (
          <Tabs.Panel key={list} value={list} pt="sm">
            <OfferedList
              label={say[list](inspection[list].length)}
              offered={inspection[list]}
              none={say.none[list]}
            />
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}

interface OfferedListProps {
  readonly label: string;
  readonly offered: readonly Offered[];
  readonly none: string;
}

function OfferedList({ label, offered, none }: OfferedListProps) {
  if (offered.length === 0) return <Nothing>{none}</Nothing>;
  const most = Math.max(...offered.map(({ tokens }) => tokens));
  const sorted = offered.toSorted((a, b) => b.tokens - a.tokens);
  return (
    <Rows label={label}>
      {sorted.map((one) => (
        <li key={one.name} className={classes.offered}>
          <div className={classes.offeredName}>
            <PlainText text={one.name} mono cap={100} />
            {one.readOnly === true && <span className={classes.tag}>{say.readOnly}</span>}
            {one.destructive === true && (
              <span className={classes.tag} data-tone="exposed">
                {say.destructive}
              </span>
            )}
          </div>
          <div className={classes.cost}>
            {formatNumber(one.tokens)} {say.tokens}
            <Meter part={one.tokens} of={most} />
          </div>
          {one.description !== undefined && (
            <div className={classes.description}>
              <PlainText text={one.description} cap={220} />
            </div>
          )}
        </li>
      ))}
    </Rows>
  );
}
