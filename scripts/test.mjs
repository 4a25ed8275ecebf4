// @ts-check
/**
 * `npm test [-- --long --yes FILTER…]`: the gate. Checks the source, builds, and runs every runner
 * that this system has; ends with `N passed, N failed` alone on the last line.
 *
 * With filters (parts of test file paths) only matching test files run, and the source is not
 * checked. `--long` runs property and loop tests many more times.
 *
 * Started as root, it prepares what only root can, runs the rows that are about root, and then runs
 * everything as an ordinary user in a copy of the checkout, because root sees through the permissions that
 * the other tests are about.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { handToOrdinaryUser } from './as-user.mjs';
import { buildAll } from './build.mjs';
import { checkSource } from './check.mjs';
import { closingLine, countPlaywright, countVitest } from './count.mjs';
import { runPlaywright, runVitest } from './run-tests.mjs';
import { runners } from './runners.mjs';
import {
  continueOnNode24,
  hasConsent,
  installDependencies,
  installSystemPackages,
  root,
  runScript,
} from './setup.mjs';

/** @typedef {import('./count.mjs').Count} Count */
/** @typedef {import('./runners.mjs').Runner} Runner */

/** With a filter a runner may well have nothing to do; the sum below must still not be empty. */
const noneMatched = { passed: 0, failed: 0, notes: [] };

/**
 * @param {Runner} runner
 * @param {readonly string[]} filters
 * @returns {Count}
 */
function runOne(runner, filters) {
  console.log(`\n── ${runner.name} tests`);
  if (runner.kind === 'playwright') {
    const { report, exitCode } = runPlaywright(runner.needs ?? '', filters);
    const { expected = 0, unexpected = 0 } = report?.stats ?? {};
    if (filters.length > 0 && exitCode === 0 && expected + unexpected === 0) return noneMatched;
    return countPlaywright(report, exitCode);
  }
  const { report, exitCode } = runVitest(runner.name, filters);
  if (filters.length > 0 && exitCode === 0 && report?.testResults.length === 0) return noneMatched;
  return countVitest(report, exitCode);
}

/** @returns {Promise<Count>} One for each target. */
async function build() {
  console.log('\n── build');
  const { built, failed } = await buildAll({ ifStale: true });
  const notes = failed.map((name) => `could not build ${name}`);
  return { passed: built.length, failed: failed.length, notes };
}

/** @param {Runner} runner */
function isHere({ platforms, needs }) {
  return platforms.includes(process.platform) && (!needs || existsSync(join(root, needs)));
}

/** Carries the rows that root ran to the ordinary user's run, which prints the sum. */
const rowsOfRoot = 'PORTCULLIS_TEST_ROWS_OF_ROOT';

/**
 * @param {readonly string[]} filters
 * @returns {Promise<void>} What was counted waits in the environment.
 */
async function runWhatIsAboutRoot(filters) {
  await build();
  const rows = runners
    .filter((runner) => isHere(runner) && runner.again)
    .map((runner) => ({ name: runner.name, ...runOne(runner, filters) }));
  process.env[rowsOfRoot] = JSON.stringify(rows);
}

/**
 * @param {readonly string[]} filters
 * @returns {Promise<number>} Exit code.
 */
async function runAll(filters) {
  /** @type {(Count & { name: string })[]} */
  const rows = JSON.parse(process.env[rowsOfRoot] ?? '[]');
  delete process.env[rowsOfRoot];
  if (filters.length === 0) rows.push({ name: 'source', ...checkSource() });
  rows.push({ name: 'build', ...(await build()) });
  for (const runner of runners.filter((one) => isHere(one) && !one.again)) {
    rows.push({ name: runner.name, ...runOne(runner, filters) });
  }
  const ran = rows.filter(({ name }) => name !== 'source' && name !== 'build');
  if (ran.every(({ passed, failed }) => passed + failed === 0)) {
    rows.push({ name: 'filter', passed: 0, failed: 1, notes: ['no test file matches'] });
  }
  console.log('');
  for (const { name, passed, failed, notes } of rows) {
    console.log(`${failed ? '✗' : '✓'} ${name.padEnd(10)} ${passed} passed, ${failed} failed`);
    for (const note of notes) console.log(note.replace(/^/gm, '    '));
  }
  console.log(`\n${closingLine(rows)}`);
  return rows.some(({ failed }) => failed > 0) ? 1 : 0;
}

await runScript(async () => {
  const args = process.argv.slice(2);
  const filters = args.filter((arg) => !arg.startsWith('--'));
  const unknown = args.filter((arg) => arg.startsWith('--') && arg !== '--yes' && arg !== '--long');
  if (unknown.length > 0) {
    console.error(`Unknown option ${unknown.join(' ')}. Known: --long --yes, then filters.`);
    return 2;
  }
  installDependencies();
  installDependencies(join(root, 'test', 'servers'));
  await installSystemPackages({ yes: hasConsent(args) });
  continueOnNode24();
  if (args.includes('--long')) process.env.PORTCULLIS_LONG = '1';
  if (process.geteuid?.() !== 0) return await runAll(filters);
  await runWhatIsAboutRoot(filters);
  return handToOrdinaryUser(args);
});
