/**
 * The whole set of records out of this machine and into another: readable and without a value for a
 * dotfiles repository, or with the values, sealed by a passphrase. Placements do not travel, only which
 * clients have a server; on the other machine they are placed as if a person ticked them.
 */
import { z } from 'zod';
import { AppError, toAppError } from '../../shared/errors.ts';
import {
  type DriftChange,
  type DriftChoices,
  type DriftStream,
  type ExportedServer,
  type ExportPlan,
  exportedServerSchema,
  type ImportPlan,
} from '../../shared/models/drift.ts';
import type { Receipt } from '../../shared/models/protect.ts';
import type { SecretName, ServerId, ServerRecord } from '../../shared/models/server.ts';
import { Secret } from '../../shared/secret.ts';
import { hashPlain, readPlain } from '../documents/plain-json.ts';
import { type Report, streamRun } from '../edits/stream.ts';
import { detectInText } from '../exposure/detect-text.ts';
import { showLaunch } from '../launch/show.ts';
import type { Machine } from '../ports.ts';
import type { Records } from '../records/schema.ts';
import type { Secrets, SecretValues } from '../secrets/secrets.ts';
import { isSealed, openTravel, sealTravel, type Travelling } from '../secrets/travel.ts';
import { neededSecrets } from '../servers/servers.ts';
import type { Drift, DriftPorts } from './drift.ts';

export interface TransferPorts extends DriftPorts {
  readonly machine: Machine;
  readonly secrets: Secrets;
  readonly drift: Drift;
}

export interface ImportInput {
  readonly text: string;
  readonly passphrase?: Secret;
}

export interface ImportChoices {
  readonly basis: string;
  readonly servers?: readonly ServerId[] | undefined;
  readonly secrets: ReadonlyMap<ServerId, SecretValues>;
  readonly consents: DriftChoices['consents'];
}

export interface Transfer {
  planExport(servers?: readonly ServerId[]): Promise<ExportPlan>;
  /** Errors: `not_found`; with a passphrase `keychain_*`, `secret_missing`. */
  exportText(servers: readonly ServerId[] | undefined, passphrase?: Secret): Promise<string>;
  /** Errors: `bad_input`, `passphrase_wrong`, `consent_needed` when it is sealed and no passphrase came. */
  planImport(input: ImportInput): Promise<ImportPlan>;
  importText(input: ImportInput, choices: ImportChoices): AsyncGenerator<DriftStream>;
}

const fileSchema = z.strictObject({
  portcullis: z.literal('records'),
  version: z.literal(1),
  servers: z.array(exportedServerSchema).readonly(),
});

export function createTransfer(ports: TransferPorts): Transfer {
  return {
    planExport: async (servers) =>
      planExport(ports, chooseServers(await ports.records.read(), servers)),
    exportText: async (servers, passphrase) => {
      const chosen = chooseServers(await ports.records.read(), servers);
      const text = renderExport(chosen);
      if (passphrase === undefined) return text;
      return sealTravel({ text, values: await readValues(ports, chosen) }, passphrase);
    },
    planImport: async (input) => (await prepareImport(ports, input)).plan,
    importText: (input, choices) => streamRun((report) => runImport(ports, input, choices, report)),
  };
}

function chooseServers(
  { servers }: Records,
  wanted: readonly ServerId[] | undefined,
): readonly ServerRecord[] {
  for (const id of wanted ?? []) {
    if (servers.some((server) => server.id === id)) continue;
    throw new AppError('not_found', `There is no server “${id}”.`, {
      hint: 'Run `portcullis servers` to see their ids.',
      details: { server: id },
    });
  }
  return servers.filter(({ id }) => wanted?.includes(id) ?? true);
}

/** Sorted and indented, so that a repository shows small differences for small changes. */
function renderExport(servers: readonly ServerRecord[]): string {
  const exported = servers
    .map(exportServer)
    .toSorted((left, right) => (left.id < right.id ? -1 : 1));
  return `${JSON.stringify({ portcullis: 'records', version: 1, servers: exported }, null, 2)}\n`;
}

