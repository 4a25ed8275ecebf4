/**
 * Finds plaintext secrets in files: those of AI clients and what lies around them, or any path a
 * person names. It reads only, asks nobody whether a key is live, and tells where and what kind,
 * never the value. The decision about one text is pure (`judge.ts`); moving secrets is the job of
 * `core/protect`.
 */
import type { FileWarning, Finding, ScanReport, Skipped } from '../../shared/models/finding.ts';
import type { Secret } from '../../shared/secret.ts';
import type { Clock, Files, Machine, Processes, Random, Roots } from '../ports.ts';
import { detectInBytes, fileLimit } from './detect-bytes.ts';
import {
  deepFolders,
  describeFailure,
  envFilesIn,
  type FileToScan,
  historyFiles,
  listCopies,
  listFiles,
} from './file-list.ts';
import { warnAbout } from './file-warnings.ts';
import { toFinding } from './finding.ts';
import { fingerprintOf, maskForms } from './mask.ts';
import { readScanKey } from './scan-key.ts';

export interface ExposurePorts {
  readonly files: Files;
  readonly machine: Machine;
  readonly roots: Roots;
  readonly random: Random;
  readonly processes: Processes;
  readonly clock: Clock;
}

/** A finding that the person chose not to see again. */
export interface Suppression {
  readonly file?: string;
  readonly pointer: string;
  readonly fingerprint: string;
}

export interface ScanRequest {
  /** Files or folders; instead of the clients' files. */
  readonly paths?: readonly string[];
  /** Ids of clients; the others' files are left out. */
  readonly clients?: readonly string[];
  /** List `possible` findings too. */
  readonly all?: boolean;
  /** Transcripts, client logs, editors' local histories too. */
  readonly deep?: boolean;
  readonly clientFiles: readonly {
    readonly client: string;
    readonly path: string;
    readonly format?: string;
  }[];
  readonly suppressions: readonly Suppression[];
  readonly signal?: AbortSignal;
}

/** One item of a deep scan, as soon as it is known. */
export type ScanItem =
  | { readonly type: 'finding'; readonly finding: Finding }
  | { readonly type: 'warning'; readonly warning: FileWarning }
  | { readonly type: 'skipped'; readonly skipped: Skipped }
  | { readonly type: 'hidden'; readonly why: 'suppressed' | 'possible' }
  | { readonly type: 'looked'; readonly path: string; readonly bytes: number };

export type RelatedKind = 'old-copy' | 'env-file' | 'history' | 'log';

export interface RelatedFile {
  readonly file: string;
  readonly kind: RelatedKind;
}

export interface Exposure {
  /** Reads everything and answers once. `signal` ends it with the signal's reason. */
  scan(request: ScanRequest): Promise<ScanReport>;
  /** The same as a stream, file by file. */
  stream(request: ScanRequest): AsyncIterable<ScanItem>;
  /** Fingerprints under the key of this machine, which is made on first use. */
  fingerprinter(): Promise<(value: Secret) => string>;
  /** Files that may hold copies of what stands in the given config files: backups and histories. */
  listRelated(paths: readonly string[]): Promise<readonly RelatedFile[]>;
}

/** Bytes that one scan without paths reads at most. */
export const byteBudget = 64 * 1024 * 1024;

export function createExposure(ports: ExposurePorts): Exposure {
  const fingerprinter = async () => {
    const key = await readScanKey(ports);
    return (value: Secret) => fingerprintOf(value, key);
  };
  const stream = (request: ScanRequest) => streamScan(ports, request, fingerprinter);
  return {
    fingerprinter,
    stream,
    scan: (request) => collect(stream(request)),
    listRelated: (paths) => listRelated(ports, paths),
  };
}

type Fingerprinter = () => Promise<(value: Secret) => string>;

interface Sources {
  readonly files: readonly FileToScan[];
  readonly skipped: readonly Skipped[];
  readonly limited: boolean;
}

async function listSources(ports: ExposurePorts, request: ScanRequest): Promise<Sources> {
  const { files, machine } = ports;
  if (request.paths !== undefined && request.paths.length > 0) {
    return { ...(await listFiles(files, request.paths, request.signal)), limited: false };
  }
  const chosen = request.clientFiles.filter(
    ({ client }) => request.clients?.includes(client) ?? true,
  );
  const own = chosen.map(({ client, path }): FileToScan => ({ client, path }));
  const copies = await listCopies(
    files,
    own.map(({ path }) => path),
    machine,
  );
  const histories =
    request.clients === undefined
      ? historyFiles(machine).map((path): FileToScan => ({ path, where: 'history' }))
      : [];
  return { files: [...own, ...copies, ...histories], skipped: [], limited: true };
}

async function* streamScan(
  ports: ExposurePorts,
  request: ScanRequest,
  fingerprinter: Fingerprinter,
): AsyncGenerator<ScanItem> {
  const sources = await listSources(ports, request);
  for (const skipped of sources.skipped) yield { type: 'skipped', skipped: hide(skipped) };
  const state: ScanState = {
    ports,
    request,
    fingerprint: await fingerprinter(),
    seen: new Set(),
    reported: new Set(),
    bytes: 0,
    limited: sources.limited,
  };
  yield* lookAtAll(sources.files, state);
  if (request.deep !== true) return;
  for (const { path, where } of deepFolders(ports.machine)) {
    request.signal?.throwIfAborted();
    if ((await ports.files.lstat(path)) === undefined) continue;
    const listed = await listFiles(ports.files, [path], request.signal);
    for (const skipped of listed.skipped) yield { type: 'skipped', skipped: hide(skipped) };
    yield* lookAtAll(
      listed.files.map((file) => ({ ...file, where })),
      { ...state, limited: false },
    );
  }
}

