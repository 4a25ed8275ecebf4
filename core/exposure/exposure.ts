/**
 * Finds plaintext secrets in files: those of AI clients and what lies around them, or any path a
 * person names. It reads only, asks nobody whether a key is live, and tells where and what kind,
 * never the value. The decision about one text is pure (`judge.ts`); moving secrets is the job of
 * `core/protect`.
 */
import type { FileWarning, Finding, ScanReport, Skipped } from '../../shared/models/finding.ts';
import type { Secret } from '../../shared/secret.ts';
import type { ParsedDocument } from '../documents/document.ts';
import type { Files, Machine, Processes, Random, Roots } from '../ports.ts';
import type { KnownServer } from './detect-document.ts';
import { deepFolders, type FileToScan, historyFiles, listCopies, listFiles } from './file-list.ts';
import { type LookState, lookAtAll, type ScanItem, type Suppression } from './look.ts';
import { fingerprintOf, maskForms } from './mask.ts';
import { readScanKey } from './scan-key.ts';

export interface ExposurePorts {
  readonly files: Files;
  readonly machine: Machine;
  readonly roots: Roots;
  readonly random: Random;
  readonly processes: Processes;
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
    /** The entries that are known in it; without them they are recognised by their shape. */
    readonly servers?: readonly KnownServer[];
    /** The file as it was just read, which spares reading it once more. */
    readonly document?: ParsedDocument;
  }[];
  readonly suppressions: readonly Suppression[];
  readonly signal?: AbortSignal;
}

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
  const own = chosen.map(
    ({ client, path, servers, document }): FileToScan => ({
      client,
      path,
      ...(servers === undefined ? {} : { servers }),
      ...(document === undefined ? {} : { document }),
    }),
  );
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
  const state: LookState = {
    ports,
    fingerprint: await fingerprinter(),
    suppressions: request.suppressions,
    all: request.all === true,
    signal: request.signal,
    limited: sources.limited,
    seen: new Set(),
    reported: new Set(),
    workTrees: new Map(),
    bytes: 0,
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

/** Paths are shown; one may hold a secret in its name. */
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
