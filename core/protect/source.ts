/** What protect looks at: a client's file with its entries and the detections in it. */
import { isAbsolute } from 'node:path';
import type { AppError } from '../../shared/errors.ts';
import type { ClientFile } from '../../shared/models/client.ts';
import type { Entry } from '../clients/entry.ts';
import type { ClientRow } from '../clients/row.ts';
import type { ParsedDocument } from '../documents/document.ts';
import type { Detection } from '../exposure/detection.ts';

export interface Source {
  readonly row: ClientRow;
  readonly file: string;
  readonly role: ClientFile['role'];
  /** The project that the file belongs to. */
  readonly project?: string;
  readonly document: ParsedDocument;
  readonly bytes: Uint8Array;
  /** SHA-256 (hex) of the bytes that were parsed. */
  readonly hash: string;
  readonly entries: readonly Entry[];
  readonly detections: readonly Detection[];
  /** Why nothing in this file may be written, when that is so. */
  readonly readOnly?: AppError;
}

/** A dotenv file that entries name. */
export interface EnvFileSource {
  readonly file: string;
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly hash: string;
  readonly variables: readonly {
    readonly name: string;
    readonly value: string;
    readonly line: number;
  }[];
  readonly detections: readonly Detection[];
}

/** The folder that the client starts an entry in: its file's project, or the one that the entry is filed under. */
export function projectOf(
  { projectsAt }: Pick<ClientRow, 'projectsAt'>,
  fileProject: string | undefined,
  { path }: Pick<Entry, 'path'>,
): string | undefined {
  const isFiled = projectsAt?.every((key, at) => path[at] === key) ?? false;
  const folder = isFiled ? path[projectsAt?.length ?? 0] : fileProject;
  return typeof folder === 'string' && isAbsolute(folder) ? folder : undefined;
}

/** The detections that stand inside one entry, its name and other keys included. */
export function detectionsIn(
  detections: readonly Detection[],
  entry: Pick<Entry, 'path'>,
): readonly Detection[] {
  return detections.filter(({ path, keyPath }) => {
    const place = path ?? keyPath;
    if (place === undefined) return false;
    const isBelow = entry.path.every((key, at) => place[at] === key);
    return isBelow && (path === undefined || path.length > entry.path.length);
  });
}
