/**
 * The draft of a protect run: which entries become which servers, which values agree, what must be
 * asked and what cannot be done. Pure. It holds values (as `Secret`) and so never crosses a door;
 * `plan.ts` turns it into what a person may see.
 */
import { createHash } from 'node:crypto';
import { AppError, toAppError } from '../../shared/errors.ts';
import type { LaunchSpec, ServerId, ServerRecord } from '../../shared/models/server.ts';
import type { Secret } from '../../shared/secret.ts';
import type { Entry } from '../clients/entry.ts';
import { hasClientReference } from '../clients/references.ts';
import type { ClientRow } from '../clients/row.ts';
import type { DocumentNode, Path } from '../documents/document.ts';
import { nodeAt, twinsOf } from '../documents/nodes.ts';
import { toPointer } from '../documents/pointer.ts';
import { duplicateKeys } from '../documents/problem.ts';
import { lineOf } from '../documents/text.ts';
import { type Detection, isWorthMoving } from '../exposure/detection.ts';
import { maskForms } from '../exposure/mask.ts';
import { isRelative, startsFromFolder } from '../launch/relative-paths.ts';
import { requireSafeRemote } from '../launch/remote.ts';
import type { SecretValues } from '../secrets/secrets.ts';
import { keepReferences } from '../servers/kept-references.ts';
import { chooseServerId } from '../servers/server-id.ts';
import { createEchoes, type Echoes } from './echoes.ts';
import { type Lifted, liftEntry } from './lift.ts';
import { detectionsIn, type EnvFileSource, projectOf, type Source } from './source.ts';

export interface DraftEntry {
  /** Stable id of the plan item: the same place has the same id in every plan. */
  readonly id: string;
  readonly source: Source;
  readonly entry: Entry;
  readonly detections: readonly Detection[];
  /** The env file that moves with it. */
  readonly envFile?: EnvFileSource;
  readonly lifted?: Lifted;
  readonly server?: ServerId;
  /** Why it cannot be protected. */
  readonly error?: AppError;
}

/** One of several values that clients hold for one secret. */
export interface Candidate {
  readonly value: Secret;
  readonly detection: Detection;
  readonly entries: readonly DraftEntry[];
  /** Already in the keychain. */
  readonly stored: boolean;
}

export interface DraftServer {
  readonly id: ServerId;
  readonly name: string;
  readonly existing?: ServerRecord;
  readonly launch: LaunchSpec;
  readonly entries: readonly DraftEntry[];
  readonly warnings: readonly string[];
  /** Secret name → its candidates; more than one is a question. */
  readonly secrets: ReadonlyMap<string, readonly Candidate[]>;
}

export interface Draft {
  readonly entries: readonly DraftEntry[];
  readonly servers: readonly DraftServer[];
}

export interface DraftInput {
  readonly sources: readonly Source[];
  readonly envFiles: readonly EnvFileSource[];
  readonly records: readonly ServerRecord[];
  /** What the keychain holds for records that exist; absent where it could not be read. */
  readonly stored: ReadonlyMap<ServerId, SecretValues>;
  /** Only these entries, exposed or not; each with the record that it shall become, if it is to be one that exists. */
  readonly chosen?: ReadonlyMap<string, ServerId | undefined>;
}

export function draftProtect(given: DraftInput): Draft {
  const sure = given.envFiles.map((envFile) => ({
    ...envFile,
    detections: envFile.detections.filter(isWorthMoving),
  }));
  const echoes = createEchoes([
    ...given.sources.flatMap(({ detections }) => detections.filter(isWorthMoving)),
    ...sure.flatMap(({ detections }) => detections),
  ]);
  const envFiles = sure.map((envFile) => ({ ...envFile, detections: echoes.inEnvFile(envFile) }));
  const input = { ...given, envFiles };
  const lifted = input.sources.flatMap((source) => draftEntries(source, input, echoes));
  const servers: DraftServer[] = [];
  const taken = new Set(input.records.map((record) => record.id));
  for (const group of groupByLaunch(lifted, input.chosen)) {
    servers.push(draftServer(group, input, taken));
  }
  const homes = new Map(
    servers.flatMap((server) => server.entries.map((entry) => [entry.id, server.id] as const)),
  );
  const entries = lifted.map((entry) => {
    const server = homes.get(entry.id);
    return server === undefined ? entry : { ...entry, server };
  });
  return { entries, servers };
}

