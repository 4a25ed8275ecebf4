/**
 * A small application on top of the real records, secrets and edits, for tests of what survives. It
 * knows one kind of client file, JSON with secrets at `/mcpServers/<server>/env/<name>`, protects and
 * undoes them, and answers recovery as the protect job does.
 */
import { join } from 'node:path';
import { createEdits, type Edits } from '../../core/edits/edits.ts';
import type { Move, MoveFile, MoveKind, MoveResult, PlaceState } from '../../core/edits/model.ts';
import type { Recovery } from '../../core/edits/recovery.ts';
import type { Clock, Files, Keychain, Roots } from '../../core/ports.ts';
import { createRecords, type RecordsStore } from '../../core/records/records.ts';
import type { Records } from '../../core/records/schema.ts';
import { createSecrets, type Secrets } from '../../core/secrets/secrets.ts';
import { AppError } from '../../shared/errors.ts';
import type { ServerRecord } from '../../shared/models/server.ts';
import { Secret } from '../../shared/secret.ts';

/** A secret that stands in a client file at the start. */
export interface Planted {
  readonly file: string;
  readonly server: string;
  readonly name: string;
  readonly value: string;
}

export interface EditWorld {
  readonly files: Files;
  readonly keychain: Keychain;
  readonly roots: Roots;
  readonly records: RecordsStore;
  readonly secrets: Secrets;
  readonly edits: Edits;
  protect(planted: readonly Planted[], more?: MoreOfMove): Promise<MoveResult>;
  undo(planted: readonly Planted[]): Promise<MoveResult>;
  /** `resume`: whether stored moves go on or are taken back. */
  recovery(options?: { resume?: readonly Planted[] }): Recovery;
}

type MoreOfMove = Partial<Pick<MoveFile, 'lockDirectory'>> & {
  readonly replace?: readonly string[];
  readonly kind?: MoveKind;
};

export function rootsIn(root: string): Roots {
  return { config: join(root, 'config'), data: join(root, 'data'), cache: join(root, 'cache') };
}

export const steadyClock: Clock = {
  now: () => new Date().toISOString(),
  monotonic: () => performance.now(),
  sleep: async () => undefined,
};

/** Everything real but the ports that are handed in. */
export function openEditWorld(ports: {
  files: Files;
  keychain: Keychain;
  root: string;
  clock?: Clock;
}): EditWorld {
  const { files, keychain } = ports;
  const clock = ports.clock ?? steadyClock;
  const roots = rootsIn(ports.root);
  const records = createRecords({ files, roots });
  const secrets = createSecrets({ files, keychain, roots });
  const edits = createEdits({
    files,
    keychain,
    roots,
    secrets,
    clock,
    machine: { home: '/home' },
    who: 'test',
  });
  const world = { files, keychain, roots, records, secrets, edits };
  return {
    ...world,
    protect: (planted, more = {}) => edits.runMove(protectMove(world, planted, more)),
    undo: (planted) => edits.runMove(undoMove(world, planted)),
    recovery: (options) => answerRecovery(world, options?.resume),
  };
}

type Core = Pick<EditWorld, 'files' | 'records' | 'secrets' | 'edits'>;

export function pointerOf({ server, name }: Pick<Planted, 'server' | 'name'>): string {
  return `/mcpServers/${server}/env/${name}`;
}

export function referenceOf({ server, name }: Pick<Planted, 'server' | 'name'>): string {
  return `portcullis:${server}:${name}`;
}

/** The text of a client file with these secrets, with things around them that must stay. */
export function renderClientFile(planted: readonly Planted[]): string {
  const servers = Map.groupBy(planted, ({ server }) => server);
  const entries = [...servers].map(([server, theirs]) => {
    const env = theirs.map(({ name, value }) => `"${name}" :  ${JSON.stringify(value)}`);
    return `    "${server}": { "command": "x",\n\t"env": {${env.join(', ')}} }`;
  });
  return `{"theme": "dark",\n  "mcpServers": {\n${entries.join(',\n')}\n  },\n "last":1e3}\n`;
}

/** Replaces `from` by `to` at each place, leaving every other byte. */
function editPlaces(
  planted: readonly Planted[],
  texts: (one: Planted) => { from: string; to: string },
) {
  return (bytes: Uint8Array): Uint8Array => {
    let text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    for (const one of planted) {
      const { from, to } = texts(one);
      const found = readPlace(text, one);
      if (found === to) continue;
      if (found !== from)
        throw new AppError('conflict', `${pointerOf(one)} was changed.`, { hint: 'Look.' });
      const key = new RegExp(`("${one.name}"\\s*:\\s*)${escapeRegExp(JSON.stringify(from))}`);
      text = text.replace(key, (_all, before: string) => before + JSON.stringify(to));
    }
    return new TextEncoder().encode(text);
  };
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** Undefined when nothing is there; throws `file_unparsable`. */
export function readPlace(
  text: string,
  { server, name }: Pick<Planted, 'server' | 'name'>,
): string | undefined {
  let parsed: { mcpServers?: Record<string, { env?: Record<string, string> }> };
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new AppError('file_unparsable', 'Not JSON.', { hint: 'Mend it.' });
  }
  return parsed.mcpServers?.[server]?.env?.[name];
}

