// @ts-check
/**
 * `npm run check`: the quick gate before a commit. Format and lint, types, import rules and the unit
 * tests. The steps before the tests are also the first steps of `npm test`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countVitest } from './count.mjs';
import { runVitest } from './run-tests.mjs';
import { continueOnNode24, installDependencies, root, run, runScript } from './setup.mjs';

/** Biome colours its output even in a file. */
const plain = process.stdout.isTTY ? [] : ['--colors=off'];

/** One failure each in the closing line. */
const steps = [
  {
    name: 'format and lint',
    script: '@biomejs/biome/bin/biome',
    args: ['ci', '--error-on-warnings', '--diagnostic-level=warn', ...plain],
  },
  { name: 'types', script: 'typescript/bin/tsc', args: ['--project', '.'] },
  { name: 'types of the window', script: 'typescript/bin/tsc', args: ['--project', 'renderer'] },
];

/** @returns {import('./count.mjs').Count} One passed or failed for each step. */
export function checkSource() {
  const present = steps.filter(
    ({ args }) => !args.includes('renderer') || existsSync(join(root, 'renderer', 'tsconfig.json')),
  );
  const failures = present.filter(({ name, script, args }) => {
    console.log(`\n── ${name}`);
    return run(process.execPath, [join(root, 'node_modules', script), ...args]) !== 0;
  });
  const notes = failures.map(({ name }) => `${name} failed`);
  return { passed: present.length - failures.length, failed: failures.length, notes };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runScript(async () => {
    installDependencies();
    continueOnNode24();
    const source = checkSource();
    const { report, exitCode } = runVitest('unit', []);
    const unit = countVitest(report, exitCode);
    for (const note of [...source.notes, ...unit.notes]) console.error(`✗ ${note}`);
    return source.failed + unit.failed === 0 ? 0 : 1;
  });
}
