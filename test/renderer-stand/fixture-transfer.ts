/** Export and import over the stand's machine: plans as the core makes them, seals only in looks. */
import { AppError } from '../../shared/errors.ts';
import type { DriftStream, ExportedServer, ImportPlan } from '../../shared/models/drift.ts';
import type { ServerView } from '../../shared/models/health.ts';
import { minutesAgo, type World } from './build-world.ts';
import type { FixtureContract } from './fixture-door.ts';

const sealHead = '-----BEGIN AGE ENCRYPTED FILE-----';

/** Opens every sealed text of the stand. */
export const standPassphrase = 'ledger kites under a violet bus';

export function createTransferApi(os: FixtureContract, world: World, changed: () => void) {
  return {
    exportPlan: os.records.exportPlan.handler(({ input }) => {
      const chosen = choose(world, input.servers);
      return {
        servers: chosen.map(({ record: { id, name } }) => ({ id, name })),
        secrets: chosen.reduce((sum, { record }) => sum + record.secrets.length, 0),
        warnings: chosen
          .filter(({ shown }) => shown.includes('/home/'))
          .map(({ record }) => `“${record.name}” names a path of this computer.`),
      };
    }),
    export: os.records.export.handler(({ input }) => {
      const text = render(choose(world, input.servers));
      if (input.passphrase === undefined) return { text };
      return { text: `${sealHead}\n${Buffer.from(text).toString('base64')}\n` };
    }),
    importPlan: os.records.importPlan.handler(({ input }) => planImport(world, input)),
    import: os.records.import.handler(async function* ({ input }): AsyncGenerator<DriftStream> {
      const servers = open(input).filter(({ id }) => input.servers?.includes(id) ?? true);
      for (const server of servers) world.records.set(server.id, viewOf(server));
      changed();
      yield {
        type: 'result',
        receipts: servers.map(({ id, name }) => ({
          item: id,
          file: '',
          pointer: '',
          server: id,
          outcome: 'done',
          message: `“${name}” is taken over.`,
        })),
        counts: { inStep: servers.length, drifted: 0, exposedAgain: 0, foreign: 0 },
      };
    }),
  };
}

function choose(world: World, ids: readonly string[] | undefined): readonly ServerView[] {
  return [...world.records.values()].filter(({ record }) => ids?.includes(record.id) ?? true);
}

function render(views: readonly ServerView[]): string {
  const servers = views.map(({ record: { id, name, enabled, launch, secrets, placements } }) => ({
    id,
    name,
    enabled,
    launch,
    secrets: secrets.map(({ name: secret, kind }) => ({ name: secret, kind })),
    clients: placements.map(({ client, entryName }) => ({ client, entryName })),
  }));
  return `${JSON.stringify({ portcullis: 'records', version: 1, servers }, null, 2)}\n`;
}

interface Input {
  readonly text: string;
  readonly passphrase?: string | undefined;
}

function open({ text, passphrase }: Input): readonly ExportedServer[] {
  const [head, body = ''] = text.split('\n');
  if (head === sealHead && passphrase !== standPassphrase) {
    throw new AppError('passphrase_wrong', 'This passphrase does not open the file.', {
      hint: 'Type it again. If it is right, the file was damaged on its way: export it anew.',
    });
  }
  try {
    const plain = head === sealHead ? Buffer.from(body, 'base64').toString() : text;
    return JSON.parse(plain).servers;
  } catch {
    throw new AppError('bad_input', 'This is no file that Portcullis exported: it is not JSON.', {
      hint: 'Export it again on the other computer, and give the whole file.',
    });
  }
}

function planImport(world: World, input: Input): ImportPlan {
  return {
    basis: 'import-1',
    sealed: input.passphrase !== undefined,
    servers: open(input).map((server) => {
      const known = world.records.get(server.id);
      const { shown } = viewOf(server);
      const clients = server.clients.map(({ client }) => client);
      const here = (id: string) => world.clients.some((one) => one.id === id && one.detected);
      const absent = clients.filter((id) => !here(id));
      const fresh = known === undefined ? clients.filter(here) : [];
      return {
        id: server.id,
        name: server.name,
        shown,
        way: known === undefined ? 'new' : known.shown === shown ? 'same' : 'changed',
        ...(known === undefined || known.shown === shown ? {} : { here: known.shown }),
        missing: known === undefined ? server.secrets.map(({ name }) => name) : [],
        clients: fresh,
        consents: fresh.includes('windsurf') ? ['secondary-evidence' as const] : [],
        notes: absent.length === 0 ? [] : [`Not on this computer: ${absent.join(', ')}.`],
      };
    }),
  };
}

function viewOf({ id, name, enabled, launch, secrets }: ExportedServer): ServerView {
  const at = minutesAgo(0);
  return {
    record: {
      id,
      name,
      enabled,
      launch,
      secrets: secrets.map((secret) => ({ ...secret, storedAt: at })),
      placements: [],
      createdAt: at,
      updatedAt: at,
    },
    shown: launch.transport === 'stdio' ? [launch.command, ...launch.args].join(' ') : launch.url,
    health: { state: 'ready', message: 'Ready.', running: 0 },
    missing: [],
    warnings: [],
  };
}
