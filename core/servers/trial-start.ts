/**
 * One start of a trial: what goes to the launcher that makes it (a record), what comes back (how it
 * went, what the server asked for), and nothing of it left behind.
 */
import { join } from 'node:path';
import { type AppError, toAppError } from '../../shared/errors.ts';
import type { Trial } from '../../shared/models/scope-view.ts';
import type { ServerRecord } from '../../shared/models/server.ts';
import type { Inspect } from '../inspect/inspect.ts';
import type { LauncherInstaller } from '../launch/install.ts';
import { type TrialReport, traceLimit } from '../launch/trial.ts';
import type { Files, Random, Roots } from '../ports.ts';

export interface TrialStartPorts {
  readonly roots: Roots;
  readonly files: Files;
  readonly random: Random;
  readonly inspect: Pick<Inspect, 'rehearse'>;
  readonly launcher: Pick<LauncherInstaller, 'path'>;
  /** Milliseconds that one start may take. */
  readonly trialTime?: number;
  /** Nobody waits any more: the server is ended. */
  readonly signal?: AbortSignal | undefined;
}

export type Outcome = Pick<Trial, 'works' | 'message' | 'hint' | 'said' | 'tools' | 'called'>;

export interface TrialStart {
  readonly outcome: Outcome;
  readonly report: TrialReport;
  /** Of the calls that named files; absent where nothing could watch them. */
  readonly trace?: string;
}

/** A first start may download, and is traced. */
const usualTime = 120_000;
const requestFile = 'request.json';

/** Starts the server at the level of its scope. */
export async function startForTrial(
  record: ServerRecord,
  ports: TrialStartPorts,
): Promise<TrialStart> {
  const folder = await makeRequest(record, ports);
  try {
    const outcome = await start(record, folder, ports);
    const trace = await readText(join(folder, 'trace'), ports.files);
    const report = await readReport(folder, ports.files);
    return { outcome, report, ...(trace === undefined ? {} : { trace }) };
  } finally {
    // It names files that the server looked for.
    await ports.files.removeFolder(folder);
  }
}

/** A folder of its own for what passes between us and the launcher. */
async function makeRequest(record: ServerRecord, { files, roots, random }: TrialStartPorts) {
  const name = Buffer.from(random.bytes(9)).toString('base64url');
  const folder = join(roots.data, 'sandbox', 'trials', name);
  await files.makeFolder(folder);
  const request = new TextEncoder().encode(JSON.stringify(record));
  await files.createExclusive(join(folder, requestFile), request, 0o600);
  return folder;
}

async function start(
  record: ServerRecord,
  folder: string,
  ports: TrialStartPorts,
): Promise<Outcome> {
  const { inspect, launcher, signal, trialTime: timeout = usualTime } = ports;
  const program = { file: launcher.path, args: ['run', '--trial', join(folder, requestFile)] };
  return inspect.rehearse(record, { timeout, program, signal }).then(
    ({ tools, called }) => ({
      works: true,
      message: 'It started and listed its tools.',
      tools,
      called,
    }),
    (thrown: unknown) => {
      // That nobody waits says nothing of the server.
      if (signal?.aborted) throw thrown;
      return describeFailure(toAppError(thrown));
    },
  );
}

export function describeFailure({ message, hint, details }: AppError): Outcome {
  const said = Array.isArray(details.stderr) ? details.stderr.map(String) : [];
  // The hint of an end only says where its last words are.
  const more = said.length > 0 ? { said } : hint === undefined ? {} : { hint };
  return { works: false, message, ...more, tools: 0 };
}

async function readReport(folder: string, files: Files): Promise<TrialReport> {
  const text = await readText(join(folder, 'report.json'), files);
  // Written by our own launcher a moment ago.
  return text === undefined ? { binds: [] } : (JSON.parse(text) as TrialReport);
}

async function readText(path: string, files: Files): Promise<string | undefined> {
  if ((await files.stat(path)) === undefined) return undefined;
  return new TextDecoder().decode(await files.read(path, { limit: traceLimit }));
}
