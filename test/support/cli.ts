/** Runs the built command line as a person's shell would, in a world of its own. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const cliProgram = join(import.meta.dirname, '..', '..', 'bin', 'portcullis');

export interface CliResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The one JSON document of `--json`. */
  json(): unknown;
}

export type Env = Readonly<Record<string, string>>;

/** `input` is what comes on standard input; without it there is none. */
export async function runCli(
  args: readonly string[],
  { env, input, cwd }: { env: Env; input?: string | Uint8Array; cwd?: string },
): Promise<CliResult> {
  if (!existsSync(join(cliProgram, '..', '..', 'out', 'cli'))) {
    throw new Error('The command line is not built: run `npm run build`.');
  }
  const child = spawn(process.execPath, [cliProgram, ...args], {
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', ...env },
    ...(cwd === undefined ? {} : { cwd }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.end(input ?? '');
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return {
    exitCode,
    stdout,
    stderr,
    json: () => {
      try {
        return JSON.parse(stdout);
      } catch (cause) {
        throw new Error(`Not one JSON document (exit ${exitCode}): ${stderr}`, { cause });
      }
    },
  };
}
