/**
 * Recognises entries that start our launcher. The exact path counts, and what else the entry hands over:
 * variables make the launcher, or what it starts, run other programs.
 */
import { type ServerId, serverIdSchema } from '../../shared/models/server.ts';
import type { Entry, EntryLaunch } from './entry.ts';

/** How a launcher path ends on every system. */
const launcherEnd = /(?:^|[\\/])bin[\\/]portcullis(?:\.exe)?$/i;

/** The server that an entry launches through us, or undefined when it is not ours. */
export function managedServerId(
  entry: Pick<Entry, 'launch'>,
  launcherPaths: readonly string[],
): ServerId | undefined {
  const { launch } = entry;
  if (launch.transport !== 'stdio' || !launcherPaths.includes(launch.command)) return undefined;
  return launchedServer(launch.args);
}

/** It would be ours if the path did not matter: from another computer, or made to look so. */
export function isNamedLikeOurs({ launch }: Pick<Entry, 'launch'>): boolean {
  return (
    launch.transport === 'stdio' &&
    launcherEnd.test(launch.command) &&
    launchedServer(launch.args) !== undefined
  );
}

function launchedServer(args: readonly string[]): ServerId | undefined {
  const [verb, id, ...rest] = args;
  const parsed = serverIdSchema.safeParse(id);
  return verb === 'run' && rest.length === 0 && parsed.success ? parsed.data : undefined;
}

/**
 * Names of what an entry gives to its program beside command and arguments and that was not agreed in
 * the same words: `env NAME`, `cwd`, `envFile`.
 */
export function handedOver(launch: EntryLaunch, agreed?: EntryLaunch): readonly string[] {
  if (launch.transport !== 'stdio') return [];
  const before = agreed?.transport === 'stdio' ? agreed : undefined;
  const variables = Object.keys(launch.env).filter(
    (name) => launch.env[name] !== before?.env[name],
  );
  const fields = (['cwd', 'envFile'] as const).filter(
    (field) => launch[field] !== undefined && launch[field] !== before?.[field],
  );
  return [...variables.map((name) => `env ${name}`), ...fields];
}
