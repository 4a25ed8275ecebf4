/** Runs `edit-worker.ts`, or another of them, bundled once per test file so that hundreds of starts stay affordable. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

export interface WorkerEnd {
  readonly signal: string | null;
  readonly code: number | null;
  /** Methods in order; empty when the process did not reach its end. */
  readonly calls: readonly string[];
  readonly answer: unknown;
  readonly errors: string;
}

export interface Workers {
  run(
    stage: {
      readonly root: string;
      readonly keychain: string;
      readonly planted: readonly unknown[];
    },
    task: string,
    env?: Readonly<Record<string, string>>,
    wrap?: readonly string[],
  ): Promise<WorkerEnd>;
  close(): void;
}

export function openWorkers(entry = 'edit-worker.ts'): Workers {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-worker-'));
  const script = join(folder, 'worker.mjs');
  buildSync({
    entryPoints: [join(import.meta.dirname, entry)],
    outdir: folder,
    entryNames: 'worker',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // As the app ships: what is loaded when it is needed stays a file of its own.
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // Some packages are CommonJS and load modules of Node while they run.
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    external: ['@napi-rs/keyring'],
  });
  return {
    run: (stage, task, env = {}, wrap = []) => {
      const stageFile = join(folder, `${crypto.randomUUID()}.json`);
      const { root, keychain, planted } = stage;
      writeFileSync(stageFile, JSON.stringify({ root, keychain, planted }));
      return runOnce([...wrap, process.execPath, script, stageFile, task], env);
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function runOnce(
  [command = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<WorkerEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let errors = '';
    child.stdout.on('data', (chunk) => (out += String(chunk)));
    child.stderr.on('data', (chunk) => (errors += String(chunk)));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const said = out === '' ? { calls: [], answer: undefined } : JSON.parse(out);
      resolve({ signal, code, calls: said.calls, answer: said.answer, errors });
    });
  });
}
