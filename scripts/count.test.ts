/** Nothing that did not run and pass may look green. Reports come from a real Vitest run. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { closingLine, countPlaywright, countVitest } from './count.mjs';

const root = join(import.meta.dirname, '..');
// Below the checkout, so that the files find Vitest.
mkdirSync(join(root, 'out'), { recursive: true });
const folder = mkdtempSync(join(root, 'out', 'count-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const files = {
  'passes.test.ts': "test('a', () => {}); test('b', () => {});",
  'fails.test.ts': "test('a', () => {}); test('b', () => { throw new Error('no'); });",
  'skips.test.ts': "test('a', () => {}); test.skip('b', () => {}); test.todo('c');",
  'skips-all.test.ts': "describe.skip('s', () => { test('a', () => {}); });",
  'only.test.ts': "test.only('a', () => {}); test('b', () => {});",
  'cannot-load.test.ts': "throw new Error('no');",
  'empty.test.ts': 'export {};',
  'hook.test.ts': "afterAll(() => { throw new Error('no'); }); test('a', () => {});",
  'rejects.test.ts': "test('a', () => { void Promise.reject(new Error('late')); });",
} as const;

/** What each file adds. A late rejection is an error outside every file, told by the exit code. */
const expected = {
  'passes.test.ts': [2, 0],
  'fails.test.ts': [1, 1],
  'skips.test.ts': [1, 2],
  'skips-all.test.ts': [0, 1],
  'only.test.ts': [1, 1],
  'cannot-load.test.ts': [0, 1],
  'empty.test.ts': [0, 1],
  'hook.test.ts': [1, 1],
  'rejects.test.ts': [1, 1],
} as const;

/** What the closing summary says of a failure, so that nobody has to scroll for it. */
const named = {
  'fails.test.ts': ['fails.test.ts › b', 'Error: no'],
  'cannot-load.test.ts': ['cannot-load.test.ts', 'no'],
  'hook.test.ts': ['hook.test.ts', 'no'],
  'rejects.test.ts': ['outside every test', 'Error: late'],
} as const;

function runVitest(name: string, text: string) {
  const place = mkdtempSync(join(folder, 'run-'));
  writeFileSync(join(place, name), `import { afterAll, describe, test } from 'vitest';\n${text}`);
  writeFileSync(join(place, 'vitest.config.ts'), 'export default { test: { allowOnly: true } };');
  const output = join(place, 'report.json');
  const script = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporter = `--reporter=${join(root, 'scripts', 'vitest-report.mjs')}`;
  const args = [script, 'run', '--root', place, reporter, `--outputFile.json=${output}`];
  const { status } = spawnSync(process.execPath, args, { cwd: place });
  return countVitest(JSON.parse(readFileSync(output, 'utf8')), status ?? 1);
}

test.each(Object.entries(files))('%s', (name, text) => {
  const { passed, failed, notes } = runVitest(name, text);
  expect([passed, failed]).toEqual(expected[name as keyof typeof files]); // keys of `files`
  const said = named[name as keyof typeof named] ?? []; // undefined for the others
  for (const part of said) expect(notes.join('\n')).toContain(part);
});

test('a runner that left no report', () => {
  expect(countVitest(undefined, 0)).toMatchObject({ passed: 0, failed: 1 });
  expect(countPlaywright(undefined, 0)).toMatchObject({ passed: 0, failed: 1 });
});

test('a runner that found no tests', () => {
  expect(countVitest({ testResults: [] }, 0)).toMatchObject({ passed: 0, failed: 1 });
});

test('a browser test that passed only when tried again', () => {
  const stats = { expected: 3, unexpected: 1, flaky: 1, skipped: 2 };
  expect(countPlaywright({ stats }, 1)).toMatchObject({ passed: 3, failed: 4 });
});

test('a browser test that failed is named with its error', () => {
  const stats = { expected: 0, unexpected: 1, flaky: 0, skipped: 0 };
  const errors = [{ message: '\u001b[31mError: no button\u001b[39m' }];
  const spec = {
    title: 'clicks',
    file: 'a.spec.ts',
    ok: false,
    tests: [{ results: [{ errors }] }],
  };
  const suites = [{ suites: [{ specs: [spec] }] }];
  const { notes } = countPlaywright({ stats, suites }, 1);
  expect(notes).toEqual(['a.spec.ts › clicks\n  Error: no button']);
});

test('the closing line', () => {
  const counts = [
    { passed: 2, failed: 1, notes: [] },
    { passed: 3, failed: 0, notes: [] },
  ];
  expect(closingLine(counts)).toBe('5 passed, 1 failed');
});
