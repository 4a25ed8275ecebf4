/** Recognises entries that start our launcher. */
import { type ServerId, serverIdSchema } from '../../shared/models/server.ts';
import type { Entry } from './entry.ts';

/** How a launcher path ends on every system. */
const launcherEnd = /(?:^|[\\/])bin[\\/]portcullis(?:\.exe)?$/i;

/** The server that an entry launches through us, or undefined when it is not ours. */
export function managedServerId(
  entry: Pick<Entry, 'launch'>,
  launcherPaths: readonly string[],
): ServerId | undefined {
  const { launch } = entry;
  if (launch.transport !== 'stdio') return undefined;
  const { command, args } = launch;
  if (!launcherPaths.includes(command) && !launcherEnd.test(command)) return undefined;
  const [verb, id, ...rest] = args;
  const parsed = serverIdSchema.safeParse(id);
  return verb === 'run' && rest.length === 0 && parsed.success ? parsed.data : undefined;
}
