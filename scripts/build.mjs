// @ts-check
/**
 * `npm run build [-- --if-stale]`: makes `out/` from what is in the checkout. Each target is a row
 * of the table; a target whose entry does not exist yet is left out.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  continueOnNode24,
  installDependencies,
  root,
  run,
  runScript,
  SetupError,
} from './setup.mjs';

/**
 * @typedef {object} Target
 * @property {string} name Folder below `out/`.
 * @property {string} entry The target exists when this file does.
 * @property {readonly string[]} sources Files and folders it is made from.
 * @property {() => Promise<void>} make
 */

const shell = ['package-lock.json', 'scripts/build.mjs', 'shared', 'core', 'platform'];

/** @type {readonly Target[]} */
const targets = [
  { name: 'cli', entry: 'cli/main.ts', sources: [...shell, 'cli', 'web'], make: bundleCli },
  {
    name: 'launcher',
    entry: 'scripts/build-launcher.mjs',
    sources: [...shell, 'cli', 'scripts/build-launcher.mjs'],
    make: async () => runStep('scripts/build-launcher.mjs'),
  },
];

/** Stay in node_modules: they find files of their own at run time, or are not ours to bundle. */
const external = ['@napi-rs/keyring', '@anthropic-ai/sandbox-runtime', 'electron'];

async function bundleCli() {
  const { build } = await import('esbuild');
  await build({
    absWorkingDir: root,
    entryPoints: { portcullis: 'cli/main.ts' },
    outdir: 'out/cli',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // Chunks: a command that is not asked for is not even read.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    sourcemap: true,
    external,
    // Some CommonJS packages call require() for Node's own modules.
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
}

/** @param {string} script */
function runStep(script) {
  const code = run(process.execPath, [join(root, script)]);
  if (code !== 0) throw new SetupError(`${script} failed (exit ${code}).`);
}

/**
 * Names, sizes and times of everything a target is made from. A deleted file changes it too, which
 * comparing times alone would miss.
 *
 * @param {readonly string[]} sources
 */
function fingerprint(sources) {
  const hash = createHash('sha256').update(process.version);
  for (const file of sources.flatMap((source) => listFiles(join(root, source)))) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function listFiles(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).sort();
  return names
    .filter((name) => !/\.test\.tsx?$/.test(name))
    .flatMap((name) => listFiles(join(path, name)));
}

/**
 * Builds every target that exists and says how long each took.
 *
 * @param {{ ifStale: boolean }} options
 * @returns {Promise<readonly string[]>} The names of the targets in `out/`.
 */
export async function buildAll({ ifStale }) {
  const present = targets.filter(({ entry }) => existsSync(join(root, entry)));
  for (const target of present) {
    const stamp = join(root, 'out', target.name, '.built');
    const print = fingerprint(target.sources);
    if (ifStale && existsSync(stamp) && readFileSync(stamp, 'utf8') === print) continue;
    const start = performance.now();
    await target.make();
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, print);
    console.log(`built out/${target.name} in ${Math.round(performance.now() - start)} ms`);
  }
  return present.map(({ name }) => name);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runScript(async () => {
    installDependencies();
    continueOnNode24();
    const built = await buildAll({ ifStale: process.argv.includes('--if-stale') });
    if (built.length === 0) console.log('nothing to build yet');
    return 0;
  });
}
