/** The first minute: what was found here, what is exposed, one button. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { ClientSummary } from '../../shared/models/client.ts';
import type { Overview } from '../../shared/models/health.ts';
import { useConnection } from '../connection.ts';
import { Waiting } from '../ui/blank.tsx';
import { Gate } from '../ui/gate.tsx';
import { Section } from '../ui/page.tsx';
import { PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { words } from '../words.ts';
import { KeychainNotice } from './keychain-notice.tsx';
import { clientPath } from './names.ts';
import classes from './overview.module.css';
import { Read } from './read.tsx';

const say = words.overview.firstRun;

export function FirstRun({ overview }: { overview: Overview }) {
  const { exposed, clients } = overview;
  const situation = describeFirstRun(exposed, clients.detected);
  return (
    <>
      <KeychainNotice keychain={overview.keychain} />
      <div className={`${classes.headline} ${classes.first}`}>
        <div className={classes.gate}>
          <Gate position={exposed > 0 ? 'up' : 'down'} />
        </div>
        <div className={classes.statement}>
          <h2 className={classes.big}>{situation.title}</h2>
          <p className={classes.body}>{situation.body}</p>
          <div className={classes.action}>
            <Button component={Link} href={situation.to} size="md">
              {situation.button}
            </Button>
          </div>
          {exposed > 0 && <p className={classes.promise}>{say.promise}</p>}
        </div>
      </div>
      {clients.detected > 0 && <Found />}
    </>
  );
}

function describeFirstRun(exposed: number, detected: number) {
  if (exposed > 0) {
    return {
      title: say.exposed(exposed),
      body: say.exposedBody,
      button: say.button,
      to: '/exposure',
    };
  }
  if (detected > 0) {
    return {
      title: say.calm,
      body: say.calmBody,
      button: words.servers.add,
      to: '/servers/view/add',
    };
  }
  return { title: say.none, body: say.noneBody, button: say.settings, to: '/settings' };
}

function Found() {
  const { queries } = useConnection();
  const clients = useQuery(queries.clients());
  const scan = useQuery(queries.scan(false));
  const exposedIn = (client: ClientSummary) =>
    scan.data?.findings.filter((finding) => finding.client === client.id).length;
  return (
    <Section title={say.found}>
      <Read query={clients} waiting={<Waiting rows={3} />}>
        {(all) => (
          <Rows label={say.found}>
            {all
              .filter(({ detected }) => detected)
              .map((client) => (
                <Row
                  key={client.id}
                  to={clientPath(client.id)}
                  main={<PlainText text={client.name} oneLine />}
                  sub={say.clientLine(client.files.reduce((sum, file) => sum + file.entries, 0))}
                  side={<Exposed count={exposedIn(client)} />}
                />
              ))}
          </Rows>
        )}
      </Read>
    </Section>
  );
}

function Exposed({ count }: { count: number | undefined }) {
  if (count === undefined) return null;
  return (
    <StateMark
      state={count > 0 ? 'exposed' : 'quiet'}
      label={say.clientExposed(count)}
      pill={count > 0}
    />
  );
}
