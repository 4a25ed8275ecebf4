/** Which servers run, and when each was last started: computed from the launch lines on demand. */
import type { ServerId } from '../../shared/models/server.ts';
import { type LaunchLine, launchesFile, parseLaunchLines } from '../launch/launch-line.ts';
import type { Processes } from '../ports.ts';
import { type ActivityPorts, readActivity } from './activity.ts';

export interface LaunchFacts {
  /** ISO 8601 of the newest launch. */
  readonly last?: string;
  /** Processes that are alive now. */
  readonly running: number;
}

export interface LaunchesPorts extends ActivityPorts {
  readonly processes: Pick<Processes, 'isAlive'>;
}

export async function readLaunches(
  ports: LaunchesPorts,
): Promise<ReadonlyMap<ServerId, LaunchFacts>> {
  const facts = new Map<ServerId, LaunchFacts>();
  for (const line of await readLines(ports)) {
    const { last = line.at, running = 0 } = facts.get(line.server) ?? {};
    facts.set(line.server, {
      // A line that was kept stands behind newer ones.
      last: line.at > last ? line.at : last,
      running: running + (isAlive(line, ports) ? 1 : 0),
    });
  }
  return facts;
}

/** The launches whose processes are alive now. */
export async function readAlive(ports: LaunchesPorts): Promise<readonly LaunchLine[]> {
  return (await readLines(ports)).filter((line) => isAlive(line, ports));
}

async function readLines(ports: LaunchesPorts): Promise<readonly LaunchLine[]> {
  const lines = await readActivity(launchesFile, ports, (all) => selectKept(all, ports));
  return parseLaunchLines(lines.join('\n'));
}

/** A server may run for months, and one that does not still has a last launch. */
function selectKept(lines: readonly string[], ports: LaunchesPorts): readonly string[] {
  const newest = new Map<string, { readonly at: string; readonly text: string }>();
  const alive: string[] = [];
  for (const text of lines) {
    const [line] = parseLaunchLines(text);
    if (line === undefined) continue;
    const { server, at } = line;
    if (at >= (newest.get(server)?.at ?? '')) newest.set(server, { at, text });
    if (isAlive(line, ports)) alive.push(text);
  }
  return [...new Set([...[...newest.values()].map(({ text }) => text), ...alive])];
}

function isAlive({ pid, startTime }: LaunchLine, { processes }: LaunchesPorts): boolean {
  return processes.isAlive(pid, startTime);
}
