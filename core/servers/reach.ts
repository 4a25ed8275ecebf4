/** What all servers can reach: what runs now, at which level, and what starts without us. */
import type { Level } from '../../shared/models/scope.ts';
import type { Reach, Running } from '../../shared/models/scope-view.ts';
import type { ServerId, ServerRecord } from '../../shared/models/server.ts';
import type { LaunchLine } from '../launch/launch-line.ts';
import type { Processes } from '../ports.ts';
import type { RecordsStore } from '../records/records.ts';
import { readPresets } from '../scope/catalogue-presets.ts';
import { compareLevels, listOf } from '../scope/levels.ts';
import { runtimeOf } from '../scope/runtime.ts';
import type { ActivityPorts } from './activity.ts';
import { readAlive } from './launches.ts';
import { type ViewPorts, viewScope } from './scope-view.ts';

export interface ReachPorts extends ViewPorts, ActivityPorts {
  readonly processes: Pick<Processes, 'isAlive' | 'memoryOf'>;
  readonly records: RecordsStore;
  /** Programs in clients' files that start without us. */
  readonly listUnmanaged: () => Promise<Reach['unmanaged']>;
}

export function runsOf(
  id: ServerId,
  alive: readonly LaunchLine[],
  { processes }: ReachPorts,
): readonly Running[] {
  return alive
    .filter(({ server }) => server === id)
    .map(({ pid, level = 'scoped-environment' }): Running => {
      // Without a sandbox the process is the server itself.
      const beside = level === 'scoped-environment' ? undefined : processes.memoryOf(pid);
      return { level, ...(beside === undefined ? {} : { beside }) };
    });
}

/** A record from before there were scopes: what it would get is found out by a trial. */
export function mayUpgrade({ launch, enabled, scope }: ServerRecord): boolean {
  return (
    scope === undefined && enabled && launch.transport === 'stdio' && runtimeOf(launch) !== 'docker'
  );
}

export async function computeReach(ports: ReachPorts): Promise<Reach> {
  const [{ servers }, alive, unmanaged, index] = await Promise.all([
    ports.records.read(),
    readAlive(ports),
    ports.listUnmanaged(),
    readPresets(),
  ]);
  const programs = servers.filter(({ launch }) => launch.transport === 'stdio');
  const ids = new Set(programs.map(({ id }) => id));
  const running = alive.filter(({ server }) => ids.has(server));
  const levels = running.map(({ level }) => level ?? 'scoped-environment');
  const weakest = levels.toSorted(compareLevels)[0];
  return {
    ...(weakest === undefined ? {} : { weakest }),
    sentence: summarise(
      running.map(({ server, level }) => ({ server, level })),
      unmanaged,
    ),
    servers: servers.map((server) => ({
      view: viewScope(server, ports, index),
      running: runsOf(server.id, alive, ports),
    })),
    unmanaged,
    upgradable: ports.sandbox.probe().confined
      ? servers.filter(mayUpgrade).map(({ id }) => id)
      : [],
  };
}

/** Isolation belongs on the side of every reader: one that is not confined weakens all. */
function summarise(
  running: readonly { readonly server: string; readonly level: Level | undefined }[],
  unmanaged: Reach['unmanaged'],
): string {
  const others =
    unmanaged.length === 0
      ? ''
      : ` ${unmanaged.length} more in your clients start without Portcullis; while they run, they can read what you can read.`;
  const loose = running.filter(
    ({ level }) => level === undefined || level === 'scoped-environment',
  );
  if (running.length === 0) return `No server of Portcullis is running.${others}`;
  if (loose.length === 0)
    return `Every running server is confined: none can read another’s secrets from files, processes or the keychain.${others}`;
  const names = [...new Set(loose.map(({ server }) => server))];
  return `${listOf(names)} ${names.length === 1 ? 'is' : 'are'} not confined and can read the secrets of all others while running.${others}`;
}
