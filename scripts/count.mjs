// @ts-check
/**
 * Turns a runner's JSON report into two numbers. Strict on purpose: a skipped test, a file that
 * holds no test, a file that could not be loaded and a runner that died are all failures, so that
 * the last line of `npm test` can only be green when everything ran.
 */

/** @typedef {{ passed: number, failed: number, notes: readonly string[] }} Count */

/**
 * @typedef {object} VitestReport
 * @property {readonly { name: string, status: string, message?: string,
 *   assertionResults: readonly { status: string, fullName: string }[] }[]} testResults
 */

/**
 * @typedef {object} PlaywrightReport
 * @property {{ expected: number, unexpected: number, flaky: number, skipped: number }} stats
 * @property {readonly unknown[]} [errors]
 */

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
    const idle = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
    for (const test of idle)
      notes.push(`${test.status}, so failed: ${file.name} › ${test.fullName}`);
    if (tests.length === 0) notes.push(`no test ran in ${file.name}`);
    // A file can fail outside its tests, in a hook or while loading.
    const broken = tests.length === 0 || (file.status === 'failed' && good === tests.length);
    passed += good;
    failed += tests.length - good + (broken ? 1 : 0);
  }
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
  const notes = [];
  if (skipped > 0) notes.push(`${skipped} skipped, so failed`);
  if (flaky > 0) notes.push(`${flaky} passed only when tried again, so failed`);
  const failed = unexpected + flaky + skipped + (report.errors?.length ?? 0);
  return settle(expected, failed, notes, exitCode);
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
