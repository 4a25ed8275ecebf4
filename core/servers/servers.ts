/** What a person does with servers by hand: look at them, add, rename, switch off, remove. */
import { AppError } from '../../shared/errors.ts';
import type { SecretView, ServerView } from '../../shared/models/health.ts';
import {
  type LaunchSpec,
  type SecretName,
  type SecretReference,
  type ServerId,
  type ServerRecord,
  secretNameSchema,
} from '../../shared/models/server.ts';
import type { Secret } from '../../shared/secret.ts';
import { secretNamesIn } from '../../shared/template.ts';
import { showLaunch } from '../launch/show.ts';
import type { Clock } from '../ports.ts';
import type { RecordsStore } from '../records/records.ts';
import type { Records } from '../records/schema.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { handOver, takeBack } from './hand-over.ts';
import { keepOut } from './keep-out.ts';
import { type LaunchesPorts, type LaunchFacts, readLaunches } from './launches.ts';
import { refuseVariableInFront } from './plain-secrets.ts';
import { chooseServerId } from './server-id.ts';

export interface NewServer {
  readonly id?: ServerId;
  readonly name: string;
  readonly launch: LaunchSpec;
  readonly secrets?: ReadonlyMap<SecretName, Secret>;
}

export interface Servers {
  list(): Promise<readonly ServerView[]>;
  /** Errors: `not_found`. */
  get(id: ServerId): Promise<ServerView>;
  /** Errors: `conflict` when the id is taken, `keychain_*`, `unsupported` when a value stands in the launch too. */
  add(server: NewServer): Promise<ServerView>;
  rename(id: ServerId, name: string): Promise<ServerView>;
  setEnabled(id: ServerId, enabled: boolean): Promise<ServerView>;
  /** Errors: `conflict` while a client's entry still starts it. */
  remove(id: ServerId, forgetSecrets: boolean): Promise<void>;
  listSecrets(server?: ServerId): Promise<readonly SecretView[]>;
  /** Errors: `not_found`, `keychain_*`, `unsupported`, `bad_input` for what cannot be a variable of it. */
  setSecret(server: ServerId, name: SecretName, value: Secret, how?: HandedOver): Promise<void>;
  removeSecret(server: ServerId, name: SecretName, how?: HandedOver): Promise<void>;
}

export interface HandedOver {
  /** As the variable of the secret's name: from now on, or no longer. */
  readonly asVariable?: boolean | undefined;
}

export interface ServersPorts extends LaunchesPorts {
  readonly records: RecordsStore;
  readonly secrets: Secrets;
  readonly clock: Clock;
}

export function createServers(ports: ServersPorts): Servers {
  const { records, secrets, clock } = ports;

  async function changeOne(
    id: ServerId,
    change: (server: ServerRecord) => ServerRecord,
  ): Promise<ServerView> {
    const changed = await records.change((before) => {
      const known = requireServer(before, id);
      const after = { ...change(known), updatedAt: clock.now() };
      return { records: replaceServer(before, after), result: after };
    });
    return viewOf(ports, changed, await readLaunches(ports));
  }

  return {
    list: async () => {
      const [{ servers }, launches] = await Promise.all([records.read(), readLaunches(ports)]);
      return Promise.all(servers.map((server) => viewOf(ports, server, launches)));
    },
    get: async (id) => {
      const [known, launches] = await Promise.all([records.read(), readLaunches(ports)]);
      return viewOf(ports, requireServer(known, id), launches);
    },
    add: (server) => addServer(ports, server),
    rename: (id, name) => changeOne(id, (server) => ({ ...server, name })),
    setEnabled: (id, enabled) => changeOne(id, (server) => ({ ...server, enabled })),
    remove: (id, forgetSecrets) => removeServer(ports, id, forgetSecrets),
    listSecrets: async (server) => {
      const known = await records.read();
      const chosen = server === undefined ? known.servers : [requireServer(known, server)];
      return (await Promise.all(chosen.map((one) => secretViews(secrets, one)))).flat();
    },
    setSecret: async (server, name, value, { asVariable = false } = {}) => {
      const give = (one: ServerRecord) => (asVariable ? handOver(one, name) : one);
      const known = requireServer(await records.read(), server);
      keepOut([value])(known);
      give(known);
      await secrets.put(server, new Map([[name, value]]));
      const at = clock.now();
      await changeOne(server, (one) => ({
        ...give(one),
        secrets: withSecret(one.secrets, name, at),
      }));
    },
    removeSecret: async (server, name, { asVariable = false } = {}) => {
      requireServer(await records.read(), server);
      await secrets.remove(server, [name]);
      await changeOne(server, (known) => {
        const one = asVariable ? takeBack(known, name) : known;
        const kept = one.secrets.filter((secret) => secret.name !== name || isNeeded(one, name));
        return { ...one, secrets: kept };
      });
    },
  };
}

/** Errors: `not_found`, with ids that are near. */
export function requireServer({ servers }: Pick<Records, 'servers'>, id: ServerId): ServerRecord {
  const known = servers.find((server) => server.id === id);
  if (known !== undefined) return known;
  const near = servers
    .map((server) => server.id)
    .filter((one) => one.includes(id) || id.includes(one));
  throw new AppError('not_found', `There is no server “${id}”.`, {
    hint:
      near.length > 0
        ? `Did you mean ${near.slice(0, 3).join(', ')}?`
        : 'Run `portcullis servers` to see their ids.',
    details: { server: id },
  });
}

function replaceServer(records: Records, server: ServerRecord): Records {
  return {
    ...records,
    servers: records.servers.map((known) => (known.id === server.id ? server : known)),
  };
}

