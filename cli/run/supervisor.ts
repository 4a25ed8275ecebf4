/**
 * Stays beside a server whose hosts are listed or whose secrets are masked, and runs the proxy that is
 * its only way out. A bundle of its own, loaded only then; it says its failures itself.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { blockedFile, renderBlockedLine } from '../../core/launch/blocked-line.ts';
import { listClientFiles } from '../../core/launch/client-files.ts';
import { confine } from '../../core/launch/confine.ts';
import { fillRecord } from '../../core/launch/fill.ts';
import { type LaunchPlan, planLaunch } from '../../core/launch/plan.ts';
import type { SecretValues } from '../../core/launch/secret-item.ts';
import {
  inventCredentials,
  inventSecrets,
  type TrialReport,
  traceLimit,
} from '../../core/launch/trial.ts';
import type { Bind, Confinement, Sandbox } from '../../core/ports.ts';
import { closeLeftOpen } from '../../platform/left-open.ts';
import { programFiles } from '../../platform/program-files.ts';
import { findTool, systemPath } from '../../platform/sandbox/find-tool.ts';
import { createSandbox } from '../../platform/sandbox/sandbox.ts';
import { AppError } from '../../shared/errors.ts';
import type { Level } from '../../shared/models/scope.ts';
import type { ServerRecord } from '../../shared/models/server.ts';
import type { ConfinedSource } from './confined.ts';
import { appendLine } from './disk.ts';
import { fail } from './fail.ts';
import { type ProxySource, type RunningProxy, startProxy } from './proxy.ts';

export interface SuperviseSource extends ConfinedSource {
  readonly secrets: SecretValues;
  readonly level: Level;
  readonly loginPath: string | undefined;
  readonly cwd: string;
}

/** Different hosts that are noted in one run: a hostile server could name any number. */
const mostBlocked = 200;
/** Milliseconds between two looks whether the client is still there. */
const clientLook = 1000;

/** Runs the server to its end and ends as it does. */
export async function supervise(source: SuperviseSource): Promise<never> {
  try {
    closeLeftOpen();
    return await accompany(apartFromClient(source));
  } catch (thrown) {
    return fail(thrown);
  }
}

/** What the proxy's parts start by name comes from the system, not from where the client looks for programs. */
function apartFromClient<Source extends ConfinedSource>(source: Source): Source {
  const env = { ...source.machine.env };
  process.env.PATH = systemPath;
  return { ...source, machine: { ...source.machine, env } };
}

async function accompany(source: SuperviseSource): Promise<never> {
  const { scope, id } = source.record;
  if (scope === undefined) throw new TypeError('Only a server with a scope is supervised.');
  const needed = source.level !== 'confined' && scope.hosts !== 'none';
  const proxy = needed
    ? await openProxy(id, { ...pathOf(source), ...source, scope, onAsked: noteBlocked(source) })
    : undefined;
  try {
    const { file, args, env, cwd } = await planSupervised(source, proxy);
    const child = spawn(file, args, { env: { ...env }, cwd, stdio: 'inherit' });
    return await endWith(child, proxy);
  } catch (thrown) {
    await proxy?.stop();
    throw thrown;
  }
}

function pathOf({ machine }: ConfinedSource): Pick<ProxySource, 'path'> {
  return { path: machine.env.PATH };
}

function openProxy(server: string, source: ProxySource): Promise<RunningProxy> {
  return startProxy(source).catch((cause: unknown) => {
    throw new AppError(
      'not_confined',
      `The server "${server}" was not started: its proxy does not run.`,
      {
        hint: 'Run `portcullis doctor`: it says what is missing.',
        details: { server },
        cause,
      },
    );
  });
}

export interface TrialSource extends Omit<SuperviseSource, 'record' | 'secrets' | 'level'> {
  /** A file with the record, in whose folder the report goes. */
  readonly request: string;
}

/**
 * Starts a server once, without real secrets. At *confined* under a proxy that notes every host, and lets
 * it through where its scope does not limit them, traced if it can be; at a higher level as a start there is.
 */
export async function superviseTrial({ request, ...source }: TrialSource): Promise<never> {
  try {
    closeLeftOpen();
    // Written by our own application a moment ago.
    const record = JSON.parse(readFileSync(request, 'utf8')) as ServerRecord;
    return await accompanyTrial(apartFromClient({ ...source, record }), dirname(request));
  } catch (thrown) {
    return fail(thrown);
  }
}

