/** Opens files in small batches and tells what is in them: findings, warnings, what was left out. */
import type { FileWarning, Finding, Skipped } from '../../shared/models/finding.ts';
import type { Secret } from '../../shared/secret.ts';
import type { FileFacts } from '../ports.ts';
import { detectInBytes, fileLimit } from './detect-bytes.ts';
import { describeFailure, envFilesIn, type FileToScan } from './file-list.ts';
import { type WarningPorts, type WorkTrees, warnAbout } from './file-warnings.ts';
import { toFinding } from './finding.ts';
import { maskForms } from './mask.ts';

/** Bytes that one scan without paths reads at most. */
export const byteBudget = 64 * 1024 * 1024;

/** A finding that the person chose not to see again. */
export interface Suppression {
  readonly file?: string;
  readonly pointer: string;
  readonly fingerprint: string;
}

/** One item of a scan, as soon as it is known. */
export type ScanItem =
  | { readonly type: 'finding'; readonly finding: Finding }
  | { readonly type: 'warning'; readonly warning: FileWarning }
  | { readonly type: 'skipped'; readonly skipped: Skipped }
  | { readonly type: 'hidden'; readonly why: 'suppressed' | 'possible' }
  | { readonly type: 'looked'; readonly path: string; readonly bytes: number };

export interface LookState {
  readonly ports: WarningPorts;
  readonly fingerprint: (value: Secret) => string;
  readonly suppressions: readonly Suppression[];
  /** `possible` findings are listed too. */
  readonly all: boolean;
  readonly signal: AbortSignal | undefined;
  /** The byte budget holds, and env files that a config names are looked at. */
  readonly limited: boolean;
  /** Device and inode of files looked at, so that links do not double them. */
  readonly seen: Set<string>;
  readonly reported: Set<string>;
  /** Whether a folder lies in a git work tree, once asked. */
  readonly workTrees: WorkTrees;
  bytes: number;
}

/** Files that are open at once: enough to hide the disk, few enough for memory. */
const batchSize = 16;

/** In the order of the files; env files that they name come after. */
export async function* lookAtAll(
  files: readonly FileToScan[],
  state: LookState,
): AsyncGenerator<ScanItem> {
  let batch = files.slice(0, batchSize);
  let rest = files.slice(batchSize);
  while (batch.length > 0) {
    state.signal?.throwIfAborted();
    const stated = await Promise.all(batch.map((file) => statFile(file, state)));
    const chosen = stated.map((one) => ('facts' in one ? choose(one, state) : one));
    const loaded = await Promise.all(
      chosen.map((one) => ('facts' in one ? readFile(one, state) : one)),
    );
    // Every look is begun before the first is awaited: questions about files overlap.
    const looks = loaded.map((one) => ('bytes' in one ? lookInto(one, state) : undefined));
    for (const [index, one] of loaded.entries()) {
      if ('reason' in one && one.reason !== '') yield skip(one.file.path, one.reason);
      yield* (await looks[index]) ?? [];
      if (!('bytes' in one)) continue;
      if (state.limited && one.file.where === undefined)
        rest = [...rest, ...envFilesOf(one, state)];
    }
    batch = rest.slice(0, batchSize);
    rest = rest.slice(batchSize);
  }
}

/** With an empty reason: nothing is there, or it was seen under another name. */
interface Passed {
  readonly file: FileToScan;
  readonly reason: string;
}

interface Stated {
  readonly file: FileToScan;
  readonly facts: FileFacts;
}

interface Loaded extends Stated {
  readonly bytes: Uint8Array;
}

function skip(path: string, reason: string): ScanItem {
  return { type: 'skipped', skipped: { path: maskForms(path), reason: maskForms(reason) } };
}

async function statFile(file: FileToScan, { ports }: LookState): Promise<Stated | Passed> {
  try {
    const facts = await ports.files.stat(file.path);
    return facts === undefined ? { file, reason: '' } : { file, facts };
  } catch (thrown) {
    return { file, reason: describeFailure(thrown) };
  }
}

function choose(stated: Stated, state: LookState): Stated | Passed {
  const { file, facts } = stated;
  if (facts.kind !== 'file') return { file, reason: 'It is not a file.' };
  const identity = `${facts.device}:${facts.inode}`;
  if (state.seen.has(identity)) return { file, reason: '' };
  state.seen.add(identity);
  if (facts.size > fileLimit) return { file, reason: 'It is larger than 8 MiB.' };
  if (state.limited && state.bytes + facts.size > byteBudget) {
    return { file, reason: 'The scan had read 64 MiB already.' };
  }
  state.bytes += facts.size;
  return stated;
}

async function readFile(stated: Stated, { ports }: LookState): Promise<Loaded | Passed> {
  try {
    return { ...stated, bytes: await ports.files.read(stated.file.path, { limit: fileLimit }) };
  } catch (thrown) {
    return { file: stated.file, reason: describeFailure(thrown) };
  }
}

async function lookInto(loaded: Loaded, state: LookState): Promise<readonly ScanItem[]> {
  const { file, bytes, facts } = loaded;
  try {
    const items = report(file, bytes, state);
    const looked: ScanItem = { type: 'looked', path: maskForms(file.path), bytes: bytes.length };
    if (!items.some(({ type }) => type === 'finding')) return [looked, ...items];
    const warnings = await warnAbout(state.ports, file.path, facts, state.workTrees);
    return [
      looked,
      ...items,
      ...warnings.map((warning): ScanItem => ({ type: 'warning', warning })),
    ];
  } catch (thrown) {
    return [skip(file.path, describeFailure(thrown))];
  }
}

function envFilesOf({ file, bytes }: Loaded, { ports }: LookState): readonly FileToScan[] {
  const paths = envFilesIn(new TextDecoder().decode(bytes), file.path, ports.machine.home);
  return paths.map((path) => ({
    path,
    where: 'env-file',
    ...(file.client === undefined ? {} : { client: file.client }),
  }));
}

function report(file: FileToScan, bytes: Uint8Array, state: LookState): readonly ScanItem[] {
  const { reported } = state;
  const shown = maskForms(file.path);
  const items: ScanItem[] = [];
  for (const detection of detectInBytes(bytes, file.path, file)) {
    const print = state.fingerprint(detection.value);
    const key = `${file.path}\0${detection.pointer}\0${detection.kind}\0${print}`;
    if (reported.has(key)) continue;
    reported.add(key);
    const finding = toFinding(shown, detection, print, file);
    if (isSuppressed(finding, state.suppressions))
      items.push({ type: 'hidden', why: 'suppressed' });
    else if (finding.confidence === 'possible' && !state.all)
      items.push({ type: 'hidden', why: 'possible' });
    else items.push({ type: 'finding', finding });
  }
  return items;
}

function isSuppressed(finding: Finding, suppressions: readonly Suppression[]): boolean {
  return suppressions.some(
    ({ file, pointer, fingerprint }) =>
      pointer === finding.pointer &&
      fingerprint === finding.fingerprint &&
      (file === undefined || file === finding.file),
  );
}