function withSecret(
  known: readonly SecretReference[],
  name: SecretName,
  at: string,
): readonly SecretReference[] {
  const before = known.find((secret) => secret.name === name);
  const fresh = { ...(before ?? { name, kind: 'entered-by-hand' }), storedAt: at };
  return [...known.filter((secret) => secret.name !== name), fresh];
}

/** Every secret that the launch of a server refers to. */
export function neededSecrets({ launch }: Pick<ServerRecord, 'launch'>): readonly SecretName[] {
  const texts =
    launch.transport === 'stdio'
      ? [...launch.args, ...Object.values(launch.env), launch.cwd ?? '']
      : [launch.url, ...Object.values(launch.headers)];
  return secretNamesIn(...texts);
}

function isNeeded(server: ServerRecord, name: SecretName): boolean {
  return neededSecrets(server).includes(name);
}

async function addServer(ports: ServersPorts, server: NewServer): Promise<ServerView> {
  refuseVariableInFront(server.launch);
  const at = ports.clock.now();
  const values = server.secrets ?? new Map<SecretName, Secret>();
  const known = await ports.records.read();
  const taken = new Set(known.servers.map(({ id }) => id));
  const id = server.id ?? chooseServerId(server.name, taken);
  if (taken.has(id)) {
    throw new AppError('conflict', `There is a server “${id}” already.`, {
      hint: 'Choose another id with `--id`, or remove that server first.',
      details: { server: id },
    });
  }
  const names = [...new Set([...neededSecrets(server), ...values.keys()])];
  for (const name of names) secretNameSchema.parse(name);
  const record: ServerRecord = {
    id,
    name: server.name,
    enabled: true,
    launch: server.launch,
    secrets: names.map((name) => ({ name, kind: 'entered-by-hand', storedAt: at })),
    placements: [],
    createdAt: at,
    updatedAt: at,
  };
  const guard = keepOut(values.values());
  guard(record);
  if (values.size > 0) await ports.secrets.put(id, values);
  await ports.records.change((before) => {
    if (before.servers.some((one) => one.id === id)) {
      throw new AppError('conflict', `There is a server “${id}” already.`, {
        hint: 'Choose another id.',
        details: { server: id },
      });
    }
    const servers = [...before.servers, record].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    return { records: { ...before, servers }, result: undefined };
  }, guard);
  return viewOf(ports, record, new Map());
}

async function removeServer(
  { records, secrets }: ServersPorts,
  id: ServerId,
  forgetSecrets: boolean,
): Promise<void> {
  await records.change((before) => {
    const server = requireServer(before, id);
    if (server.placements.length > 0) {
      const clients = [...new Set(server.placements.map(({ client }) => client))].join(', ');
      throw new AppError('conflict', `“${server.name}” is still used by ${clients}.`, {
        hint: `Take it out of the clients first: \`portcullis leave ${id}\`.`,
        details: { server: id },
      });
    }
    const servers = before.servers.filter((one) => one.id !== id);
    return { records: { ...before, servers }, result: undefined };
  });
  if (forgetSecrets) await secrets.destroy(id);
}

async function viewOf(
  { secrets }: ServersPorts,
  record: ServerRecord,
  launches: ReadonlyMap<ServerId, LaunchFacts>,
): Promise<ServerView> {
  const needed = neededSecrets(record);
  const stored = await readNames(secrets, record.id, needed.length > 0);
  const missing = stored === undefined ? [] : needed.filter((name) => !stored.includes(name));
  const facts = launches.get(record.id);
  const inArguments =
    record.launch.transport === 'stdio' && secretNamesIn(...record.launch.args).length > 0;
  return {
    record,
    shown: showLaunch(record.launch),
    health: {
      ...healthOf(record, stored, missing),
      ...(facts?.last === undefined ? {} : { lastLaunch: facts.last }),
      running: facts?.running ?? 0,
    },
    missing,
    warnings: inArguments
      ? ['Its secret is passed as an argument, and arguments are visible to other programs.']
      : [],
  };
}

function healthOf(
  record: ServerRecord,
  stored: readonly SecretName[] | undefined,
  missing: readonly SecretName[],
): Pick<ServerView['health'], 'state' | 'message' | 'hint'> {
  if (!record.enabled) {
    return { state: 'disabled', message: 'Switched off; clients that start it are told so.' };
  }
  if (stored === undefined) {
    return {
      state: 'unknown',
      message: 'The keychain could not be read.',
      hint: 'Unlock the keychain; `portcullis doctor` tells how.',
    };
  }
  if (missing.length > 0) {
    return {
      state: 'missing-secret',
      message: `Not stored: ${missing.join(', ')}.`,
      hint: `Enter it: \`portcullis secrets set ${record.id} ${missing[0]}\`.`,
    };
  }
  return { state: 'ready', message: 'Ready.' };
}

/** Undefined when the keychain cannot be read now. */
async function readNames(
  secrets: Secrets,
  id: ServerId,
  needed: boolean,
): Promise<readonly SecretName[] | undefined> {
  if (!needed) return [];
  try {
    return await secrets.names(id);
  } catch (thrown) {
    if (thrown instanceof AppError) return undefined;
    throw thrown;
  }
}

async function secretViews(secrets: Secrets, record: ServerRecord): Promise<readonly SecretView[]> {
  const stored = await readNames(secrets, record.id, record.secrets.length > 0);
  return record.secrets.map(
    (secret): SecretView => ({
      server: record.id,
      serverName: record.name,
      name: secret.name,
      kind: secret.kind,
      storedAt: secret.storedAt,
      ...(secret.rotateUrl === undefined ? {} : { rotateUrl: secret.rotateUrl }),
      state: stored === undefined ? 'unknown' : stored.includes(secret.name) ? 'stored' : 'missing',
      clients: [...new Set(record.placements.map(({ client }) => client))],
    }),
  );
}
