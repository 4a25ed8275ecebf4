/**
 * Meets changes: whatever a look finds different from the last one is sealed and told in the timeline,
 * whoever made it. What it means for our entries is `judge.ts`.
 */
import { toAppError } from '../../shared/errors.ts';
import { Secret } from '../../shared/secret.ts';
import type { ClientSurvey } from '../clients/clients.ts';
import { comparableEntry } from '../clients/compare-entries.ts';
import { findContainers } from '../clients/containers.ts';
import type { Entry } from '../clients/entry.ts';
import type { FileSurvey } from '../clients/survey-file.ts';
import { stringifyPlain } from '../documents/plain-json.ts';
import { encodeText } from '../documents/text.ts';
import type { Edits } from '../edits/edits.ts';
import type { HistoryLine } from '../edits/model.ts';
import { hashBytes } from '../edits/seal.ts';
import { maskForms } from '../exposure/mask.ts';
import type { Clock, Files, Keychain } from '../ports.ts';
import type { Latest, NameMemory, Snapshot, Timeline, TimelineLine } from './timeline.ts';

export interface ObservePorts {
  readonly files: Files;
  readonly clock: Clock;
  readonly keychain: Pick<Keychain, 'status'>;
  readonly edits: Pick<Edits, 'seal' | 'history' | 'marks'>;
  readonly timeline: Timeline;
  readonly fingerprinter: () => Promise<(value: Secret) => string>;
}

/** One file as it is now, whichever clients read it. */
interface Seen {
  readonly file: string;
  readonly bytes: Uint8Array | undefined;
  readonly hash: string | undefined;
  readonly broken: boolean;
  readonly comments: number;
  readonly hasBlock: boolean;
  readonly entries: Readonly<Record<string, string>>;
  readonly clients: readonly ClientSurvey[];
}

export interface Observed {
  readonly latest: Latest;
  /** Files that are not what they were at the last look. */
  readonly changed: readonly string[];
  readonly problems: readonly string[];
}

/** Larger files are sealed when their entries change, and otherwise once an hour at most. */
const largeFile = 1024 * 1024;
const hour = 60 * 60 * 1000;

export async function observe(
  ports: ObservePorts,
  surveys: readonly ClientSurvey[],
): Promise<Observed> {
  const fingerprint = await ports.fingerprinter();
  const known = await ports.timeline.latest();
  const all = await seeFiles(ports.files, surveys, fingerprint);
  const late = all.some(({ file }) => known.files[file]?.unsealed === true);
  const different = all.filter((one) => isDifferent(one, known.files[one.file]));
  const canSeal = (different.length > 0 || late) && (await isKeychainOpen(ports.keychain));
  if (all.some((one) => hasPlainHash(one, known.files[one.file]))) await renewHashes(ports, all);
  const seen =
    late && canSeal
      ? all.filter((one) => different.includes(one) || known.files[one.file]?.unsealed === true)
      : different;
  if (seen.length === 0) return { latest: known, changed: [], problems: [] };
  const problems: string[] = [];
  const changed: string[] = [];
  const latest = await ports.timeline.change(async (before) => {
    const files = { ...before.files };
    const lines = new Map<string, TimelineLine>();
    for (const one of seen) {
      const last = before.files[one.file];
      // Another process may have met this change while we waited for the lock.
      if (!isDifferent(one, last)) {
        const backup =
          last?.unsealed === true && canSeal
            ? await seal(ports, one, undefined, true, last.at, problems)
            : undefined;
        if (last !== undefined && backup !== undefined) {
          const { unsealed: _, ...rest } = last;
          files[one.file] = { ...rest, backup, sealedAt: last.at };
        }
        continue;
      }
      const { snapshot, line } = await describeChange(ports, one, last, canSeal, problems);
      files[one.file] = snapshot;
      if (line === undefined) continue;
      lines.set(one.file, line);
      changed.push(one.file);
    }
    return { latest: { ...before, files }, lines };
  });
  return { latest, changed, problems: [...new Set(problems)] };
}

function isDifferent(seen: Seen, last: Snapshot | undefined): boolean {
  if (last === undefined) return seen.hash !== undefined;
  if (hasPlainHash(seen, last)) return seen.broken !== last.broken;
  return seen.hash !== last.hash || seen.broken !== last.broken;
}

/** Of the same content, written before there were marks of whole files. */
function hasPlainHash({ bytes }: Seen, last: Snapshot | undefined): boolean {
  if (bytes === undefined || last?.hash === undefined || last.hash.length !== 64) return false;
  return hashBytes(bytes) === last.hash;
}

