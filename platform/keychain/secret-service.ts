/**
 * Asks the Secret Service how it is without touching an item, so that no unlock window appears:
 * is there a provider, does it have a default keyring, is that locked.
 */
import { connectDbus, type DbusConnection, DbusError } from './dbus.ts';
import type { FailureKind } from './failures.ts';

export type ServiceState =
  | 'ready'
  | Extract<FailureKind, 'locked' | 'unavailable' | 'no-default' | 'denied' | 'timeout'>;

const service = 'org.freedesktop.secrets';

/** `limit` in milliseconds over all. A bus without a provider, or no bus at all, is `unavailable`. */
export async function probeSecretService(options: {
  readonly address: string | undefined;
  readonly limit: number;
}): Promise<ServiceState> {
  const { address, limit } = options;
  if (address === undefined) return 'unavailable';
  let connection: DbusConnection | undefined;
  const late = Promise.withResolvers<ServiceState>();
  const timer = setTimeout(() => late.resolve('timeout'), limit);
  const ask = async (): Promise<ServiceState> => {
    connection = await connectDbus(address, process.geteuid?.() ?? 0);
    return askState(connection);
  };
  const asking = ask().catch(explain);
  try {
    return await Promise.race([asking, late.promise]);
  } finally {
    clearTimeout(timer);
    // When the time was over while connecting, the connection is closed as soon as it is there.
    connection?.close();
    void asking.then(() => connection?.close());
  }
}

async function askState(connection: DbusConnection): Promise<ServiceState> {
  const collection = await connection.call({
    destination: service,
    path: '/org/freedesktop/secrets',
    interface: 'org.freedesktop.Secret.Service',
    member: 'ReadAlias',
    args: ['default'],
  });
  if (typeof collection !== 'string' || collection === '/') return 'no-default';
  const locked = await connection.call({
    destination: service,
    path: collection,
    interface: 'org.freedesktop.DBus.Properties',
    member: 'Get',
    args: ['org.freedesktop.Secret.Collection', 'Locked'],
  });
  return locked === true ? 'locked' : 'ready';
}

function explain(cause: unknown): ServiceState {
  if (!(cause instanceof DbusError)) throw cause;
  if (cause.dbusName.endsWith('.NoReply') || cause.dbusName.endsWith('.TimedOut')) return 'timeout';
  return cause.dbusName.endsWith('.AccessDenied') ? 'denied' : 'unavailable';
}