interface ScanState {
  readonly ports: ExposurePorts;
  readonly request: ScanRequest;
  readonly fingerprint: (value: Secret) => string;
  /** Device and inode of files looked at, so that links do not double them. */
  readonly seen: Set<string>;
  readonly reported: Set<string>;
  bytes: number;
  readonly limited: boolean;
}

async function* lookAtAll(
  files: readonly FileToScan[],
  state: ScanState,
): AsyncGenerator<ScanItem> {
  const queue = [...files];
  for (let at = 0; at < queue.length; at += 1) {
    const file = queue[at];
    if (file === undefined) continue;
    state.request.signal?.throwIfAborted();
    const { items, envFiles } = await lookAt(file, state);
    for (const item of items) yield item;
    for (const path of envFiles)
      queue.push({
        path,
        where: 'env-file',
        ...(file.client === undefined ? {} : { client: file.client }),
      });
  }
}

interface Look {
  readonly items: readonly ScanItem[];
  readonly envFiles: readonly string[];
}

const nothing: Look = { items: [], envFiles: [] };

async function lookAt(file: FileToScan, state: ScanState): Promise<Look> {
  const { path } = file;
  const { files, machine } = state.ports;
  const skip = (reason: string): Look => ({
    items: [{ type: 'skipped', skipped: hide({ path, reason }) }],
    envFiles: [],
  });
  try {
    const facts = await files.stat(path);
    if (facts === undefined) return nothing;
    if (facts.kind !== 'file') return skip('It is not a file.');
    const identity = `${facts.device}:${facts.inode}`;
    if (state.seen.has(identity)) return nothing;
    state.seen.add(identity);
    if (facts.size > fileLimit) return skip('It is larger than 8 MiB.');
    if (state.limited && state.bytes + facts.size > byteBudget)
      return skip('The scan had read 64 MiB already.');
    const bytes = await files.read(path, { limit: fileLimit });
    state.bytes += bytes.length;
    const findings = report(file, bytes, state);
    const hasFindings = findings.some(({ type }) => type === 'finding');
    const warnings = hasFindings ? await warnAbout(state.ports, path, facts) : [];
    return {
      items: [
        { type: 'looked', path, bytes: bytes.length },
        ...findings,
        ...warnings.map((warning): ScanItem => ({ type: 'warning', warning })),
      ],
      envFiles:
        file.where === undefined
          ? envFilesIn(new TextDecoder().decode(bytes), path, machine.home)
          : [],
    };
  } catch (thrown) {
    return skip(describeFailure(thrown));
  }
}

function report(file: FileToScan, bytes: Uint8Array, state: ScanState): readonly ScanItem[] {
  const { request, reported } = state;
  const shown = maskForms(file.path);
  const items: ScanItem[] = [];
  for (const detection of detectInBytes(bytes, file.path)) {
    const print = state.fingerprint(detection.value);
    const key = `${file.path}\0${detection.pointer}\0${detection.kind}\0${print}`;
    if (reported.has(key)) continue;
    reported.add(key);
    const finding = toFinding(shown, detection, print, file);
    if (isSuppressed(finding, request.suppressions))
      items.push({ type: 'hidden', why: 'suppressed' });
    else if (finding.confidence === 'possible' && request.all !== true)
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

function hide({ path, reason }: Skipped): Skipped {
  return { path: maskForms(path), reason: maskForms(reason) };
}

async function collect(items: AsyncIterable<ScanItem>): Promise<ScanReport> {
  const findings: Finding[] = [];
  const warnings: FileWarning[] = [];
  const skipped: Skipped[] = [];
  const hidden = { suppressed: 0, possible: 0 };
  const looked = { files: 0, bytes: 0 };
  for await (const item of items) {
    if (item.type === 'finding') findings.push(item.finding);
    else if (item.type === 'warning') warnings.push(item.warning);
    else if (item.type === 'skipped') skipped.push(item.skipped);
    else if (item.type === 'hidden') hidden[item.why] += 1;
    else {
      looked.files += 1;
      looked.bytes += item.bytes;
    }
  }
  return { findings, warnings, looked, skipped, hidden };
}

async function listRelated(
  ports: ExposurePorts,
  paths: readonly string[],
): Promise<readonly RelatedFile[]> {
  const copies = await listCopies(ports.files, paths, ports.machine);
  const histories = await Promise.all(
    historyFiles(ports.machine).map(async (file) =>
      (await ports.files.stat(file))?.kind === 'file' ? [file] : [],
    ),
  );
  return [
    ...copies.map(({ path }): RelatedFile => ({ file: path, kind: 'old-copy' })),
    ...histories.flat().map((file): RelatedFile => ({ file, kind: 'history' })),
  ];
}
