/** The state of everything at a glance: what is exposed, what is protected, what is broken. */
import type { Overview } from '../../shared/models/health.ts';
import type { Clients } from '../clients/clients.ts';
import { distinctEntries } from '../clients/clients.ts';
import type { Edits } from '../edits/edits.ts';
import { isInterrupted } from '../edits/journal.ts';
import type { Keychain, Machine, Roots } from '../ports.ts';
import type { RecordsStore } from '../records/records.ts';
import type { Servers } from '../servers/servers.ts';

export interface OverviewPorts {
  readonly machine: Machine;
  readonly roots: Roots;
  readonly keychain: Pick<Keychain, 'status'>;
  readonly clients: Clients;
  readonly records: RecordsStore;
  readonly edits: Pick<Edits, 'listOpen'>;
  readonly servers: Pick<Servers, 'list'>;
  readonly countExposed: () => Promise<number>;
  readonly version: string;
}

export async function readOverview(ports: OverviewPorts): Promise<Overview> {
  const { projectFolders } = await ports.records.read();
  const [keychain, surveys, servers, exposed, open] = await Promise.all([
    ports.keychain.status(),
    ports.clients.survey(projectFolders),
    ports.servers.list(),
    ports.countExposed(),
    ports.edits.listOpen(),
  ]);
  const detected = surveys.filter((survey) => survey.detected);
  const files = detected.flatMap((survey) => survey.files);
  const brokenFiles = files.flatMap(({ location, state, problem }) =>
    problem !== undefined && state !== 'unsupported'
      ? [{ subject: location.path, ...problem }]
      : [],
  );
  const brokenServers = servers.flatMap(({ record, health }) =>
    health.state === 'missing-secret' || health.state === 'command-missing'
      ? [
          {
            subject: record.name,
            server: record.id,
            message: health.message,
            ...(health.hint === undefined ? {} : { hint: health.hint }),
          },
        ]
      : [],
  );
  return {
    version: ports.version,
    platform: ports.machine.platform,
    keychain,
    clients: { detected: detected.length, entries: distinctEntries(surveys).length },
    servers: servers.length,
    protected: servers
      .flatMap(({ record, missing }) => record.secrets.map(({ name }) => !missing.includes(name)))
      .filter(Boolean).length,
    exposed,
    broken: [...uniqueBySubject(brokenFiles), ...brokenServers],
    unfinished: open.filter(isInterrupted).map((move) => move.prepared.move),
    roots: ports.roots,
  };
}

/** Clients share files; one broken file is one problem. */
function uniqueBySubject<T extends { readonly subject: string }>(
  items: readonly T[],
): readonly T[] {
  return [...new Map(items.map((item) => [item.subject, item])).values()];
}
