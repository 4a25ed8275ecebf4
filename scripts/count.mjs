// @ts-check
/**
 * Turns a runner's JSON report into two numbers. Strict on purpose: a skipped test, a file that
 * holds no test, a file that could not be loaded and a runner that died are all failures, so that
 * the last line of `npm test` can only be green when everything ran.
 */

import { stripVTControlCharacters } from 'node:util';

/** @typedef {{ passed: number, failed: number, notes: readonly string[] }} Count */

/**
 * @typedef {object} VitestReport
 * @property {readonly { name: string, status: string, message?: string,
 *   assertionResults: readonly { status: string, fullName: string,
 *     failureMessages?: readonly string[] }[] }[]} testResults
 * @property {readonly string[]} [lateErrors] Errors outside every test (`vitest-report.mjs`).
 */

/**
 * @typedef {object} PlaywrightReport
 * @property {{ expected: number, unexpected: number, flaky: number, skipped: number }} stats
 * @property {readonly PlaywrightError[]} [errors]
 * @property {readonly PlaywrightSuite[]} [suites]
 */

/** @typedef {{ message?: string }} PlaywrightError */

/**
 * @typedef {object} PlaywrightSuite
 * @property {readonly PlaywrightSuite[]} [suites]
 * @property {readonly { title: string, file: string, ok: boolean,
 *   tests: readonly { results: readonly { errors: readonly PlaywrightError[] }[] }[] }[]} [specs]
 */

/** Lines of each failure that the closing summary repeats; the whole stands above, where it happened. */
const noteLines = 12;

/**
 * @param {VitestReport | undefined} report Undefined when the runner left none.
 * @param {number} exitCode
 * @returns {Count}
 */
export function countVitest(report, exitCode) {
  if (!report) return crashed(exitCode);
  const notes = [];
  let passed = 0;
  let failed = 0;
  for (const file of report.testResults) {
    const tests = file.assertionResults;
    const good = tests.filter(({ status }) => status === 'passed').length;
    for (const { status, fullName, failureMessages } of tests) {
      if (status === 'failed') notes.push(describe(file.name, fullName, failureMessages));
    }
    const idle = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
    for (const test of idle)
      notes.push(`${test.status}, so failed: ${file.name} › ${test.fullName}`);
    // A file can fail outside its tests, in a hook or while loading.
    const broken = tests.length === 0 || (file.status === 'failed' && good === tests.length);
    if (broken) notes.push(describe('outside every test', file.name, [file.message]));
    passed += good;
    failed += tests.length - good + (broken ? 1 : 0);
  }
  for (const error of report.lateErrors ?? [])
    notes.push(describe('outside every test', '', [error]));
  return settle(passed, failed, notes, exitCode);
}

/**
 * @param {PlaywrightReport | undefined} report
 * @param {number} exitCode
 * @returns {Count}
 */
export function countPlaywright(report, exitCode) {
  if (!report) return crashed(exitCode);
  const { expected, unexpected, flaky, skipped } = report.stats;
  const notes = [...describeSuites(report.suites ?? [])];
  for (const { message } of report.errors ?? [])
    notes.push(describe('outside every test', '', [message]));
  if (skipped > 0) notes.push(`${skipped} skipped, so failed`);
  if (flaky > 0) notes.push(`${flaky} passed only when tried again, so failed`);
  const failed = unexpected + flaky + skipped + (report.errors?.length ?? 0);
  return settle(expected, failed, notes, exitCode);
}

/**
 * @param {readonly PlaywrightSuite[]} suites
 * @returns {readonly string[]}
 */
function describeSuites(suites) {
  return suites.flatMap(({ suites: inner = [], specs = [] }) => [
    ...specs
      .filter(({ ok }) => !ok)
      .map(({ file, title, tests }) => {
        const errors = tests.flatMap(({ results }) => results.flatMap((result) => result.errors));
        return describe(
          file,
          title,
          errors.map(({ message }) => message),
        );
      }),
    ...describeSuites(inner),
  ]);
}

/**
 * @param {string} file
 * @param {string} name
 * @param {readonly (string | undefined)[]} messages
 * @returns {string} Plain text: where, and how the failure begins.
 */
function describe(file, name, messages = []) {
  const text = stripVTControlCharacters(messages.join('\n')).split('\n').slice(0, noteLines);
  return [[file, name].filter(Boolean).join(' › '), ...text.map((line) => `  ${line}`)].join('\n');
}

/**
 * @param {number} exitCode
 * @returns {Count}
 */
function crashed(exitCode) {
  return { passed: 0, failed: 1, notes: [`the runner left no report (exit ${exitCode})`] };
}

/**
 * @param {number} passed
 * @param {number} failed
 * @param {string[]} notes
 * @param {number} exitCode
 * @returns {Count}
 */
function settle(passed, failed, notes, exitCode) {
  if (passed + failed === 0) return { passed, failed: 1, notes: ['the runner found no tests'] };
  if (exitCode !== 0 && failed === 0) {
    // An error outside every test, such as a rejection that nobody caught.
    return { passed, failed: 1, notes: [...notes, `the runner ended with exit ${exitCode}`] };
  }
  return { passed, failed, notes };
}

/**
 * @param {readonly Count[]} counts
 * @returns {string} The last line of a run, which CI reads.
 */
export function closingLine(counts) {
  const sum = (/** @type {'passed' | 'failed'} */ key) => counts.reduce((n, c) => n + c[key], 0);
  return `${sum('passed')} passed, ${sum('failed')} failed`;
}