function draftEntries(source: Source, input: DraftInput, echoes: Echoes): readonly DraftEntry[] {
  return source.entries
    .filter((entry) => entry.managed === undefined)
    .flatMap((entry): readonly DraftEntry[] => {
      const own = detectionsIn(source.detections, entry).filter(isWorthMoving);
      const detections = echoes.inEntry(source.document, entry, own);
      const envFile = findEnvFile(entry, input);
      const fromFile = envFile?.detections ?? [];
      const id = itemId(source.file, toPointer(entry.path));
      if (input.chosen === undefined && detections.length === 0 && fromFile.length === 0) return [];
      if (input.chosen?.has(id) === false) return [];
      const base = { id, source, entry };
      const found = [...detections, ...fromFile];
      if (source.readOnly !== undefined) {
        return [{ ...base, detections: found, error: source.readOnly }];
      }
      const lifted = lift({ source, entry, detections, envFile }, input, echoes);
      return [{ ...base, detections: found, ...lifted }];
    });
}

interface Found {
  readonly source: Source;
  readonly entry: Entry;
  readonly detections: readonly Detection[];
  readonly envFile: EnvFileSource | undefined;
}

function lift(
  { source, entry, detections, envFile }: Found,
  input: DraftInput,
  echoes: Echoes,
): Pick<DraftEntry, 'lifted' | 'error' | 'envFile'> {
  try {
    guardTwins(source, entry);
    const path = envFilePath(entry);
    if (path !== undefined && envFile === undefined) throw envFileUnknown(entry, path);
    const shared = envFile !== undefined && envFileUsers(envFile.file, input).length > 1;
    if (shared) throw envFileShared(entry, envFile.file);
    const lifted = liftEntry({
      row: source.row,
      entry,
      project: projectOf(source.row, source.project, entry),
      detections,
      ...(envFile === undefined ? {} : { envFile: withDetections(envFile) }),
    });
    requireNothingLeft(source, entry, lifted, echoes);
    requireFolder(source.row, entry, lifted);
    if (lifted.secrets.length > 0) guardRemote(source, entry);
    return { lifted, ...(envFile === undefined ? {} : { envFile }) };
  } catch (thrown) {
    return { error: toAppError(thrown) };
  }
}

/** The launcher would refuse it: an entry for all projects that each project can put its own program behind. */
function requireFolder(row: ClientRow, entry: Entry, { launch, secrets }: Lifted): void {
  if (launch.transport !== 'stdio' || entry.launch.transport !== 'stdio') return;
  if (secrets.length === 0) return;
  // What only the client can resolve is judged when it did.
  const isOurs = (text: string) => !hasClientReference(row, text);
  const { command, args, cwd = '' } = entry.launch;
  if (!startsFromFolder({ command, args: args.filter(isOurs) })) return;
  if (launch.cwd !== undefined && (!isRelative(launch.cwd) || !isOurs(cwd))) return;
  throw new AppError(
    'unsupported',
    `“${entry.name}” names its program relative to whatever folder its client is opened in.`,
    { hint: 'Write the full path of the program or script into the entry, then try again.' },
  );
}

/** The last look before a plan says that an entry can move: all that its record will be made of. */
function requireNothingLeft(
  { file }: Source,
  entry: Entry,
  { launch, original, keptEnv }: Lifted,
  echoes: Echoes,
): void {
  const texts = [file, entry.name, original, JSON.stringify([launch, keptEnv])];
  if (!texts.some((text) => echoes.holdsAny(text))) return;
  throw new AppError(
    'unsupported',
    'What Portcullis keeps of this entry would have a secret in it: in its name, its path or a number.',
    { hint: 'Choose another name, or another value; then try again.', details: { file } },
  );
}

/** What the bridge would refuse to send later is better left as it works today. */
function guardRemote({ row }: Source, { name, launch }: Entry): void {
  if (launch.transport === 'stdio' || launch.transport === 'other') return;
  if (hasClientReference(row, launch.url, { place: 'url' })) return;
  requireSafeRemote(name, { url: launch.url, headers: launch.headers, carriesSecret: true });
}

/** Of a key that stands twice only one value would move, and nobody knows which one is meant. */
function guardTwins({ document, file }: Source, entry: Entry): void {
  const node = nodeAt(document, entry.path);
  const found = node === undefined ? undefined : findTwin(node, entry.path);
  if (found === undefined) return;
  throw duplicateKeys(file, found.path, lineOf(document.text, found.start));
}

function findTwin(node: DocumentNode, path: Path): { path: Path; start: number } | undefined {
  if (node.kind === 'scalar') return undefined;
  if (node.kind === 'list') return firstOf(node.items, (item, at) => findTwin(item, [...path, at]));
  const [twin] = twinsOf(node);
  if (twin !== undefined) return { path: [...path, twin.key], start: twin.keyStart };
  return firstOf(node.entries, ({ key, node: child }) => findTwin(child, [...path, key]));
}

