/** Which servers run, and when each was last started: computed from the launch lines on demand. */
import { join } from 'node:path';
import type { ServerId } from '../../shared/models/server.ts';
import { launchesFile, parseLaunchLines } from '../launch/launch-line.ts';
import type { Files, Processes, Roots } from '../ports.ts';

export interface LaunchFacts {
  /** ISO 8601 of the newest launch. */
  readonly last?: string;
  /** Processes that are alive now. */
  readonly running: number;
}

export interface LaunchesPorts {
  readonly files: Files;
  readonly roots: Roots;
  readonly processes: Pick<Processes, 'isAlive'>;
}

/** Larger than what a year of launches writes. */
const limit = 64 * 1024 * 1024;

export async function readLaunches(
  ports: LaunchesPorts,
): Promise<ReadonlyMap<ServerId, LaunchFacts>> {
  const file = join(ports.roots.data, 'activity', launchesFile);
  if ((await ports.files.stat(file)) === undefined) return new Map();
  const text = new TextDecoder().decode(await ports.files.read(file, { limit }));
  const facts = new Map<ServerId, LaunchFacts>();
  for (const line of parseLaunchLines(text)) {
    const alive = ports.processes.isAlive(line.pid, line.startTime) ? 1 : 0;
    const known = facts.get(line.server);
    facts.set(line.server, { last: line.at, running: (known?.running ?? 0) + alive });
  }
  return facts;
}
