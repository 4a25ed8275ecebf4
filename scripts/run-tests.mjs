// @ts-check
/** Starts one runner of the table and reads the report that it leaves. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './setup.mjs';

/**
 * @param {string} project
 * @param {readonly string[]} filters Parts of test file paths; none means all.
 * @returns {{ report: import('./count.mjs').VitestReport | undefined, exitCode: number }}
 */
export function runVitest(project, filters) {
  return withReport((file) => {
    const script = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const reporter = join(root, 'scripts', 'vitest-report.mjs');
    const reporters = ['--reporter=default', `--reporter=${reporter}`, `--outputFile.json=${file}`];
    const quiet = filters.length > 0 ? ['--passWithNoTests'] : [];
    const args = [script, 'run', '--project', project, ...reporters, ...quiet, ...filters];
    return run(process.execPath, args);
  });
}

/**
 * @param {string} config
 * @param {readonly string[]} filters
 * @returns {{ report: import('./count.mjs').PlaywrightReport | undefined, exitCode: number }}
 */
export function runPlaywright(config, filters) {
  return withReport((file) => {
    const script = join(root, 'node_modules', '@playwright', 'test', 'cli.js');
    const quiet = filters.length > 0 ? ['--pass-with-no-tests'] : [];
    const args = [script, 'test', '--config', config, '--reporter=line,json', ...quiet, ...filters];
    return run(process.execPath, args, {
      env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: file },
    });
  });
}

/**
 * @param {(file: string) => number} start Runs the runner, which writes its report to `file`.
 * @returns {{ report: any, exitCode: number }}
 */
function withReport(start) {
  mkdirSync(join(root, 'out'), { recursive: true });
  const folder = mkdtempSync(join(root, 'out', 'report-'));
  try {
    const file = join(folder, 'report.json');
    const exitCode = start(file);
    const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
    return { report, exitCode };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
