/** Finds entries of ours again in a file that others may have changed since we wrote it. */
import { AppError } from '../../shared/errors.ts';
import type { ServerId } from '../../shared/models/server.ts';
import type { DocumentFormat, ParsedDocument } from '../documents/document.ts';
import { parseDocument } from '../documents/parse-document.ts';
import type { Clients } from './clients.ts';
import type { Entry } from './entry.ts';
import type { FileLocation } from './locate-files.ts';
import { managedServerId } from './managed-entry.ts';
import { readEntries } from './read-entries.ts';
import type { ClientRow } from './row.ts';

/** How to read one file: as which client, in which format. */
export interface KnownFile {
  readonly row: ClientRow;
  readonly location: FileLocation;
  readonly format: DocumentFormat;
}

/** Client id and path → how to read that file. */
export type KnownFiles = ReadonlyMap<string, KnownFile>;

export function knownFileKey(client: string, file: string): string {
  return JSON.stringify([client, file]);
}

/** Every file of every client that can be read as a document, whatever state it is in. */
export async function listKnownFiles(
  clients: Pick<Clients, 'survey'>,
  projectFolders: readonly string[],
): Promise<KnownFiles> {
  const surveys = await clients.survey(projectFolders);
  return new Map(
    surveys.flatMap(({ row, files }) =>
      files.flatMap(({ location }): readonly (readonly [string, KnownFile])[] =>
        location.format === undefined
          ? []
          : [[knownFileKey(row.id, location.path), { row, location, format: location.format }]],
      ),
    ),
  );
}

export interface OpenedFile {
  readonly document: ParsedDocument;
  readonly entries: readonly Entry[];
}

/** Errors: what parsing throws. */
export function openKnownFile(known: KnownFile, bytes: Uint8Array, launcher: string): OpenedFile {
  const document = parseDocument(bytes, known.format, known.location.path);
  const entries = readEntries(known.row, known.location, document).map((entry) => {
    const managed = managedServerId(entry, [launcher]);
    return managed === undefined ? entry : { ...entry, managed };
  });
  return { document, entries };
}

/** Our entry of this server, by name where there are several. */
export function findPlaced(
  { entries }: OpenedFile,
  server: ServerId,
  name: string,
): Entry | undefined {
  const own = entries.filter(({ managed }) => managed === server);
  return own.find((entry) => entry.name === name) ?? own[0];
}

export function unknownFile(client: string, file: string): AppError {
  return new AppError('not_found', `Portcullis no longer knows ${file} as a file of ${client}.`, {
    hint: 'If it belongs to a project, add the project folder again.',
    details: { file, client },
  });
}
