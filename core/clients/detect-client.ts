/** Whether a client is installed, and whether it runs now. */
import type { Files, Machine, RunningProcess } from '../ports.ts';
import { expandGlob } from './expand-glob.ts';
import { pathsOf, resolvePaths } from './locate-files.ts';
import type { ClientRow, DetectRule } from './row.ts';

type Looking = Pick<Files, 'stat' | 'list'>;

/** Anything that a row names as a trace of the client. What cannot be looked at counts as not there. */
export async function isInstalled(
  row: ClientRow,
  files: Looking,
  machine: Machine,
): Promise<boolean> {
  const found = await Promise.all(row.detect.map((rule) => isThere(rule, files, machine)));
  return found.includes(true);
}

async function isThere(rule: DetectRule, files: Looking, machine: Machine): Promise<boolean> {
  const paths =
    'program' in rule ? programPaths(rule.program, machine) : await rulePaths(rule, files, machine);
  const facts = await Promise.all(paths.map((path) => exists(files, path)));
  return facts.includes(true);
}

async function rulePaths(
  rule: Exclude<DetectRule, { program: string }>,
  files: Looking,
  machine: Machine,
): Promise<readonly string[]> {
  if (rule.os?.includes(machine.platform) === false) return [];
  const resolved = resolvePaths(rule.path, machine, undefined);
  const paths = await Promise.all(
    resolved.map(async ({ path, glob }) => {
      if (glob === undefined) return [path];
      try {
        return await expandGlob(files, glob);
      } catch {
        return [];
      }
    }),
  );
  return paths.flat();
}

async function exists(files: Looking, path: string): Promise<boolean> {
  try {
    return (await files.stat(path)) !== undefined;
  } catch {
    // A folder that we may not look into holds nothing that we could work with.
    return false;
  }
}

function programPaths(program: string, machine: Machine): readonly string[] {
  const paths = pathsOf(machine);
  const path = machine.env.PATH ?? machine.env.Path ?? '';
  const names =
    machine.platform === 'windows'
      ? ['.exe', '.cmd', '.bat'].map((end) => program + end)
      : [program];
  return path
    .split(paths.delimiter)
    .filter((folder) => paths.isAbsolute(folder))
    .flatMap((folder) => names.map((name) => paths.join(folder, name)));
}

/** A process counts by the name of its program, with or without arguments behind it. */
export function isRunning(
  row: Pick<ClientRow, 'processes'>,
  running: readonly RunningProcess[],
): boolean {
  const names = row.processes.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  if (names.length === 0) return false;
  const program = new RegExp(`(?:^|[\\\\/])(?:${names.join('|')})(?:\\.exe)?"?(?:\\s|$)`);
  return running.some(({ command }) => program.test(command));
}