function exportServer(server: ServerRecord): ExportedServer {
  const { id, name, enabled, launch, secrets, placements, wanted, driftPolicy } = server;
  const places = [...placements, ...(wanted ?? [])].map(({ client, entryName }) => ({
    client,
    entryName,
  }));
  return {
    id,
    name,
    enabled,
    launch,
    secrets: secrets.map(({ name: secret, kind, rotateUrl }) => ({
      name: secret,
      kind,
      ...(rotateUrl === undefined ? {} : { rotateUrl }),
    })),
    clients: [...new Map(places.map((place) => [place.client, place])).values()],
    ...(driftPolicy === undefined ? {} : { driftPolicy }),
  };
}

function planExport({ machine }: TransferPorts, servers: readonly ServerRecord[]): ExportPlan {
  return {
    servers: servers.map(({ id, name }) => ({ id, name })),
    secrets: servers.reduce((count, { secrets }) => count + secrets.length, 0),
    warnings: servers.flatMap(({ name, launch }) => {
      const text = JSON.stringify(launch);
      const suspicious = detectInText(text, 'text').length;
      return [
        ...(text.includes(JSON.stringify(machine.home).slice(1, -1))
          ? [`“${name}” names a path of this computer.`]
          : []),
        ...(suspicious === 0
          ? []
          : [`“${name}” has a text that may be a secret, and it would be readable in the file.`]),
      ];
    }),
  };
}

async function readValues(
  { secrets }: TransferPorts,
  servers: readonly ServerRecord[],
): Promise<Travelling['values']> {
  const values = new Map<ServerId, SecretValues>();
  for (const { id } of servers) {
    const own = await secrets.read(id);
    if (own !== undefined) values.set(id, own);
  }
  return values;
}

interface Prepared {
  readonly plan: ImportPlan;
  readonly servers: readonly ExportedServer[];
  readonly values: Travelling['values'];
  readonly records: Records;
}

async function prepareImport(ports: TransferPorts, input: ImportInput): Promise<Prepared> {
  const { text, values } = await openText(input);
  const servers = parseExport(text);
  const records = await ports.records.read();
  const surveys = await ports.clients.survey([]);
  const here = new Set(surveys.filter(({ detected }) => detected).map(({ row }) => row.id));
  const planned: ImportPlan['servers'][number][] = [];
  for (const server of servers) {
    const known = records.servers.find(({ id }) => id === server.id);
    const stored = known === undefined ? [] : await storedNames(ports, server.id);
    const given = [...(values.get(server.id)?.keys() ?? [])];
    const absent = server.clients.filter(({ client }) => !here.has(client));
    const replaced = given.filter((name) => stored.includes(name));
    planned.push({
      id: server.id,
      name: server.name,
      way: known === undefined ? 'new' : sameLaunches(known, server) ? 'same' : 'changed',
      shown: showLaunch(server.launch),
      missing: neededSecrets(server).filter(
        (name) => !given.includes(name) && !stored.includes(name),
      ),
      clients: server.clients.map(({ client }) => client).filter((client) => here.has(client)),
      notes: [
        ...(absent.length === 0
          ? []
          : [`Not on this computer: ${absent.map(({ client }) => client).join(', ')}.`]),
        ...(replaced.length === 0
          ? []
          : [`Takes the place of what is stored here: ${replaced.join(', ')}.`]),
      ],
    });
  }
  const fingerprint = await ports.fingerprinter();
  const basis = fingerprint(new Secret(JSON.stringify([text, planned])));
  return {
    plan: { basis, sealed: isSealed(input.text), servers: planned },
    servers,
    values,
    records,
  };
}

function sameLaunches(left: Pick<ServerRecord, 'launch'>, right: ExportedServer): boolean {
  return hashOf(left) === hashOf(right);
}

function hashOf({ launch }: Pick<ServerRecord, 'launch'>): string {
  return hashPlain(readPlain(JSON.stringify(launch)));
}

async function storedNames(
  { secrets }: TransferPorts,
  server: ServerId,
): Promise<readonly SecretName[]> {
  return [...((await secrets.read(server))?.keys() ?? [])];
}

async function openText({ text, passphrase }: ImportInput): Promise<Travelling> {
  if (!isSealed(text)) return { text, values: new Map() };
  if (passphrase !== undefined) return openTravel(text, passphrase);
  throw new AppError('consent_needed', 'The file is sealed by a passphrase.', {
    hint: 'Enter the passphrase it was exported with.',
  });
}

