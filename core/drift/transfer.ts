/**
 * The whole set of records out of this machine and into another: readable and without a value for a
 * dotfiles repository, or with the values, sealed by a passphrase. Placements do not travel, only which
 * clients have a server; on the other machine they are placed as if a person ticked them.
 */
import { AppError } from '../../shared/errors.ts';
import type {
  DriftStream,
  ExportedServer,
  ExportPlan,
  ImportPlan,
} from '../../shared/models/drift.ts';
import type { ServerId, ServerRecord } from '../../shared/models/server.ts';
import type { Secret } from '../../shared/secret.ts';
import { streamRun } from '../edits/stream.ts';
import { detectInText } from '../exposure/detect-text.ts';
import type { Machine } from '../ports.ts';
import type { Records } from '../records/schema.ts';
import type { Secrets, SecretValues } from '../secrets/secrets.ts';
import { sealTravel, type Travelling } from '../secrets/travel.ts';
import type { Drift, DriftPorts } from './drift.ts';
import { type ImportChoices, runImport } from './import.ts';
import { type ImportInput, prepareImport } from './plan-import.ts';

export interface TransferPorts extends DriftPorts {
  readonly machine: Machine;
  readonly secrets: Secrets;
  readonly drift: Drift;
}

export interface Transfer {
  planExport(servers?: readonly ServerId[]): Promise<ExportPlan>;
  /** Errors: `not_found`; with a passphrase `keychain_*`, `secret_missing`. */
  exportText(servers: readonly ServerId[] | undefined, passphrase?: Secret): Promise<string>;
  /** Errors: `bad_input`, `passphrase_wrong`, `consent_needed` when it is sealed and no passphrase came. */
  planImport(input: ImportInput): Promise<ImportPlan>;
  importText(input: ImportInput, choices: ImportChoices): AsyncGenerator<DriftStream>;
}

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
  const { id, name, enabled, launch, scope, secrets, placements, wanted, driftPolicy } = server;
  const places = [...placements, ...(wanted ?? [])].map(({ client, entryName }) => ({
    client,
    entryName,
  }));
  return {
    id,
    name,
    enabled,
    launch,
    ...(scope === undefined ? {} : { scope }),
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
    warnings: servers.flatMap(({ name, launch, scope }) => {
      const text = JSON.stringify([launch, scope]);
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
