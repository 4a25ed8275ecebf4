/**
 * Door 3's `run`, the launcher: what an AI client starts in place of a server. It reads one record and
 * one keychain item and becomes the server. It speaks only when that fails, in one line on stderr, and
 * it never touches stdin, whose first bytes belong to the server.
 */
import { join } from 'node:path';
import {
  type FilledLaunch,
  type FilledStdio,
  fillRecord,
  neededSecrets,
} from '../../core/launch/fill.ts';
import { launchesFile, parseProcStat, renderLaunchLine } from '../../core/launch/launch-line.ts';
import {
  isCommandMissing,
  type LaunchCircumstances,
  type LaunchPlan,
  planLaunch,
} from '../../core/launch/plan.ts';
import { findLaunchRecord, requireServerId } from '../../core/launch/record.ts';
import { parseSecretItem, type SecretValues } from '../../core/launch/secret-item.ts';
import { restoreClientEnv } from '../../core/launch/starter.ts';
import type { Machine, Platform, Roots } from '../../core/ports.ts';
import { programFiles } from '../../platform/program-files.ts';
import { AppError } from '../../shared/errors.ts';
import type { Level } from '../../shared/models/scope.ts';
import type { ServerRecord } from '../../shared/models/server.ts';
import type { Secret } from '../../shared/secret.ts';
import { accompanyServer, becomeServer } from './become.ts';
import type { Answer } from './confined.ts';
import { appendLine, readLinkIfThere, readTextIfThere } from './disk.ts';
import { fail, say } from './fail.ts';
import { captureLogin, readLogin } from './login.ts';
import { takeOwnNetwork } from './network.ts';

export interface RunOptions {
  readonly roots: Roots;
  /** The person's real home; absent means the client's `HOME` is trusted. */
  readonly home?: string | undefined;
  /** Absolute path of the keychain library's `.node` file. */
  readonly library: string;
  /** Stays as the parent of the server, as on Windows. */
  readonly stay?: boolean;
}

/** How long the keychain may take, in milliseconds: long enough to type a password into a prompt. */
const keychainDeadline = 25_000;

/** Starts a server and ends with it. Every failure is one line on stderr and an exit code. */
export async function run(id: string, options: RunOptions): Promise<never> {
  try {
    return await launch(id, options);
  } catch (thrown) {
    return fail(thrown);
  }
}

/** One watched start with invented secrets, for `portcullis scope ID --try`. `request` is a file. */
export async function runTrial(request: string, options: RunOptions): Promise<never> {
  try {
    const { superviseTrial } = await import('./supervisor.ts');
    takeOwnNetwork(options);
    const { loginPath, cwd } = describeCircumstances(options);
    const { roots } = options;
    return await superviseTrial({
      request,
      roots,
      machine: describeMachine(options),
      loginPath,
      cwd,
    });
  } catch (thrown) {
    return fail(thrown);
  }
}

async function launch(id: string, options: RunOptions): Promise<never> {
  requireServerId(id);
  const record = readRecord(id, options.roots);
  const confinement = await describeConfinement(record, options);
  const secrets = await readSecrets(record, options);
  if (confinement?.chosen.supervised) {
    const { supervise } = await import('./supervisor.ts');
    takeOwnNetwork(options);
    const { level } = confinement.chosen;
    noteLaunch(id, options.roots, level);
    const { loginPath, cwd } = describeCircumstances(options);
    return supervise({ ...confinement.source, secrets, level, loginPath, cwd });
  }
  const filled = fillRecord(record, secrets, process.env);
  if (filled.transport !== 'stdio') {
    const { runBridge } = await import('./bridge.ts');
    noteLaunch(id, options.roots);
    takeOwnNetwork(options);
    return runBridge(id, filled);
  }
  const circumstances = { ...describeCircumstances(options), also: record.scope?.environment };
  const planned = planLaunch(id, filled, withCommand(id, filled, circumstances, options));
  const plan = confinement === undefined ? planned : confinement.apply(planned, filled);
  noteLaunch(id, options.roots, confinement?.chosen.level);
  if (options.stay === true || process.platform === 'win32') return accompanyServer(plan);
  return becomeServer(plan);
}

/** Before the keychain is asked: what cannot be confined as wanted does not start. */
async function describeConfinement(record: ServerRecord, options: RunOptions) {
  if (record.scope === undefined) return undefined;
  const { chooseLevelFor, confineFor } = await import('./confined.ts');
  const source = { record, roots: options.roots, machine: describeMachine(options) };
  const chosen = valueIn(chooseLevelFor(source));
  return {
    source,
    chosen,
    apply: (plan: LaunchPlan, filled: FilledStdio) =>
      valueIn(confineFor(source, plan, chosen, filled)),
  };
}

function valueIn<T>(answer: Answer<T>): T {
  if ('value' in answer) return answer.value;
  const { code, message, ...more } = answer.failure;
  throw new AppError(code, message, more);
}

function readRecord(id: string, roots: Roots): ServerRecord {
  const file = join(roots.config, 'records.json');
  let text: string | undefined;
  try {
    text = readTextIfThere(file);
  } catch (cause) {
    throw new AppError('records_unreadable', `${file} cannot be read.`, {
      hint: 'Check who owns it and its mode, then run `portcullis doctor`.',
      details: { file },
      cause,
    });
  }
  return findLaunchRecord(text, id, file);
}

