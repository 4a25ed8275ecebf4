/**
 * Stays beside a server whose hosts are listed or whose secrets are masked, and runs the proxy that is
 * its only way out. A bundle of its own, loaded only then; it says its failures itself.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { blockedFile, renderBlockedLine } from '../../core/launch/blocked-line.ts';
import { confine } from '../../core/launch/confine.ts';
import { fillRecord } from '../../core/launch/fill.ts';
import { type LaunchPlan, planLaunch } from '../../core/launch/plan.ts';
import type { SecretValues } from '../../core/launch/secret-item.ts';
import { programFiles } from '../../platform/program-files.ts';
import { createSandbox } from '../../platform/sandbox/sandbox.ts';
import { AppError } from '../../shared/errors.ts';
import type { Level } from '../../shared/models/scope.ts';
import type { ConfinedSource } from './confined.ts';
import { appendLine } from './disk.ts';
import { fail } from './fail.ts';
import { type RunningProxy, startProxy } from './proxy.ts';

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
    return await accompany(source);
  } catch (thrown) {
    return fail(thrown);
  }
}

async function accompany(source: SuperviseSource): Promise<never> {
  const { scope, id } = source.record;
  if (scope === undefined) throw new TypeError('Only a server with a scope is supervised.');
  const proxy = await startProxy({ ...source, scope, onBlocked: noteBlocked(source) }).catch(
    (cause) => {
      throw new AppError(
        'not_confined',
        `The server "${id}" was not started: its proxy does not run.`,
        {
          hint: 'Run `portcullis doctor`: it says what is missing.',
          details: { server: id },
          cause,
        },
      );
    },
  );
  try {
    const { file, args, env, cwd } = planSupervised(source, proxy);
    const child = spawn(file, args, { env: { ...env }, cwd, stdio: 'inherit' });
    return await endWith(child, proxy);
  } catch (thrown) {
    await proxy.stop();
    throw thrown;
  }
}

function planSupervised(source: SuperviseSource, proxy: RunningProxy): LaunchPlan {
  const { record, machine, roots, level } = source;
  const filled = fillRecord(record, proxy.secrets, machine.env);
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
  const surroundings = { machine, roots, files: programFiles, sandbox };
  const withProxy = { ...plan, env: { ...plan.env, ...proxy.env } };
  return confine(withProxy, { level }, record, filled, surroundings, proxy.network);
}

/** Hands signals on and leaves nothing behind, whoever ends first: server, client or we. */
function endWith(child: ChildProcess, proxy: RunningProxy): Promise<never> {
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
      await proxy.stop().catch(() => undefined);
      if (signal === null) process.exit(exitCode ?? 1);
      for (const name of signals) process.removeAllListeners(name);
      process.kill(process.pid, signal);
    });
  });
}

function noteBlocked({ record, roots }: SuperviseSource): (host: string, port?: number) => void {
  const seen = new Set<string>();
  return (host, port) => {
    const key = `${host}:${port}`;
    if (seen.has(key) || seen.size >= mostBlocked) return;
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
  };
}