async function accompanyTrial(
  source: Omit<SuperviseSource, 'secrets' | 'level'>,
  folder: string,
): Promise<never> {
  const { record, roots } = source;
  const { scope } = record;
  if (scope === undefined) throw new TypeError('Only a server with a scope is tried.');
  const random = () => randomBytes(24).toString('base64url');
  const machine = { ...source.machine, env: inventCredentials(source.machine.env, random) };
  const sandbox = createSandbox(machine.platform, { roots, path: machine.env.PATH });
  const secrets = inventSecrets(record, random);
  const { level } = scope;
  const watches = level === 'confined';
  const open = watches && scope.hosts === 'any';
  const listed = Array.isArray(scope.hosts) ? scope.hosts : [];
  const hosts = new Set<string>();
  const proxy = sandbox.probe().filtered
    ? await openProxy(record.id, {
        ...(watches
          ? { scope: { ...scope, hosts: listed }, level: 'listed-hosts' }
          : { scope, level }),
        ...{ secrets, roots: source.roots, ...pathOf(source) },
        onAsked: (host) => {
          if (hosts.size < mostBlocked) hosts.add(host);
          writeReport();
          return open;
        },
      })
    : undefined;
  // Decided on another machine, or before something was removed: no less than asked for.
  if (proxy === undefined && (!watches || listed.length > 0)) throw cannotLimit(record.id);
  // With a proxy nothing is reached either, and what it asked for is seen.
  const tried =
    proxy === undefined || open ? record : { ...record, scope: { ...scope, hosts: listed } };
  const plan = await planSupervised({ ...source, record: tried, machine, secrets, level }, proxy);
  const writeReport = () => {
    const report: TrialReport = {
      binds: plan.binds,
      ...(proxy === undefined ? {} : { [open ? 'hosts' : 'kept']: [...hosts] }),
    };
    writeFileSync(join(folder, 'report.json'), JSON.stringify(report), { mode: 0o600 });
  };
  writeReport();
  // Above confined the same files are seen: what it looks for is known by then.
  const tracer = watches ? findTool('strace', machine.env.PATH) : undefined;
  const watched = [
    ...traceOptions,
    keepTrace(join(folder, 'trace')),
    '--',
    plan.file,
    ...plan.args,
  ];
  const [file, args] = tracer === undefined ? [plan.file, plan.args] : [tracer, watched];
  const child = spawn(file, args, { env: { ...plan.env }, cwd: plan.cwd, stdio: 'inherit' });
  return endWith(child, proxy);
}

function cannotLimit(server: string): AppError {
  return new AppError(
    'not_confined',
    `The server "${server}" was not tried: its hosts cannot be limited on this computer.`,
    { hint: 'Run `portcullis doctor`: it says what is missing.', details: { server } },
  );
}

/** Threads too, only calls that name files, and only those that failed. */
const traceOptions = ['-f', '-qq', '-s', '4096', '-e', 'trace=%file', '-e', 'status=failed', '-o'];

/** A hostile server would fill the disk: what comes after the limit is read away. */
function keepTrace(file: string): string {
  const quoted = `'${file.replaceAll("'", `'\\''`)}'`;
  return `|/usr/bin/head -c ${traceLimit} >${quoted}; exec /bin/cat >/dev/null`;
}

async function planSupervised(
  source: SuperviseSource,
  proxy: RunningProxy | undefined,
): Promise<LaunchPlan & { readonly binds: readonly Bind[] }> {
  const { record, machine, roots, level } = source;
  const filled = fillRecord(record, proxy?.secrets ?? source.secrets, machine.env);
  if (filled.transport !== 'stdio') throw new TypeError('Only a program is supervised.');
  const plan = planLaunch(record.id, filled, {
    platform: machine.platform,
    clientEnv: machine.env,
    loginPath: source.loginPath,
    cwd: source.cwd,
    home: machine.home,
    files: programFiles,
    also: record.scope?.environment,
  });
  const sandbox = createSandbox(machine.platform, { roots, path: machine.env.PATH });
  const surroundings = {
    ...{ machine, roots, listClientFiles, files: programFiles },
    loginPath: source.loginPath,
  };
  const withProxy = { ...plan, env: { ...plan.env, ...proxy?.env } };
  const asked: Confinement[] = [];
  const noting: Sandbox = {
    ...sandbox,
    enclose(confinement) {
      asked.push(confinement);
      return sandbox.alwaysSupervised ? confinement : sandbox.enclose(confinement);
    },
  };
  const confined = confine(
    withProxy,
    { level },
    record,
    filled,
    { ...surroundings, sandbox: noting },
    proxy?.network,
  );
  const [confinement] = asked;
  if (confinement === undefined) throw new TypeError('Only a confined server is supervised.');
  const { binds } = confinement;
  if (!sandbox.alwaysSupervised) return { ...confined, binds };
  const { wrapBySeatbelt } = await import('./seatbelt.ts');
  return { server: record.id, binds, ...(await wrapBySeatbelt(confinement)) };
}

/** Hands signals on and leaves nothing behind, whoever ends first: server, client or we. */
function endWith(child: ChildProcess, proxy: RunningProxy | undefined): Promise<never> {
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, () => child.kill('SIGTERM'));
  const client = process.ppid;
  // Nothing tells a process that its parent was killed.
  const look = setInterval(() => {
    if (process.ppid !== client) child.kill('SIGKILL');
  }, clientLook);
  return new Promise((_, reject) => {
    child.once('error', reject);
    child.once('exit', async (exitCode, signal) => {
      clearInterval(look);
      await proxy?.stop().catch(() => undefined);
      if (signal === null) process.exit(exitCode ?? 1);
      for (const name of signals) process.removeAllListeners(name);
      process.kill(process.pid, signal);
    });
  });
}

function noteBlocked({ record, roots }: SuperviseSource): (host: string, port?: number) => false {
  const seen = new Set<string>();
  return (host, port) => {
    const key = `${host}:${port}`;
    if (seen.has(key) || seen.size >= mostBlocked) return false;
    seen.add(key);
    const at = new Date().toISOString();
    const line = renderBlockedLine({
      server: record.id,
      host,
      ...(port === undefined ? {} : { port }),
      at,
    });
    try {
      if (line !== undefined) appendLine(join(roots.data, 'activity', blockedFile), line);
    } catch {
      // The connection is refused all the same; only the note is lost.
    }
    return false;
  };
}
