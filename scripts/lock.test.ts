/**
 * The lock files as a fresh machine meets them: every system finds its packages in them, nothing
 * names the registry of whoever wrote them, and no install script runs unasked.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

interface Entry {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
type Entries = Readonly<Record<string, Entry>>;

const root = join(import.meta.dirname, '..');

/** Dependencies with no entry where Node would look for them; `npm ci` refuses such a lock file. */
function findUnlocked(entries: Entries): readonly string[] {
  return Object.entries(entries).flatMap(([path, entry]) => {
    const names = Object.keys({
      ...entry.dependencies,
      ...entry.devDependencies,
      ...entry.optionalDependencies,
    });
    return names.filter((name) => !isFound(entries, path, name)).map((name) => `${path} → ${name}`);
  });
}

function isFound(entries: Entries, path: string, name: string): boolean {
  if ([path, 'node_modules', name].filter(Boolean).join('/') in entries) return true;
  if (path === '') return false;
  return isFound(entries, path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/'))), name);
}

/** Packages with an install script that `allowScripts` neither allows nor refuses. */
function findUndecided(entries: Entries, allowed: Readonly<Record<string, boolean>>) {
  return Object.entries(entries)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length))
    .filter((name) => !(name in allowed));
}

test('a broken lock file is caught', () => {
  const entries: Entries = {
    '': { dependencies: { a: '1' } },
    'node_modules/a': { optionalDependencies: { b: '1', c: '1' }, hasInstallScript: true },
    'node_modules/a/node_modules/b': { dependencies: { a: '1', d: '1' } },
  };
  expect(findUnlocked(entries)).toEqual([
    'node_modules/a → c',
    'node_modules/a/node_modules/b → d',
  ]);
  expect(findUndecided(entries, {})).toEqual(['a']);
  expect(findUndecided(entries, { a: false })).toEqual([]);
});

describe.each(['.', 'test/servers'])('%s', (folder) => {
  const read = (name: string) => JSON.parse(readFileSync(join(root, folder, name), 'utf8'));
  const entries: Entries = read('package-lock.json').packages;

  test('has an entry for every dependency, those of other systems included', () => {
    expect(Object.keys(entries).length).toBeGreaterThan(100);
    expect(findUnlocked(entries)).toEqual([]);
  });

  test('names no download address and pins what is downloaded', () => {
    const packages = Object.entries(entries).filter(([path]) => path !== '');
    expect(packages.filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
    expect(packages.filter(([, entry]) => entry.integrity === undefined)).toEqual([]);
  });

  test('decides on every install script', () => {
    expect(findUndecided(entries, read('package.json').allowScripts ?? {})).toEqual([]);
  });
});
