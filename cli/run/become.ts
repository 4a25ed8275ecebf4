/** Starts the planned program: by becoming it, or, where the system cannot do that, as a child. */
import type { LaunchPlan } from '../../core/launch/plan.ts';
import { closeLeftOpen } from '../../platform/left-open.ts';

/**
 * Replaces this process by the program: same pid, same streams, exactly the planned environment.
 * Nothing of us is left in memory. Does not return.
 */
export function becomeServer(plan: LaunchPlan): never {
  // Node ignores these two, and what is ignored stays so in the next program. A handler does not.
  process.on('SIGPIPE', ignore);
  process.on('SIGXFSZ', ignore);
  process.chdir(plan.cwd);
  closeLeftOpen();
  return replaceProcess(plan.file, plan.args, plan.env);
}

/**
 * Ends this process at once with an exit code, even while a keychain prompt holds one of its threads,
 * on which an ordinary exit would wait for ever.
 */
export function leave(exitCode: number): never {
  if (process.platform === 'win32') process.exit(exitCode);
  return replaceProcess('/bin/sh', ['-c', `exit ${exitCode}`], {});
}

function replaceProcess(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): never {
  if (process.execve === undefined) throw new TypeError('This system cannot replace a process.');
  return process.execve(file, [file, ...args], { ...env });
}

/**
 * Runs the program as a child that shares our streams, hands it our signals and ends as it ends.
 * The way on Windows, where a process cannot be replaced. Resolves never: the process exits.
 */
export async function accompanyServer(plan: LaunchPlan): Promise<never> {
  const { spawn } = await import('node:child_process');
  closeLeftOpen();
  const forwarded = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
  // Before the child exists: a signal in between would end us and leave it behind.
  for (const signal of forwarded) process.on(signal, () => child.kill(signal));
  const child = spawn(plan.file, plan.args, {
    env: { ...plan.env },
    cwd: plan.cwd,
    stdio: 'inherit',
    windowsHide: true,
  });
  return new Promise((_, reject) => {
    child.on('error', reject);
    child.on('exit', (exitCode, signal) => {
      if (signal === null) process.exit(exitCode ?? 1);
      for (const name of forwarded) process.removeAllListeners(name);
      process.kill(process.pid, signal);
    });
  });
}

function ignore(): void {}
