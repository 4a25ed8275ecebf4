// @ts-check
/**
 * Vitest's JSON report with the errors that belong to no test: a rejection that nobody caught, a worker
 * that died. They fail a run, so the report must be able to name them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { JsonReporter } from 'vitest/node';

export default class ReportWithLateErrors extends JsonReporter {
  /**
   * @override
   * @param {Parameters<JsonReporter['onTestRunEnd']>[0]} modules
   * @param {readonly { message?: string, stack?: string, VITEST_TEST_PATH?: string }[]} [errors]
   */
  async onTestRunEnd(modules, errors = []) {
    await super.onTestRunEnd(modules);
    const { outputFile } = this.ctx.config;
    const file = typeof outputFile === 'object' ? outputFile.json : undefined;
    if (file === undefined) return;
    const lateErrors = errors.map(({ message, stack, VITEST_TEST_PATH: path }) =>
      [path, stack ?? message].filter(Boolean).join(' › '),
    );
    const report = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...report, lateErrors }));
  }
}
