/**
 * The table of runners: each test file belongs to exactly one row, and root runs none it must not, save
 * those that are run again as root.
 */
import { globSync } from 'node:fs';
import { join, matchesGlob, sep } from 'node:path';
import { expect, test } from 'vitest';
import { isForOrdinaryUser, runners } from './runners.mjs';

const root = join(import.meta.dirname, '..');

function findRows(file: string): readonly string[] {
  return runners
    .filter(({ again = false }) => !again)
    .filter(({ include }) => include.some((glob) => matchesGlob(file, glob)))
    .filter(({ exclude }) => !exclude.some((glob) => matchesGlob(file, glob)))
    .map(({ name }) => name);
}

const examples = {
  'core/edits/edit.test.ts': ['unit'],
  'core/edits/edit.user.test.ts': ['user'],
  'platform/keychain/secret-service.user.test.ts': ['user'],
  'renderer/ui/table.test.tsx': ['unit'],
  'test/architecture.test.ts': ['unit'],
  'test/doors.test.ts': ['span'],
  'test/doors.user.test.ts': ['user'],
  'test/support/fake-clock.test.ts': ['span'],
  'test/promises/p1-nothing-left.test.ts': ['journeys'],
  'test/faults/deep/kill.user.test.ts': ['journeys'],
  'test/servers/node_modules/a/a.test.ts': [],
};

test.each(Object.entries(examples))('%s', (file, rows) => {
  expect(findRows(file)).toEqual(rows);
});

test('every test file in the tree has one row, and its name and row agree on root', () => {
  const exclude = ['**/node_modules', 'out'];
  const files = globSync('**/*.test.{ts,tsx}', { cwd: root, exclude }).map((file) =>
    file.split(sep).join('/'),
  );
  expect(files).toContain('scripts/runners.test.ts');
  expect(files.filter((file) => findRows(file).length !== 1)).toEqual([]);
  const asRoot = new Map(runners.map(({ name, asRoot: may }) => [name, may]));
  const astray = files.filter(
    (file) => isForOrdinaryUser(join(root, file)) === asRoot.get(findRows(file)[0] ?? ''),
  );
  expect(astray).toEqual([]);
});

test('what runs again as root is there, and is for an ordinary user too', () => {
  const again = runners.filter((runner) => runner.again === true);
  expect(again.map(({ name }) => name)).toEqual(['root']);
  for (const glob of again.flatMap(({ include }) => include)) {
    const files = globSync(glob, { cwd: root });
    expect(files.length, glob).toBeGreaterThan(0);
    for (const file of files) expect(findRows(file), file).toHaveLength(1);
  }
});
