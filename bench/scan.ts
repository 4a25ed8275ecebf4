/**
 * How long a scan takes: a whole machine in a cold process, and 30 files in a warm one. Budgets:
 * 300 ms and 10 ms (DESIGN "Budgets").
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { detectInBytes } from '../core/exposure/detect-bytes.ts';
import { generateCorpus } from '../test/corpus/generate.ts';
import { makeMachine } from './scan-machine.ts';

const runProgram = promisify(execFile);
const coldProgram = fileURLToPath(new URL('./scan-cold.ts', import.meta.url));

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

async function timeCold(
  rounds: number,
): Promise<{ readonly cold: number; readonly bare: number; readonly report: string }> {
  const home = await mkdtemp(join(tmpdir(), 'portcullis-scan-'));
  try {
    const machine = await makeMachine(home);
    const program = join(home, 'scan-cold.mjs');
    await build({
      entryPoints: [coldProgram],
      outfile: program,
      bundle: true,
      minify: true,
      platform: 'node',
      // YAML's CommonJS asks for `require` at run time.
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
      format: 'esm',
      logLevel: 'silent',
    });
    const list = JSON.stringify(machine);
    const cold: number[] = [];
    const bare: number[] = [];
    let report = '';
    for (let round = 0; round < rounds; round += 1) {
      const start = performance.now();
      report = (
        await runProgram(process.execPath, [program, list], { maxBuffer: 1 << 24 })
      ).stdout.trim();
      cold.push(performance.now() - start);
      const empty = performance.now();
      await runProgram(process.execPath, ['-e', '0']);
      bare.push(performance.now() - empty);
    }
    return { cold: median(cold), bare: median(bare), report };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function timeWarm(): number {
  const files = generateCorpus(9, 150)
    .files.slice(0, 30)
    .map(({ file, text }) => ({ file, bytes: new TextEncoder().encode(text) }));
  const once = () => {
    const start = performance.now();
    for (const { file, bytes } of files) detectInBytes(bytes, file);
    return performance.now() - start;
  };
  for (let round = 0; round < 30; round += 1) once();
  return median(Array.from({ length: 15 }, once));
}

/** Prints the numbers; `node bench/scan.ts`. */
export async function run(): Promise<void> {
  const { cold, bare, report } = await timeCold(5);
  console.log(
    `cold process, whole machine with a 5 MB state file: ${cold.toFixed(0)} ms (bare Node ${bare.toFixed(0)} ms, budget 300 ms)`,
  );
  console.log(`  ${report}`);
  console.log(`warm, 30 files: ${timeWarm().toFixed(1)} ms (budget 10 ms)`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run();
