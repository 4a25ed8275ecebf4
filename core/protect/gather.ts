/** Reads everything a protect plan is made from: client files, env files, stored values, copies. */
import { createHash } from 'node:crypto';
import { isAbsolute } from 'node:path';
import { AppError, type ErrorCode } from '../../shared/errors.ts';
import type { ProtectSelection } from '../../shared/models/protect.ts';
import type { ServerId } from '../../shared/models/server.ts';
import type { ClientSurvey, Clients } from '../clients/clients.ts';
import { distinctEntries } from '../clients/clients.ts';
import type { Entry } from '../clients/entry.ts';
import type { FileSurvey } from '../clients/survey-file.ts';
import { requireClients } from '../clients/table.ts';
import { parseDotenv } from '../documents/dotenv.ts';
import { decodeText, encodeText } from '../documents/text.ts';
import { findPaths, type Paths } from '../edits/target.ts';
import { detectInDocument } from '../exposure/detect-document.ts';
import { detectInText } from '../exposure/detect-text.ts';
import { type Detection, isWorthMoving } from '../exposure/detection.ts';
import type { Exposure } from '../exposure/exposure.ts';
import type { Files, Machine } from '../ports.ts';
import type { RecordsStore } from '../records/records.ts';
import type { Records } from '../records/schema.ts';
import type { Secrets, SecretValues } from '../secrets/secrets.ts';
import { type Copy, type CopyTarget, findCopies, type ProtectedValue } from './copies.ts';
import { type Draft, type DraftInput, draftProtect, envFilePath, itemId } from './draft.ts';
import { detectionsIn, type EnvFileSource, type Source } from './source.ts';

export interface GatherPorts {
  readonly machine: Pick<Machine, 'home'>;
  readonly clients: Clients;
  readonly exposure: Pick<Exposure, 'listRelated'>;
  readonly files: Files;
  readonly records: RecordsStore;
  readonly secrets: Secrets;
}

/** A finding that stays, or a file that cannot be judged, with the reason. */
export interface LeftAlone {
  readonly file: string;
  readonly client: string;
  readonly reason: string;
  /** Absent when the whole file is meant. */
  readonly detection?: Detection;
  /** Present when the file could not be judged although we know its format. */
  readonly code?: ErrorCode;
}

export interface Gathered {
  readonly draft: Draft;
  readonly copies: readonly Copy[];
  readonly leftAlone: readonly LeftAlone[];
  readonly records: Records;
  readonly paths: Paths;
}

/** Larger files are no env files or shell histories that a person keeps. */
const limit = 8 * 1024 * 1024;

export async function gather(ports: GatherPorts, selection: ProtectSelection): Promise<Gathered> {
  requireClients(selection.clients);
  const records = await ports.records.read();
  const folders = [...new Set([...records.projectFolders, ...(selection.projects ?? [])])];
  const surveys = (await ports.clients.survey(folders)).filter(
    ({ row }) => records.clientSettings[row.id]?.ignored !== true,
  );
  const sources = readSources(surveys);
  const chosen = sources.filter(({ row }) => selection.clients?.includes(row.id) ?? true);
  const envFiles = await readEnvFiles(ports.files, sources);
  const places = chosenPlaces(selection);
  const first = {
    sources: chosen,
    envFiles,
    records: records.servers,
    stored: new Map(),
    ...(places === undefined ? {} : { chosen: places }),
  };
  const stored = await readStored(ports.secrets, draftProtect(first), records);
  const draft = selectServers(draftProtect({ ...first, stored }), selection);
  const copies = await gatherCopies(ports, surveys, sources, envFiles, draft);
  const whole = selection.servers === undefined;
  const leftAlone = whole ? [...listOutside(chosen), ...listUnreadable(surveys, selection)] : [];
  const paths = await findPaths(ports.files, ports.machine.home, [
    ...draft.entries.flatMap(({ source, envFile }) => [source.file, envFile?.file ?? source.file]),
    ...copies.map(({ target }) => target.file),
  ]);
  return { draft, copies, leftAlone, records, paths };
}

function chosenPlaces({ places }: ProtectSelection): DraftInput['chosen'] {
  if (places === undefined) return undefined;
  return new Map(
    places.map(({ file, pointer, server }) => [itemId(file, pointer), server] as const),
  );
}