function firstOf<T, R>(
  items: readonly T[],
  find: (item: T, at: number) => R | undefined,
): R | undefined {
  for (const [at, item] of items.entries()) {
    const found = find(item, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

function withDetections(envFile: EnvFileSource) {
  return envFile.variables.map((variable) => {
    const detection = envFile.detections.find(({ pointer }) => pointer === `/${variable.name}`);
    return { ...variable, ...(detection === undefined ? {} : { detection }) };
  });
}

export function envFilePath(entry: Entry): string | undefined {
  return entry.launch.transport === 'stdio' ? entry.launch.envFile : undefined;
}

function findEnvFile(entry: Entry, input: DraftInput): EnvFileSource | undefined {
  const path = envFilePath(entry);
  return path === undefined ? undefined : input.envFiles.find((envFile) => envFile.file === path);
}

/** Names of the different servers whose entries name this env file. */
function envFileUsers(file: string, input: DraftInput): readonly string[] {
  const names = input.sources.flatMap((source) =>
    source.entries.filter((entry) => envFilePath(entry) === file).map((entry) => entry.name),
  );
  return [...new Set(names)];
}

function envFileUnknown(entry: Entry, path: string): AppError {
  return new AppError(
    'unsupported',
    `The env file of “${maskForms(entry.name)}” cannot be read: ${path}.`,
    {
      hint: 'Write its full path into the entry, or its variables into `env`, then protect it again.',
    },
  );
}

function envFileShared(entry: Entry, path: string): AppError {
  return new AppError(
    'unsupported',
    `“${maskForms(entry.name)}” takes its secrets from ${path}, which other servers use too.`,
    { hint: 'Give each server an env file of its own, or put its variables into the entry.' },
  );
}

function groupByLaunch(
  entries: readonly DraftEntry[],
  chosen: DraftInput['chosen'],
): readonly (readonly DraftEntry[])[] {
  const groups = new Map<string, DraftEntry[]>();
  for (const entry of entries) {
    if (entry.lifted === undefined) continue;
    const into = chosen?.get(entry.id);
    const key = into === undefined ? launchKey(entry.lifted.launch) : `into ${into}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()];
}

/** Two entries with the same key are the same server: everything but the values of secrets counts. */
export function launchKey(launch: LaunchSpec): string {
  const sorted = (map: Readonly<Record<string, string>>) =>
    Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (launch.transport !== 'stdio') {
    return JSON.stringify([launch.transport, launch.url, sorted(launch.headers)]);
  }
  return JSON.stringify([launch.command, launch.args, sorted(launch.env), launch.cwd ?? null]);
}

function draftServer(
  group: readonly DraftEntry[],
  input: DraftInput,
  taken: Set<string>,
): DraftServer {
  const [first] = group;
  if (first?.lifted === undefined) throw new TypeError('A group has at least one lifted entry.');
  const key = launchKey(first.lifted.launch);
  const into = input.chosen?.get(first.id);
  const existing = input.records.find((record) =>
    into === undefined ? launchKey(record.launch) === key : record.id === into,
  );
  const id = existing?.id ?? chooseServerId(first.entry.name, taken);
  taken.add(id);
  return {
    id,
    name: existing?.name ?? first.entry.name,
    ...(existing === undefined ? {} : { existing }),
    launch:
      existing === undefined
        ? first.lifted.launch
        : into === undefined
          ? existing.launch
          : keepReferences(existing.launch, first.lifted.launch),
    entries: group,
    warnings: [...new Set(group.flatMap((entry) => entry.lifted?.warnings ?? []))],
    secrets: gatherCandidates(group, existing === undefined ? undefined : input.stored.get(id)),
  };
}

function gatherCandidates(
  group: readonly DraftEntry[],
  stored: SecretValues | undefined,
): ReadonlyMap<string, readonly Candidate[]> {
  const byName = new Map<string, Candidate[]>();
  for (const entry of group) {
    for (const secret of entry.lifted?.secrets ?? []) {
      const candidates = byName.get(secret.name) ?? [];
      const same = candidates.findIndex((candidate) => candidate.value.equals(secret.value));
      const known = candidates[same];
      if (known === undefined) {
        candidates.push({
          value: secret.value,
          detection: secret.detection,
          entries: [entry],
          stored: false,
        });
      } else {
        candidates[same] = { ...known, entries: [...known.entries, entry] };
      }
      byName.set(secret.name, candidates);
    }
  }
  for (const [name, candidates] of byName) addStored(candidates, stored?.get(name));
  return byName;
}

function addStored(candidates: Candidate[], value: Secret | undefined): void {
  const [first] = candidates;
  if (value === undefined || first === undefined) return;
  const same = candidates.findIndex((candidate) => candidate.value.equals(value));
  const known = candidates[same];
  if (known === undefined) {
    candidates.unshift({ value, detection: first.detection, entries: [], stored: true });
  } else {
    candidates[same] = { ...known, stored: true };
  }
}

/** Short, stable and without anything of a value in it. */
export function itemId(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('base64url').slice(0, 16);
}
