/** Entries of clients and snippets to paste, as a door may see them. */
import type { EntrySummary } from '../../shared/models/client.ts';
import type { ServerId } from '../../shared/models/server.ts';
import type { App } from '../app.ts';
import { distinctEntries, launcherPath } from '../clients/clients.ts';
import type { Entry } from '../clients/entry.ts';
import { handedOver, isNamedLikeOurs } from '../clients/managed-entry.ts';
import { renderLauncherEntry } from '../clients/render-entry.ts';
import { snippetFor } from '../clients/snippet.ts';
import { findClient } from '../clients/table.ts';
import { toPointer } from '../documents/pointer.ts';
import { relate } from '../drift/own-entry.ts';
import { maskValues } from '../edits/values.ts';
import { detectInDocument } from '../exposure/detect-document.ts';
import { maskForms } from '../exposure/mask.ts';

/** Every entry once, of one client or of all, its suspected secrets masked. */
export async function listEntries(
  app: App,
  client: string | undefined,
): Promise<readonly EntrySummary[]> {
  const { projectFolders } = await app.records.read();
  if (client !== undefined) findClient(client);
  const surveys = await app.clients.survey(projectFolders);
  const chosen = surveys.filter(({ row }) => client === undefined || row.id === client);
  const masks = new Map(
    chosen.flatMap(({ files }) =>
      files.flatMap(({ document }) => {
        if (document === undefined) return [];
        const found = detectInDocument(document, {});
        const shown = found.map(({ value, preview }) => ({ value, shown: preview }));
        return [[document.file, shown] as const];
      }),
    ),
  );
  return distinctEntries(chosen).map((entry) => ({
    client: entry.client,
    file: entry.file,
    pointer: maskForms(toPointer(entry.path)),
    name: maskForms(entry.name),
    transport: entry.launch.transport,
    shown: maskValues(`${showEntry(entry)}${sayHanded(entry)}`, masks.get(entry.file) ?? []),
    enabled: entry.enabled,
    ...(entry.managed === undefined ? {} : { server: entry.managed }),
  }));
}

/** Programs that clients start without us; each could read what the person can read. */
export async function listUnmanaged(
  clients: App['clients'],
  records: App['records'],
): Promise<readonly { readonly client: string; readonly entryName: string }[]> {
  const { projectFolders, servers } = await records.read();
  const surveys = await clients.survey(projectFolders);
  const placed = servers.flatMap((record) =>
    record.placements.map((placement) => ({ record, placement })),
  );
  const isOurs = (entry: Entry): boolean => {
    const own = placed.find(
      ({ placement }) => placement.file === entry.file && placement.entryName === entry.name,
    );
    const { managed, handed } = relate(entry, [], own?.record, own?.placement);
    // What it hands over can make the launcher start anything.
    return managed !== undefined && handed.length === 0;
  };
  return distinctEntries(surveys)
    .filter((entry) => {
      return entry.launch.transport === 'stdio' && entry.enabled !== false && !isOurs(entry);
    })
    .map(({ client, name }) => ({ client, entryName: maskForms(name) }));
}

/** By name; the launcher needs none but those that it was written with. */
function sayHanded(entry: Entry): string {
  const handed =
    entry.managed !== undefined || isNamedLikeOurs(entry) ? handedOver(entry.launch) : [];
  return handed.length === 0 ? '' : ` (given besides: ${handed.join(', ')})`;
}

function showEntry({ launch, problem }: Entry): string {
  if (launch.transport === 'other') return problem ?? '';
  if (launch.transport !== 'stdio') return launch.url;
  return [launch.command, ...launch.args].join(' ');
}

/** What to paste into a client whose file we do not write. */
export async function makeSnippet(
  app: App,
  { client, server }: { readonly client: string; readonly server: ServerId },
): Promise<{ file: string; text: string; note?: string }> {
  const row = findClient(client);
  const { record } = await app.servers.get(server);
  const { machine, roots } = app.ports;
  const launcher = launcherPath(machine, roots);
  const value = renderLauncherEntry(row, undefined, {
    launcher,
    server,
    env: {},
    name: record.name,
  });
  const summaries = await app.clients.summaries();
  const file = summaries.find(({ id }) => id === client)?.files[0]?.path ?? '';
  return { file, ...snippetFor(row, record.name, value) };
}