function readSources(surveys: readonly ClientSurvey[]): readonly Source[] {
  const distinct = new Set(distinctEntries(surveys));
  const seen = new Map<string, readonly Detection[]>();
  return surveys.flatMap(({ row, files }) =>
    files.flatMap((file): readonly Source[] => {
      const { document, location } = file;
      const entries = file.entries.filter((entry) => distinct.has(entry));
      if (document === undefined || (entries.length === 0 && seen.has(document.file))) return [];
      const servers = file.entries.map(({ path, name }) => ({ path, name }));
      const detections = seen.get(document.file) ?? detectInDocument(document, { servers });
      seen.set(document.file, detections);
      const bytes = encodeText(document.text, document.bom, document.file);
      const readOnly = whyReadOnly(row.name, file);
      return [
        {
          row,
          file: document.file,
          role: location.role,
          ...(location.project === undefined ? {} : { project: location.project }),
          document,
          bytes,
          hash: hashBytes(bytes),
          entries,
          detections,
          ...(readOnly === undefined ? {} : { readOnly }),
        },
      ];
    }),
  );
}

/** Secrets of the client itself: provider keys, OAuth secrets. No server receives them. */
function listOutside(sources: readonly Source[]): readonly LeftAlone[] {
  return sources.flatMap((source) => {
    const inEntries = new Set(
      source.entries.flatMap((entry) => detectionsIn(source.detections, entry)),
    );
    return source.detections
      .filter((found) => found.path !== undefined && isWorthMoving(found) && !inEntries.has(found))
      .map((detection) => ({
        file: source.file,
        client: source.row.id,
        reason: `This belongs to ${source.row.name} itself and not to a server, so it stays. Keep it out of this file if ${source.row.name} offers another place for it.`,
        detection,
      }));
  });
}

const unreadCodes: Partial<Record<FileSurvey['state'], ErrorCode>> = {
  unparsable: 'file_unparsable',
  unreadable: 'file_unreadable',
  unsupported: 'file_unsupported',
};

function listUnreadable(
  surveys: readonly ClientSurvey[],
  { clients }: ProtectSelection,
): readonly LeftAlone[] {
  const seen = new Set<string>();
  return surveys
    .filter(({ row }) => clients?.includes(row.id) ?? true)
    .flatMap(({ row, files }) =>
      files.flatMap(({ location, state, problem }): readonly LeftAlone[] => {
        if (problem === undefined || state === 'missing' || seen.has(location.path)) return [];
        seen.add(location.path);
        const hint = problem.hint === undefined ? '' : ` ${problem.hint}`;
        const reason = `${problem.message}${hint}`;
        // A script is no config file that we know and cannot read.
        const code = location.format === undefined ? undefined : unreadCodes[state];
        const left = { file: location.path, client: row.id, reason };
        return [code === undefined ? left : { ...left, code }];
      }),
    );
}

function whyReadOnly(client: string, { location }: FileSurvey): AppError | undefined {
  if (location.writable) return undefined;
  return new AppError('unsupported', `Portcullis does not write this file of ${client}.`, {
    hint: location.note ?? 'Edit it by hand; `portcullis clients` shows a snippet to paste.',
  });
}

async function readEnvFiles(
  files: Files,
  sources: readonly Source[],
): Promise<readonly EnvFileSource[]> {
  const paths = sources.flatMap((source) =>
    source.entries.flatMap((entry: Entry) => envFilePath(entry) ?? []),
  );
  const unique = [...new Set(paths)].filter((path) => isAbsolute(path));
  const read = await Promise.all(unique.map((path) => readEnvFile(files, path)));
  return read.filter((envFile) => envFile !== undefined);
}

/** Undefined when it is not there or not readable; then its entry says so. */
async function readEnvFile(files: Files, file: string): Promise<EnvFileSource | undefined> {
  try {
    const bytes = await files.read(file, { limit });
    const { text } = decodeText(bytes, file);
    const { entries } = parseDotenv(text);
    return {
      file,
      text,
      bytes,
      hash: hashBytes(bytes),
      variables: entries.map(({ name, value, line }) => ({ name, value, line })),
      detections: detectInText(text, 'dotenv'),
    };
  } catch (thrown) {
    if (thrown instanceof AppError) return undefined;
    throw thrown;
  }
}