function parseExport(text: string): readonly ExportedServer[] {
  let data: unknown;
  try {
    data = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // The engine's message quotes the text.
    throw notAnExport('it is not JSON');
  }
  const parsed = fileSchema.safeParse(data);
  if (parsed.success) return parsed.data.servers;
  const [issue] = parsed.error.issues;
  throw notAnExport(`at \`/${(issue?.path ?? []).map(String).join('/')}\` it is not as expected`);
}

function notAnExport(why: string): AppError {
  return new AppError('bad_input', `This is no file that \`portcullis export\` made: ${why}.`, {
    hint: 'Export it again on the other computer, and give the whole file.',
  });
}

async function runImport(
  ports: TransferPorts,
  input: ImportInput,
  choices: ImportChoices,
  report: Report,
) {
  const prepared = await prepareImport(ports, input);
  if (prepared.plan.basis !== choices.basis) {
    throw new AppError('conflict', 'Something has changed since this plan was made.', {
      hint: 'Make the plan again and look at what is different. Nothing was changed.',
    });
  }
  const wanted = prepared.servers.filter(({ id }) => choices.servers?.includes(id) ?? true);
  const receipts: Receipt[] = [];
  for (const [done, server] of wanted.entries()) {
    report({ step: 'store', subject: server.id, done, total: wanted.length });
    receipts.push(await importServer(ports, server, prepared, choices));
  }
  const taken = wanted.filter(({ id }) =>
    receipts.some(({ server, outcome }) => server === id && outcome !== 'failed'),
  );
  const placed = await placeImported(ports, taken, prepared, choices, report);
  return { receipts: [...receipts, ...placed], counts: (await ports.drift.look()).counts };
}

/** Keychain first, then the record: a record without its values would promise what is not there. */
async function importServer(
  ports: TransferPorts,
  server: ExportedServer,
  { values }: Prepared,
  { secrets: entered }: ImportChoices,
): Promise<Receipt> {
  const place = { item: server.id, file: ports.records.file, pointer: '', server: server.id };
  const own = new Map([...(values.get(server.id) ?? []), ...(entered.get(server.id) ?? [])]);
  try {
    if (own.size > 0) await ports.secrets.put(server.id, own);
    const at = ports.clock.now();
    await ports.records.change((records) => ({
      records: mergeServer(records, server, at),
      result: undefined,
    }));
    return { ...place, outcome: 'done', message: 'Taken over.' };
  } catch (thrown) {
    const { code, message, hint } = toAppError(thrown);
    const failed = { ...place, outcome: 'failed' as const, code, message };
    return hint === undefined ? failed : { ...failed, hint };
  }
}

function mergeServer(records: Records, server: ExportedServer, at: string): Records {
  const known = records.servers.find(({ id }) => id === server.id);
  const { id, name, enabled, launch, driftPolicy } = server;
  const merged: ServerRecord = {
    ...known,
    id,
    name,
    enabled,
    launch,
    secrets: server.secrets.map((secret) => ({
      ...secret,
      storedAt: known?.secrets.find((one) => one.name === secret.name)?.storedAt ?? at,
    })),
    placements: known?.placements ?? [],
    ...(driftPolicy === undefined ? {} : { driftPolicy }),
    createdAt: known?.createdAt ?? at,
    updatedAt: at,
  };
  const others = records.servers.filter((one) => one.id !== id);
  const servers = [...others, merged].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return { ...records, servers };
}

async function placeImported(
  { drift }: TransferPorts,
  servers: readonly ExportedServer[],
  { plan, records }: Prepared,
  { consents }: ImportChoices,
  report: Report,
): Promise<readonly Receipt[]> {
  const changes = servers.flatMap(({ id }): readonly DriftChange[] => {
    const clients = plan.servers.find((one) => one.id === id)?.clients ?? [];
    const known = records.servers.find((one) => one.id === id)?.placements ?? [];
    return clients
      .filter((client) => !known.some((placement) => placement.client === client))
      .map((client) => ({ action: 'place', server: id, client }));
  });
  if (changes.length === 0) return [];
  const placing = await drift.plan({ changes });
  const receipts: Receipt[] = [];
  const items = placing.items.map(({ id }) => id);
  const choices = { basis: placing.basis, selection: { changes }, items, consents };
  for await (const part of drift.apply(choices)) {
    if (part.type === 'result') receipts.push(...part.receipts);
    else report(part);
  }
  return receipts;
}