/** A guess at a short secret in a file could be tested with a plain hash of the whole. */
async function renewHashes({ timeline }: ObservePorts, all: readonly Seen[]): Promise<void> {
  await timeline.change(async (latest) => {
    const files = { ...latest.files };
    for (const one of all) {
      const last = files[one.file];
      if (last === undefined || one.hash === undefined || !hasPlainHash(one, last)) continue;
      files[one.file] = { ...last, hash: one.hash };
    }
    return { latest: { ...latest, files }, lines: new Map() };
  });
}

async function isKeychainOpen(keychain: Pick<Keychain, 'status'>): Promise<boolean> {
  // Looking must not make a keychain ask its person for a password.
  const { state } = await keychain.status();
  return state === 'ready' || state === 'vault';
}

async function seeFiles(
  files: Files,
  surveys: readonly ClientSurvey[],
  fingerprint: (value: Secret) => string,
): Promise<readonly Seen[]> {
  const all = surveys.flatMap((client) =>
    client.files.map((survey) => ({ client, survey, path: survey.location.path })),
  );
  const groups = [...Map.groupBy(all, ({ path }) => path)].filter(([, group]) =>
    group.some(({ survey }) => survey.location.format !== undefined),
  );
  const seen = await Promise.all(
    groups.map(async ([file, group]): Promise<Seen> => {
      const surveys = group.map(({ survey }) => survey);
      const bytes = await bytesOf(files, surveys);
      const parsed = surveys.filter(({ state }) => state === 'present');
      return {
        file,
        bytes,
        hash: bytes === undefined ? undefined : fingerprint(new Secret(hashBytes(bytes))),
        broken: parsed.length === 0 && surveys.some(({ state }) => state !== 'missing'),
        comments: parsed[0]?.document?.comments.length ?? 0,
        hasBlock: parsed.some(hasBlock),
        entries: markEntries(parsed, fingerprint),
        clients: group.map(({ client }) => client),
      };
    }),
  );
  return seen;
}

/** Unreadable content cannot be told from no content; the file counts as broken then. */
async function bytesOf(
  files: Files,
  surveys: readonly FileSurvey[],
): Promise<Uint8Array | undefined> {
  const document = surveys.find((survey) => survey.document !== undefined)?.document;
  if (document !== undefined) return encodeText(document.text, document.bom, document.file);
  const broken = surveys.find(({ state }) => state === 'unparsable' || state === 'unsupported');
  if (broken === undefined) return undefined;
  try {
    return await files.read(broken.location.path, { limit: 16 * largeFile });
  } catch {
    return undefined;
  }
}

function hasBlock({ location, document }: FileSurvey): boolean {
  return document !== undefined && findContainers(location, document).length > 0;
}

function markEntries(
  surveys: readonly FileSurvey[],
  fingerprint: (value: Secret) => string,
): Readonly<Record<string, string>> {
  const marks: Record<string, string> = Object.create(null);
  for (const { entries } of surveys) {
    for (const entry of entries) marks[maskForms(entry.name)] ??= markOf(entry, fingerprint);
  }
  return { ...marks };
}

/** The same for entries that mean the same, under a key of this machine. */
export function markOf(
  entry: Pick<Entry, 'launch' | 'enabled' | 'raw'>,
  fingerprint: (value: Secret) => string,
): string {
  return fingerprint(new Secret(stringifyPlain(comparableEntry(entry))));
}

async function describeChange(
  ports: ObservePorts,
  seen: Seen,
  last: Snapshot | undefined,
  canSeal: boolean,
  problems: string[],
): Promise<{ readonly snapshot: Snapshot; readonly line: TimelineLine | undefined }> {
  const at = ports.clock.now();
  const writer = await findWriter(ports, seen, last, canSeal);
  // A broken file tells nothing of its entries: what stood there is remembered until it is mended.
  const entries = seen.broken ? (last?.entries ?? {}) : seen.entries;
  const names = compareNames(last?.entries ?? {}, entries);
  const commentsLost = seen.broken ? 0 : Math.max(0, (last?.comments ?? 0) - seen.comments);
  const touched = names.added.length + names.removed.length + names.changed.length > 0;
  const backup = canSeal ? await seal(ports, seen, last, touched, at, problems) : undefined;
  const fact = { at, ...writer, together: names.removed.length, commentsLost };
  const blockGone = !seen.hasBlock;
  const remembered = (gone: boolean) => (name: string) =>
    [name, { ...fact, gone, blockGone: gone && blockGone }] as const;
  const snapshot: Snapshot = {
    at,
    ...writer,
    ...(seen.hash === undefined ? {} : { hash: seen.hash }),
    broken: seen.broken,
    bytes: seen.bytes?.byteLength ?? 0,
    comments: seen.broken ? (last?.comments ?? 0) : seen.comments,
    entries: { ...entries },
    memory: remember(last?.memory ?? {}, [
      ...names.removed.map(remembered(true)),
      ...[...names.added, ...names.changed].map(remembered(false)),
    ]),
    ...(backup === undefined ? keptSeal(last, seen) : { backup, sealedAt: at }),
    ...(backup === undefined && seen.bytes !== undefined && !canSeal
      ? { unsealed: true as const }
      : {}),
  };
  const line: TimelineLine = {
    at,
    ...writer,
    what: whatOf(seen, last),
    ...names,
    other: !touched,
    bytes: snapshot.bytes,
    ...(backup === undefined ? {} : { backup }),
  };
  return { snapshot, line };
}

