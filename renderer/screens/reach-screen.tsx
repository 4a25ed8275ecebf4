/** What all servers can reach, on one page. */
import { useQuery } from '@tanstack/react-query';
import type { Reach, Running } from '../../shared/models/scope-view.ts';
import { useConnection } from '../connection.ts';
import { Blank } from '../ui/blank.tsx';
import { Page, Section } from '../ui/page.tsx';
import { PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { formatBytes } from '../words/counting.ts';
import { words } from '../words.ts';
import { LevelMark, ViewMark } from './level-mark.tsx';
import { clientPath, serverPath, useClientNames } from './names.ts';
import { Read } from './read.tsx';
import classes from './scope.module.css';
import { UpgradeNews } from './upgrade-news.tsx';

const say = words.scope.reach;

export function ReachScreen() {
  const { queries } = useConnection();
  const query = useQuery(queries.reach());
  return (
    <Page name={say.title} title={say.title} back={{ to: '/servers', label: words.servers.title }}>
      <Read query={query}>{(reach) => <Whole reach={reach} />}</Read>
    </Page>
  );
}

function Whole({ reach: { weakest, sentence, servers, unmanaged, upgradable } }: { reach: Reach }) {
  const nameOf = useClientNames();
  return (
    <>
      <UpgradeNews count={upgradable.length} />
      <div className={classes.told}>
        {weakest !== undefined && (
          <span>
            {say.weakest}: <LevelMark level={weakest} pill />
          </span>
        )}
        <PlainText text={sentence} cap={1200} />
      </div>
      {servers.length === 0 ? (
        <Blank title={say.empty.title} body={say.empty.body} shape="quiet" />
      ) : (
        <Section title={say.servers}>
          <Rows label={say.servers}>
            {servers.map(({ view, running }) => (
              <Row
                key={view.server}
                to={`${serverPath(view.server)}/scope`}
                main={<PlainText text={view.name} oneLine />}
                sub={
                  <>
                    <PlainText text={cut(view.sentence)} />
                    {running.length > 0 && <span>{sayRunning(running)}</span>}
                  </>
                }
                side={<ViewMark view={view} />}
              />
            ))}
          </Rows>
        </Section>
      )}
      {unmanaged.length > 0 && (
        <Section title={say.unmanaged} note={say.unmanagedNote}>
          <Rows label={say.unmanaged}>
            {unmanaged.map(({ client, entryName }, index) => (
              <Row
                // One client may have two entries of one name, in two files.
                // biome-ignore lint/suspicious/noArrayIndexKey: see above
                key={`${client}\n${entryName}\n${index}`}
                to={clientPath(client)}
                main={<PlainText text={entryName} oneLine />}
                sub={<PlainText text={nameOf(client)} oneLine />}
                side={<LevelMark level="not-confined" />}
              />
            ))}
          </Rows>
        </Section>
      )}
    </>
  );
}

function sayRunning(running: readonly Running[]): string {
  const known = running.flatMap(({ beside }) => beside ?? []);
  const memory = formatBytes(known.reduce((sum, one) => sum + one, 0));
  const runs = say.running(running.length);
  return known.length === 0 ? runs : `${runs}, ${say.beside(memory)}`;
}

/** The row is a link, and a link holds no button that shows the rest. */
function cut(sentence: string): string {
  return sentence.length <= longest ? sentence : `${sentence.slice(0, longest)}…`;
}

const longest = 240;