/** What the keychain holds for records that get more entries; needed to see whether values agree. */
async function readStored(
  secrets: Secrets,
  draft: Draft,
  records: Records,
): Promise<ReadonlyMap<ServerId, SecretValues>> {
  const stored = new Map<ServerId, SecretValues>();
  for (const { id } of records.servers) {
    if (!draft.servers.some((server) => server.existing?.id === id)) continue;
    const values = await secrets.read(id);
    if (values !== undefined) stored.set(id, values);
  }
  return stored;
}

function selectServers(draft: Draft, { servers }: ProtectSelection): Draft {
  if (servers === undefined) return draft;
  for (const wanted of servers) requireServer(draft, wanted);
  const entries = draft.entries.filter(
    ({ entry, server }) =>
      servers.includes(entry.name) || (server !== undefined && servers.includes(server)),
  );
  return {
    entries,
    servers: draft.servers.filter((server) => entries.some((entry) => entry.server === server.id)),
  };
}

function requireServer(draft: Draft, wanted: string): void {
  if (draft.entries.some(({ entry, server }) => entry.name === wanted || server === wanted)) return;
  throw new AppError('not_found', `No exposed secret belongs to a server named “${wanted}”.`, {
    hint: 'Run `portcullis scan` to see what is exposed, and where.',
    details: { server: wanted },
  });
}

async function gatherCopies(
  ports: GatherPorts,
  surveys: readonly ClientSurvey[],
  sources: readonly Source[],
  envFiles: readonly EnvFileSource[],
  draft: Draft,
): Promise<readonly Copy[]> {
  const values = protectedValues(draft);
  if (values.length === 0) return [];
  const comments = sources.flatMap(commentsOf);
  const moving = new Set(draft.entries.flatMap(({ envFile }) => envFile?.file ?? []));
  const shared = envFiles
    .filter(({ file }) => !moving.has(file))
    .map(({ file, bytes, text }): CopyTarget => ({ file, kind: 'env-file', bytes, text }));
  const live = new Set([...sources.map(({ file }) => file), ...envFiles.map(({ file }) => file)]);
  const related = await ports.exposure.listRelated(
    surveys.flatMap(({ files }) => files.map(({ location }) => location.path)),
  );
  const others = await Promise.all(
    related
      .filter(({ file }) => !live.has(file))
      .map(({ file, kind }) => readTarget(ports.files, file, kind)),
  );
  const targets = [...comments, ...shared, ...others.filter((target) => target !== undefined)];
  return findCopies(targets, values);
}

function commentsOf(source: Source): readonly CopyTarget[] {
  const { document } = source;
  if (document.comments.length === 0 || source.readOnly !== undefined) return [];
  // Everything but the comments is blanked, so that lines keep their numbers.
  let text = '';
  let from = 0;
  for (const comment of document.comments) {
    text += document.text.slice(from, comment.start).replace(/[^\n]/g, ' ');
    text += document.text.slice(comment.start, comment.end);
    from = comment.end;
  }
  return [{ file: source.file, kind: 'comment', bytes: source.bytes, text }];
}

async function readTarget(
  files: Files,
  file: string,
  kind: CopyTarget['kind'],
): Promise<CopyTarget | undefined> {
  try {
    const bytes = await files.read(file, { limit });
    return { file, kind, bytes, text: decodeText(bytes, file).text };
  } catch (thrown) {
    // Unreadable, too large or not text: the scan names it among what was not looked at.
    if (thrown instanceof AppError) return undefined;
    throw thrown;
  }
}

/** The stored values and, where a scanner found a smaller secret inside one, that one too. */
function protectedValues(draft: Draft): readonly ProtectedValue[] {
  return draft.servers.flatMap((server) =>
    [...server.secrets].flatMap(([name, candidates]) =>
      candidates.flatMap((candidate): readonly ProtectedValue[] => {
        const base = { server: server.id, name };
        const inner = candidate.stored ? candidate.value : candidate.detection.value;
        return inner.equals(candidate.value)
          ? [{ ...base, value: inner }]
          : [
              { ...base, value: candidate.value },
              { ...base, value: inner },
            ];
      }),
    ),
  );
}

function hashBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
