/**
 * How long a scan takes: a whole machine in a cold process, and 30 files in a warm one. DESIGN asks
 * for 300 ms and 10 ms where bare Node starts in 29 ms.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { detectInBytes } from '../core/exposure/detect-bytes.ts';
import { generateCorpus } from '../test/corpus/generate.ts';
import { makeMachine } from './scan-machine.ts';

interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly low: number;
  readonly high: number;
}

interface Report {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly ratios: readonly {
    readonly name: string;
    readonly value: number;
    readonly budget: { readonly most: number };
  }[];
  readonly notes: readonly string[];
}

const runProgram = promisify(execFile);
const rounds = 9;

/** Measures: wall clock, in milliseconds. */
export async function run(): Promise<Report> {
  const { cold, bare, note } = await timeCold();
  const warm = timeWarm();
  const [coldRow, bareRow, warmRow] = [
    toRow('cold process, whole machine with a 5 MB state file', cold),
    toRow('floor: bare Node', bare),
    toRow('warm, 30 files', warm),
  ];
  return {
    title: 'Scan for plaintext secrets',
    rows: [coldRow, bareRow, warmRow],
    ratios: [
      { name: 'cold scan / bare Node', value: coldRow.value / bareRow.value, budget: { most: 10 } },
      {
        name: 'warm 30 files / bare Node',
        value: warmRow.value / bareRow.value,
        budget: { most: 0.35 },
      },
    ],
    notes: [
      note,
      `${rounds} rounds cold, interleaved with bare Node; bundled and with a compile cache, as it ships`,
    ],
  };
}

async function timeCold(): Promise<{ cold: number[]; bare: number[]; note: string }> {
  const home = await mkdtemp(join(tmpdir(), 'portcullis-scan-'));
  try {
    const list = JSON.stringify(await makeMachine(home));
    const program = await bundleScan(home);
    const cold: number[] = [];
    const bare: number[] = [];
    // Fills the compile cache.
    await runProgram(process.execPath, [program, list]);
    let note = '';
    for (let round = 0; round < rounds; round += 1) {
      const start = performance.now();
      note = (await runProgram(process.execPath, [program, list])).stdout.trim();
      cold.push(performance.now() - start);
      const empty = performance.now();
      await runProgram(process.execPath, ['-e', '0']);
      bare.push(performance.now() - empty);
    }
    return { cold, bare, note };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function bundleScan(folder: string): Promise<string> {
  const here = dirname(fileURLToPath(import.meta.url));
  await build({
    stdin: {
      // As `cli/main.ts` does.
      contents: `import { enableCompileCache } from 'node:module';
        enableCompileCache(process.argv[1] + '.compiled');
        const { scanOnce } = await import('./scan-cold.ts');
        await scanOnce(process.argv[2] ?? '');`,
      resolveDir: here,
      sourcefile: 'scan.ts',
    },
    outdir: folder,
    entryNames: 'scan',
    outExtension: { '.js': '.mjs' },
    splitting: true,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    // The YAML parser asks for `require` at run time.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return join(folder, 'scan.mjs');
}

function timeWarm(): number[] {
  const files = generateCorpus(9, 150)
    .files.slice(0, 30)
    .map(({ file, text }) => ({ file, bytes: new TextEncoder().encode(text) }));
  const once = (): number => {
    const start = performance.now();
    for (const { file, bytes } of files) detectInBytes(bytes, file);
    return performance.now() - start;
  };
  for (let round = 0; round < 30; round += 1) once();
  return Array.from({ length: 15 }, once);
}

function toRow(name: string, times: readonly number[]): Row {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? 0;
  return {
    name,
    value: at(sorted.length >> 1),
    unit: 'ms',
    low: at(0),
    high: at(sorted.length - 1),
  };
}