function perFile(
  planted: readonly Planted[],
  texts: (one: Planted) => { from: string; to: string },
  more: Partial<MoveFile> = {},
): readonly MoveFile[] {
  return [...Map.groupBy(planted, ({ file }) => file)].map(([file, theirs]) => ({
    file,
    places: theirs.map((one) => ({ server: one.server, pointer: pointerOf(one) })),
    edit: editPlaces(theirs, texts),
    ...more,
  }));
}

function protectMove(
  { edits, records }: Core,
  planted: readonly Planted[],
  { replace, kind, ...more }: MoreOfMove,
): Move {
  const servers = Map.groupBy(planted, ({ server }) => server);
  return {
    id: edits.newMoveId(),
    kind: kind ?? 'protect',
    store: [...servers].map(([server, theirs]) => ({
      server,
      values: new Map(theirs.map(({ name, value }) => [name, new Secret(value)])),
      ...(replace === undefined ? {} : { replace }),
    })),
    commitRecords: (stored, files) =>
      records.change((before) => ({
        records: addRecords(
          before,
          planted.filter(({ server, file }) => stored.includes(server) && files.includes(file)),
        ),
        result: undefined,
      })),
    files: perFile(planted, (one) => ({ from: one.value, to: referenceOf(one) }), more),
  };
}

function undoMove({ edits, records, secrets }: Core, planted: readonly Planted[]): Move {
  return {
    id: edits.newMoveId(),
    kind: 'undo',
    store: [],
    files: perFile(planted, (one) => ({ from: referenceOf(one), to: one.value })),
    finish: () => removeServers({ records, secrets }, planted),
  };
}

async function removeServers(
  { records, secrets }: Pick<Core, 'records' | 'secrets'>,
  planted: readonly Pick<Planted, 'server'>[],
): Promise<void> {
  const gone = planted.map(({ server }) => server);
  await records.change((before) => ({
    records: { ...before, servers: before.servers.filter(({ id }) => !gone.includes(id)) },
    result: undefined,
  }));
  for (const server of new Set(gone)) await secrets.destroy(server);
}

function addRecords(before: Records, planted: readonly Planted[]): Records {
  const at = '2026-11-23T12:00:00.000Z';
  const servers = new Map(before.servers.map((record) => [record.id, record]));
  for (const { server, name, file } of planted) {
    const known = servers.get(server) ?? newRecord(server, at);
    servers.set(server, {
      ...known,
      secrets: [
        ...known.secrets.filter((one) => one.name !== name),
        { name, kind: 'generic-api-key', storedAt: at },
      ],
      placements: [
        ...known.placements.filter((one) => one.file !== file),
        { client: 'test', file, pointer: '/', entryName: server, written: 'x', writtenAt: at },
      ],
    });
  }
  return { ...before, servers: [...servers.values()] };
}

function newRecord(id: string, at: string): ServerRecord {
  return {
    id,
    name: id,
    enabled: true,
    launch: { transport: 'stdio', command: 'x', args: [], env: {} },
    secrets: [],
    placements: [],
    createdAt: at,
    updatedAt: at,
  };
}

/** As the protect job: places from the live file, values from the keychain, references from records. */
function answerRecovery(core: Core, resume: readonly Planted[] | undefined): Recovery {
  const { files, records, secrets } = core;
  return {
    placeState: (file, pointer, server) => lookAtPlace(core, file, pointer, server),
    isReferredTo: async (server, besides) => {
      const record = (await records.read()).servers.find(({ id }) => id === server);
      for (const { file } of record?.placements ?? []) {
        if (besides.includes(file) || (await files.lstat(file)) === undefined) continue;
        const text = new TextDecoder().decode(await files.read(file));
        if (text.includes(`portcullis:${server}:`)) return true;
      }
      return false;
    },
    dropRecords: async (_move, { server, files: dropped, names }) => {
      await records.change((before) => ({
        records: { ...before, servers: before.servers.flatMap(dropFrom(server, dropped, names)) },
        result: undefined,
      }));
    },
    finish: ({ servers }) =>
      removeServers(
        core,
        servers.map((server) => ({ server })),
      ),
    ...(resume === undefined
      ? {}
      : {
          resume: async ({ kind }, file) =>
            perFile(
              resume.filter((one) => one.file === file),
              (one) =>
                kind === 'undo'
                  ? { from: referenceOf(one), to: one.value }
                  : { from: one.value, to: referenceOf(one) },
            )[0],
        }),
  };

  function dropFrom(server: string, dropped: readonly string[], names: readonly string[]) {
    return (record: ServerRecord): readonly ServerRecord[] => {
      if (record.id !== server) return [record];
      const placements = record.placements.filter(({ file }) => !dropped.includes(file));
      const kept = record.secrets.filter(({ name }) => !names.includes(name));
      if (placements.length === 0 && kept.length === 0) return [];
      return [{ ...record, placements, secrets: kept }];
    };
  }

  async function lookAtPlace(
    _core: Core,
    file: string,
    pointer: string,
    server: string,
  ): Promise<PlaceState> {
    const name = pointer.slice(pointer.lastIndexOf('/') + 1);
    if ((await files.stat(file)) === undefined) return 'file-missing';
    let found: string | undefined;
    try {
      found = readPlace(new TextDecoder().decode(await files.read(file)), { server, name });
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'file_unparsable') return 'file-unparsable';
      throw thrown;
    }
    if (found === undefined) return 'neither';
    if (found === referenceOf({ server, name })) return 'reference';
    const stored = (await secrets.read(server))?.get(name);
    return stored === undefined || stored.equals(new Secret(found)) ? 'value' : 'neither';
  }
}
