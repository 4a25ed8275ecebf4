// @ts-check
/**
 * `npm run build [-- --if-stale]`: makes `out/` from what is in the checkout. Each target is a row
 * of the table; a target whose entry does not exist yet is left out.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
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

const shell = [
  ...['package-lock.json', 'scripts/build.mjs', 'shared', 'core', 'platform'],
  'assets/scope-presets.json',
];

/** @type {readonly Target[]} */
const targets = [
  { name: 'cli', entry: 'cli/main.ts', sources: [...shell, 'cli', 'web'], make: bundleCli },
  {
    name: 'launcher',
    entry: 'scripts/build-launcher.mjs',
    sources: [...shell, 'cli', 'scripts/build-launcher.mjs'],
    make: async () => runStep('scripts/build-launcher.mjs'),
  },
  {
    name: 'electron',
    entry: 'electron/main.ts',
    sources: [...shell, 'electron', 'web', 'package.json'],
    make: bundleElectron,
  },
  {
    name: 'renderer',
    entry: 'renderer/vite.config.ts',
    sources: ['package-lock.json', 'scripts/build.mjs', 'shared', 'renderer', 'assets'],
    make: async () =>
      runStep('node_modules/vite/bin/vite.js', [
        ...['build', '--config', 'renderer/vite.config.ts', '--logLevel', 'warn'],
        ...['--outDir', join(root, 'out', 'renderer'), '--emptyOutDir'],
      ]),
  },
];

/** Stay in node_modules: they find files of their own at run time, or are not ours to bundle. */
const external = ['@napi-rs/keyring', '@anthropic-ai/sandbox-runtime', 'electron'];

/** A process of its own, so that a keychain that hangs can be killed. */
const keychainHelper = { 'keychain-helper': 'platform/keychain/helper.ts' };

function bundleCli() {
  return bundleModules({ portcullis: 'cli/main.ts', ...keychainHelper }, 'out/cli');
}

async function bundleElectron() {
  await bundleModules({ main: 'electron/main.ts' }, 'out/electron');
  // Alone in its folder: a packed app has it outside its archive.
  await bundleModules(keychainHelper, 'out/electron/helper');
  const { build } = await import('esbuild');
  // A preload in the sandbox is one CommonJS file.
  await build({
    absWorkingDir: root,
    entryPoints: ['electron/preload.ts'],
    outfile: 'out/electron/preload.cjs',
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    external: ['electron'],
    logLevel: 'warning',
  });
}

/**
 * @param {Readonly<Record<string, string>>} entryPoints
 * @param {string} folder
 */
async function bundleModules(entryPoints, folder) {
  const { build } = await import('esbuild');
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // Chunks: a command that is not asked for is not even read.
    splitting: true,
    // Comments and blanks are read at every start; names stay for whoever reads a stack.
    minifyWhitespace: true,
    minifySyntax: true,
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
    metafile: true,
  });
  refuseBareImports(metafile);
}

/**
 * A bundled CommonJS package that is imported dynamically loses its named exports, which it has in
 * tests. A module of ours that imports it statically may be imported dynamically instead.
 *
 * @param {import('esbuild').Metafile} metafile
 */
function refuseBareImports({ inputs }) {
  for (const [file, { imports }] of Object.entries(inputs)) {
    if (file.startsWith('node_modules/')) continue;
    const bare = imports.find(
      ({ kind, path }) => kind === 'dynamic-import' && inputs[path]?.format === 'cjs',
    );
    if (bare)
      throw new SetupError(
        `${file} imports ${bare.original ?? bare.path} dynamically; it is CommonJS.`,
      );
  }
}

/**
 * @param {string} script
 * @param {readonly string[]} [args]
 */
function runStep(script, args = []) {
  // Test runners set another, and the window would be built on the slow React for developers.
  const env = { ...process.env, NODE_ENV: 'production' };
  const code = run(process.execPath, [join(root, script), ...args], { env });
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

/** @param {Target} target */
async function isMade(target) {
  // Whatever was there is older than the sources: leave nothing stale behind a failure.
  rmSync(join(root, 'out', target.name), { recursive: true, force: true });
  try {
    await target.make();
    return true;
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error);
    return false;
  }
}

/**
 * Builds every target that exists and says how long each took. A target that fails does not keep the
 * others from being tried: the caller decides whether it can do without.
 *
 * @param {{ ifStale: boolean }} options
 * @returns {Promise<{ built: readonly string[], failed: readonly string[] }>} Names of targets; `built`
 *   includes those that were up to date.
 */
export async function buildAll({ ifStale }) {
  const present = targets.filter(({ entry }) => existsSync(join(root, entry)));
  /** @type {string[]} */
  const failed = [];
  for (const target of present) {
    const stamp = join(root, 'out', target.name, '.built');
    const print = fingerprint(target.sources);
    if (ifStale && existsSync(stamp) && readFileSync(stamp, 'utf8') === print) continue;
    const start = performance.now();
    if (!(await isMade(target))) {
      failed.push(target.name);
      continue;
    }
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, print);
    console.log(`built out/${target.name} in ${Math.round(performance.now() - start)} ms`);
  }
  const built = present.map(({ name }) => name).filter((name) => !failed.includes(name));
  return { built, failed };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runScript(async () => {
    installDependencies();
    continueOnNode24();
    const { failed } = await buildAll({ ifStale: process.argv.includes('--if-stale') });
    for (const name of failed) console.error(`Could not build ${name}.`);
    return failed.length === 0 ? 0 : 1;
  });
}