/** The time of the last seal counts for large files even when its content is not the present one. */
function keptSeal(last: Snapshot | undefined, { hash }: Seen): Partial<Snapshot> {
  if (last?.sealedAt === undefined || hash === undefined) return {};
  return { sealedAt: last.sealedAt };
}

function whatOf(seen: Seen, last: Snapshot | undefined): TimelineLine['what'] {
  if (seen.broken) return 'broken';
  if (seen.hash === undefined) return 'gone';
  return last === undefined ? 'first-seen' : 'changed';
}

function compareNames(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Pick<TimelineLine, 'added' | 'removed' | 'changed'> {
  return {
    added: Object.keys(after).filter((name) => !Object.hasOwn(before, name)),
    removed: Object.keys(before).filter((name) => !Object.hasOwn(after, name)),
    changed: Object.keys(after).filter(
      (name) => Object.hasOwn(before, name) && before[name] !== after[name],
    ),
  };
}

/** Of so many names at most what became of them is remembered. */
const mostRemembered = 500;

function remember(
  before: Readonly<Record<string, NameMemory>>,
  fresh: readonly (readonly [string, NameMemory])[],
): Record<string, NameMemory> {
  const names = new Set(fresh.map(([name]) => name));
  const kept = Object.entries(before).filter(([name]) => !names.has(name));
  return Object.fromEntries([...kept, ...fresh].slice(-mostRemembered));
}

/** Of what stood there when we first looked. */
export const unknownWriter = 'not known';

/** Our own write is known by the mark that the journal has of it; all else is inferred. */
async function findWriter(
  ports: ObservePorts,
  seen: Seen,
  last: Snapshot | undefined,
  canCompare: boolean,
): Promise<{ readonly by: string; readonly guess: boolean }> {
  if (last !== undefined && seen.bytes !== undefined && canCompare) {
    const own = await findOwnWrite(ports, seen.file, seen.bytes);
    if (own !== undefined) return { by: `Portcullis (${own.who})`, guess: false };
  }
  const running = seen.clients.filter((client) => client.running);
  const restless = running.find(({ row }) => row.rewriting === 'constant');
  const client = restless ?? running[0];
  if (last === undefined) return { by: unknownWriter, guess: false };
  return client === undefined
    ? { by: 'another program', guess: false }
    : { by: client.row.name, guess: true };
}

/** The newest of our writes that left this content. */
async function findOwnWrite(
  { edits }: ObservePorts,
  file: string,
  bytes: Uint8Array,
): Promise<HistoryLine | undefined> {
  const marks = [await edits.marks().of(bytes), hashBytes(bytes)];
  return (await edits.history(file)).find(
    ({ after }) => after !== undefined && marks.includes(after),
  );
}

/** Undefined when there is nothing to seal, or sealing failed: the timeline goes on without a copy. */
async function seal(
  { edits, files }: ObservePorts,
  { file, bytes }: Seen,
  last: Snapshot | undefined,
  touched: boolean,
  at: string,
  problems: string[],
): Promise<string | undefined> {
  if (bytes === undefined || !isDue(bytes, last, touched, at)) return undefined;
  try {
    const facts = await files.stat(file);
    const { mode = 0o600, links = 1 } = facts ?? {};
    const path = await files.realpath(file);
    return (await edits.seal({ file, path, bytes, mode, links, reason: 'change' })).id;
  } catch (thrown) {
    problems.push(toAppError(thrown).message);
    return undefined;
  }
}

function isDue(
  bytes: Uint8Array,
  last: Snapshot | undefined,
  touched: boolean,
  at: string,
): boolean {
  if (touched || bytes.byteLength <= largeFile || last?.sealedAt === undefined) return true;
  return Date.parse(at) - Date.parse(last.sealedAt) >= hour;
}
