/** What importing a file of records would do here: opened, parsed, and held against what is known. */
import * as z from 'zod';
import { AppError } from '../../shared/errors.ts';
import {
  type ExportedServer,
  exportedServerSchema,
  type ImportConsent,
  type ImportPlan,
} from '../../shared/models/drift.ts';
import type { SecretName, ServerRecord } from '../../shared/models/server.ts';
import { Secret } from '../../shared/secret.ts';
import type { ClientSurvey } from '../clients/clients.ts';
import { hashPlain, readPlain } from '../documents/plain-json.ts';
import { showWholeLaunch } from '../launch/show.ts';
import type { Records } from '../records/schema.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { isSealed, openTravel, type Travelling } from '../secrets/travel.ts';
import { neededSecrets } from '../servers/servers.ts';
import type { DriftPorts } from './drift.ts';
import { note, noteDifferences, noteFolders } from './import-notes.ts';
import { consentToPlace } from './plan.ts';

export interface ImportPorts extends DriftPorts {
  readonly secrets: Secrets;
}

export interface ImportInput {
  readonly text: string;
  readonly passphrase?: Secret;
}

const fileSchema = z.strictObject({
  portcullis: z.literal('records'),
  version: z.literal(1),
  servers: z.array(exportedServerSchema).readonly(),
});

const laterSchema = z.looseObject({
  portcullis: z.literal('records'),
  version: z.int().min(2),
});

export interface Prepared {
  readonly plan: ImportPlan;
  readonly servers: readonly ExportedServer[];
  readonly values: Travelling['values'];
}

type PlannedServer = ImportPlan['servers'][number];

/** The yes without which no stored secret goes to what a file starts. */
export const storedSecrets: ImportConsent = 'stored-secrets';

/** Errors: `bad_input`, `passphrase_wrong`, `consent_needed` when it is sealed and no passphrase came. */
export async function prepareImport(ports: ImportPorts, input: ImportInput): Promise<Prepared> {
  const { text, values } = await openText(input);
  const servers = parseExport(text);
  const records = await ports.records.read();
  const surveys = await ports.clients.survey([]);
  const planned: PlannedServer[] = [];
  for (const server of servers) {
    const known = records.servers.find(({ id }) => id === server.id);
    const isAsked = neededSecrets(server).length > 0 || values.has(server.id);
    // Whether there is a record or not: a server that was removed may have left its secrets.
    const stored = isAsked ? await ports.secrets.names(server.id) : [];
    planned.push(planServer(server, { known, stored, values, surveys, records }));
  }
  const fingerprint = await ports.fingerprinter();
  const basis = fingerprint(new Secret(JSON.stringify([text, planned])));
  return { plan: { basis, sealed: isSealed(input.text), servers: planned }, servers, values };
}

/** What there is on this computer for one server of the file. */
interface Here {
  readonly known: ServerRecord | undefined;
  readonly stored: readonly SecretName[];
  readonly values: Travelling['values'];
  readonly surveys: readonly ClientSurvey[];
  readonly records: Records;
}

function planServer(server: ExportedServer, here: Here): PlannedServer {
  const { known, stored, values, surveys, records } = here;
  const given = [...(values.get(server.id)?.keys() ?? [])];
  const compared = compare(known, server);
  const needed = neededSecrets(server).filter((name) => !given.includes(name));
  const placing = planClients(server, known, surveys, records);
  // Whoever wrote the file decides what it starts; what it then gets is for the person to decide.
  const handed = compared.way === 'same' ? [] : intersect(needed, stored);
  return {
    id: server.id,
    name: server.name,
    ...compared,
    missing: needed.filter((name) => !stored.includes(name)),
    ...placing,
    consents: handed.length === 0 ? placing.consents : [storedSecrets, ...placing.consents],
    notes: [
      ...note('Would get secrets that are stored on this computer', handed),
      ...noteDifferences(known, server),
      ...noteClients(server, surveys),
      ...noteFolders(server),
      ...note('Takes the place of what is stored here', intersect(given, stored)),
    ],
  };
}

function compare(
  known: ServerRecord | undefined,
  server: ExportedServer,
): Pick<PlannedServer, 'way' | 'shown' | 'here'> {
  const shown = showWholeLaunch(server.launch);
  if (known === undefined) return { way: 'new', shown };
  const isSame = hashOf(known.launch) === hashOf(server.launch);
  if (isSame && noteDifferences(known, server).length === 0) return { way: 'same', shown };
  return { way: 'changed', shown, here: showWholeLaunch(known.launch) };
}

function hashOf(launch: ExportedServer['launch']): string {
  return hashPlain(readPlain(JSON.stringify(launch)));
}

/** The clients that would get a new entry, and the yes that this needs. */
function planClients(
  server: ExportedServer,
  known: ServerRecord | undefined,
  surveys: readonly ClientSurvey[],
  { clientSettings }: Records,
): Pick<PlannedServer, 'clients' | 'consents'> {
  const wanted = surveys.filter(
    ({ row, detected, target }) =>
      detected &&
      target !== undefined &&
      server.clients.some(({ client }) => client === row.id) &&
      !known?.placements.some(({ client }) => client === row.id),
  );
  const consents = wanted.flatMap(
    (client) => consentToPlace(client, client.target?.location.role, clientSettings) ?? [],
  );
  return { clients: wanted.map(({ row }) => row.id), consents: [...new Set(consents)] };
}

function noteClients(
  { clients }: ExportedServer,
  surveys: readonly ClientSurvey[],
): readonly string[] {
  const here = new Map(
    surveys.filter(({ detected }) => detected).map((one) => [one.row.id, one] as const),
  );
  const ids = clients.map(({ client }) => client);
  const closed = ids.filter((id) => here.has(id) && here.get(id)?.target === undefined);
  const names = new Map(surveys.map(({ row }) => [row.id, row.name]));
  const nameOf = (id: string) => names.get(id) ?? id;
  return [
    ...note('Not on this computer', ids.filter((id) => !here.has(id)).map(nameOf)),
    ...note('Not written by Portcullis, so to be added by hand', closed.map(nameOf)),
  ];
}

function intersect(left: readonly string[], right: readonly string[]): readonly string[] {
  return left.filter((one) => right.includes(one));
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
  if (parsed.success) return refuseTwins(parsed.data.servers);
  if (laterSchema.safeParse(data).success) {
    throw new AppError('bad_input', 'This file was exported by a newer Portcullis.', {
      hint: 'Update Portcullis on this computer, then import it again.',
    });
  }
  const [issue] = parsed.error.issues;
  throw notAnExport(`at \`/${(issue?.path ?? []).map(String).join('/')}\` it is not as expected`);
}

/** Of two servers with one id the second would quietly take the place of the first. */
function refuseTwins(servers: readonly ExportedServer[]): readonly ExportedServer[] {
  const ids = servers.map(({ id }) => id);
  const twin = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twin !== undefined) throw notAnExport(`it has two servers “${twin}”`);
  return servers;
}

function notAnExport(why: string): AppError {
  return new AppError('bad_input', `This is no file that Portcullis exported: ${why}.`, {
    hint: 'Export it again on the other computer, and give the whole file.',
  });
}