async function readSecrets(
  record: ServerRecord,
  { library, roots }: RunOptions,
): Promise<SecretValues> {
  if (neededSecrets(record).length === 0) return new Map();
  // The file is there only when the person has chosen the passphrase vault.
  const chosen = programFiles.probe(join(roots.config, 'keychain.json')).kind === 'file';
  const item = chosen
    ? await readChosenVault(record.id, roots)
    : await readItemQuickly(record.id, library);
  return item === undefined ? new Map() : parseSecretItem(item, record.id);
}

async function readChosenVault(account: string, roots: Roots): Promise<Secret | undefined> {
  const { readVaultItem } = await import('./vault-item.ts');
  const answer = await withDeadline(readVaultItem(account, roots), readDeadline());
  if ('item' in answer) return answer.item;
  const { code, message, ...more } = answer.failure;
  throw new AppError(code, message, more);
}

/** Milliseconds in which a provider that has just ended is started again by its bus. */
const restartTime = 600;

/** Asks once more where there is no keychain at this moment. */
async function readItemQuickly(account: string, library: string): Promise<Secret | undefined> {
  const end = Date.now() + readDeadline();
  try {
    return await readItemOnce(account, library, end);
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'keychain_unavailable') throw thrown;
    await new Promise((resolve) => setTimeout(resolve, restartTime));
    return readItemOnce(account, library, end);
  }
}

/** One unlocked item of the Secret Service the quick way; everything else the general way. */
async function readItemOnce(
  account: string,
  library: string,
  end: number,
): Promise<Secret | undefined> {
  if (process.platform === 'linux') {
    const { readUnlockedItem } = await import('../../platform/keychain/secret-service-read.ts');
    const item = await withDeadline(readUnlockedItem(account, process.env), end - Date.now());
    if (item !== undefined) return item;
  }
  const { readItem } = await import('../../platform/keychain/direct.ts');
  const deadline = Math.max(1, end - Date.now());
  return readItem(account, { platform: ownPlatform(), library, deadline });
}

function readDeadline(): number {
  const asked = Number(process.env.PORTCULLIS_KEYCHAIN_DEADLINE);
  return asked >= 50 && asked <= 600_000 ? asked : keychainDeadline;
}

function withDeadline<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(
      new AppError('keychain_timeout', 'The keychain did not answer in time.', {
        hint: 'Unlock it, or answer its question on your screen, then start the server again.',
      }),
    );
  }, milliseconds);
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}

function describeCircumstances({ roots, home }: RunOptions): LaunchCircumstances {
  return {
    platform: ownPlatform(),
    clientEnv: restoreClientEnv(process.env),
    loginPath: readLogin(roots).path,
    cwd: currentFolder(home),
    home,
    files: programFiles,
  };
}

function describeMachine({ home }: RunOptions): Machine {
  return { platform: ownPlatform(), home: home ?? process.env.HOME ?? '/', env: process.env };
}

/** When no known path has the command, asks the login shell once more, as things may be installed since. */
function withCommand(
  id: string,
  filled: Extract<FilledLaunch, { transport: 'stdio' }>,
  circumstances: LaunchCircumstances,
  options: RunOptions,
): LaunchCircumstances {
  if (circumstances.platform === 'windows' || !isCommandMissing(id, filled, circumstances))
    return circumstances;
  const captured = captureLogin(options);
  return captured === undefined ? circumstances : { ...circumstances, loginPath: captured.path };
}

/** A server that cannot be noted is still started, but the person is told. */
function noteLaunch(server: string, roots: Roots, level?: Level): void {
  const { startTime, client } = describeOrigin();
  const line = renderLaunchLine({
    server,
    ...(client === undefined ? {} : { client }),
    pid: process.pid,
    startTime,
    at: new Date().toISOString(),
    ...(level === undefined ? {} : { level }),
  });
  try {
    appendLine(join(roots.data, 'activity', launchesFile), line);
  } catch {
    say(`The launch of "${server}" could not be noted. Run \`portcullis doctor\`.`);
  }
}

function describeOrigin(): { readonly startTime: number; readonly client: string | undefined } {
  const named = process.env.PORTCULLIS_CLIENT;
  const text = process.platform === 'linux' ? readTextIfThere('/proc/self/stat') : undefined;
  const stat = text === undefined ? undefined : parseProcStat(text);
  if (stat === undefined)
    return { startTime: Math.round(Date.now() - process.uptime() * 1000), client: named };
  const program = readLinkIfThere(`/proc/${stat.parent}/exe`)?.split('/').at(-1);
  return { startTime: stat.startTime, client: named ?? program };
}

function currentFolder(home: string | undefined): string {
  try {
    return process.cwd();
  } catch {
    // The folder we were started in is gone.
    return home ?? process.env.HOME ?? '/';
  }
}

function ownPlatform(): Platform {
  if (process.platform === 'win32') return 'windows';
  return process.platform === 'darwin' ? 'macos' : 'linux';
}
