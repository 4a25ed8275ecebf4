// @ts-check
/**
 * `npm run bench [-- NAME… [--minutes N]]`: runs the benchmarks in `bench/` one after another and
 * prints tables. `--minutes` is for those that watch something over a time.
 * A benchmark is a module whose `run()` answers a `Report`; modules without one are parts of others.
 * Budgets are ratios against a floor or a peer measured in the same run, so they hold on any machine;
 * a broken budget is shown, never a failed test.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildAll } from './build.mjs';
import { continueOnNode24, installDependencies, root, runScript, SetupError } from './setup.mjs';

/**
 * @typedef {object} Report
 * @property {string} title
 * @property {readonly Row[]} rows
 * @property {readonly Ratio[]} [ratios]
 * @property {readonly string[]} [notes] How it was measured: rounds, limits, versions of peers.
 *
 * @typedef {object} Row
 * @property {string} name
 * @property {number} value The median, unless `unit` says otherwise.
 * @property {string} unit
 * @property {number} [low] Lowest and highest of the rounds.
 * @property {number} [high]
 *
 * @typedef {object} Ratio
 * @property {string} name
 * @property {number} value
 * @property {{ most: number } | { least: number }} budget
 */

const folder = join(root, 'bench');

/** @param {readonly string[]} names */
function findBenchmarks(names) {
  const all = existsSync(folder) ? readdirSync(folder).sort() : [];
  const files = all.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const wanted =
    names.length === 0 ? files : names.map((name) => `${name.replace(/\.ts$/, '')}.ts`);
  const missing = wanted.filter((file) => !files.includes(file));
  if (missing.length > 0) {
    throw new SetupError(`No such benchmark: ${missing.join(' ')}. There are: ${files.join(' ')}`);
  }
  return wanted;
}

/** One line that makes numbers comparable, or shows that they are not. */
function describeMachine() {
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const model = cpus()[0]?.model.trim() || process.arch;
  return `${model}, ${availableParallelism()} cores, ${gigabytes} GB, ${process.platform} ${release()}, Node ${process.versions.node}`;
}

/** @param {number} value */
function format(value) {
  if (value !== 0 && Math.abs(value) < 10) return value.toPrecision(3);
  return Math.round(value).toLocaleString('en-GB');
}

/** @param {readonly (readonly string[])[]} lines The first column to the left, numbers to the right. */
function printTable(lines) {
  const widths = (lines[0] ?? []).map((_, i) =>
    Math.max(...lines.map((line) => line[i]?.length ?? 0)),
  );
  for (const line of lines) {
    const cells = line.map((cell, i) => {
      const width = widths[i] ?? 0;
      return i === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    console.log(`  ${cells.join('   ')}`.trimEnd());
  }
}

/** @param {Ratio} ratio */
function isKept({ value, budget }) {
  return 'most' in budget ? value <= budget.most : value >= budget.least;
}

/** @param {Report} report */
function printReport({ title, rows, ratios = [], notes = [] }) {
  console.log(`\n${title}`);
  printTable(
    rows.map(({ name, value, unit, low, high }) => {
      const range = low === undefined || high === undefined ? '' : `${format(low)}–${format(high)}`;
      return [name, format(value), unit, range];
    }),
  );
  if (ratios.length > 0) console.log('');
  printTable(
    ratios.map((ratio) => {
      const { name, value, budget } = ratio;
      const limit = 'most' in budget ? `≤ ${budget.most}` : `≥ ${budget.least}`;
      return [name, format(value), limit, isKept(ratio) ? 'kept' : 'BROKEN'];
    }),
  );
  for (const note of notes) console.log(`  ${note}`);
}

/**
 * @param {readonly string[]} args
 * @returns {{ names: readonly string[], options: { minutes?: number } }}
 */
function readArguments(args) {
  const at = args.indexOf('--minutes');
  if (at < 0) return { names: args, options: {} };
  const minutes = Number(args[at + 1]);
  if (!(minutes > 0)) throw new SetupError('--minutes takes a number above 0.');
  return { names: args.toSpliced(at, 2), options: { minutes } };
}

await runScript(async () => {
  installDependencies();
  continueOnNode24();
  const { failed } = await buildAll({ ifStale: true });
  for (const name of failed) console.error(`Could not build ${name}; going on without.`);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  console.log(`portcullis ${version} on ${describeMachine()}`);
  const { names, options } = readArguments(process.argv.slice(2));
  let ran = 0;
  for (const file of findBenchmarks(names)) {
    const { run } = await import(pathToFileURL(join(folder, file)).href);
    if (typeof run !== 'function') continue;
    printReport(await run(options));
    ran += 1;
  }
  if (ran === 0) console.log('no benchmark yet');
  return 0;
});
