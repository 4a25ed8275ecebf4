/**
 * The house rules that a machine can check: imports, the uses of `reveal()`, names, sizes. The rules
 * are data in `test/architecture/`. First each rule meets a source that breaks it: a rule that cannot
 * fail would guard nothing. Then all of them meet the real tree.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  findBrokenGlobals,
  findBrokenImports,
  findCircles,
  isTest,
} from './architecture/import-rules.ts';
import { mayReveal, revealRows } from './architecture/reveal-table.ts';
import { readSource, type SourceFacts } from './architecture/source-facts.ts';
import { findBadName, findBadShape, longTables, size } from './architecture/style-rules.ts';

const root = join(import.meta.dirname, '..');
const sourceFolders = [
  'shared',
  'core',
  'platform',
  'renderer',
  'electron',
  'web',
  'cli',
  'scripts',
  'bench',
  'test',
];

function listFiles(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => !file.includes('node_modules/') && !file.includes('/goldens/'));
}

function readTree(): readonly SourceFacts[] {
  return sourceFolders
    .flatMap(listFiles)
    .filter((file) => /\.(ts|tsx|mts|cts|mjs|cjs)$/.test(file))
    .map((file) => readSource(file, readFileSync(join(root, file), 'utf8')));
}

describe('a source that breaks a rule is caught', () => {
  const broken = [
    ['core/protect/plan.ts', "import { a } from '../drift/diff.ts';", 'a job imports a job'],
    ['core/protect/plan.ts', "import type { A } from '../drift/diff.ts';", 'by type only'],
    ['core/protect/plan.ts', "type A = import('../drift/diff.ts').A;", 'by an inline type'],
    ['core/records/store.ts', "import { a } from '../protect/plan.ts';", 'foundation → job'],
    ['core/documents/text.ts', "import { a } from '../edits/edit.ts';", 'text → edits'],
    ['core/edits/edit.ts', "import { readFile } from 'node:fs/promises';", 'core → node:fs'],
    ['core/edits/edit.ts', "import { readFile } from 'fs/promises';", 'core → fs, unprefixed'],
    ['core/edits/edit.ts', "const fs = await import('node:fs');", 'dynamically'],
    ['core/edits/edit.ts', "const fs = require('node:fs');", 'by require'],
    ['core/edits/edit.ts', "import fs = require('node:fs');", 'by import ='],
    ['core/edits/edit.ts', "export { readFile } from 'node:fs';", 'by passing it on'],
    ['core/edits/edit.ts', "export * from '../../platform/files.ts';", 'core → platform'],
    ['core/edits/edit.ts', 'const name = f(); await import(name);', 'an unknown target'],
    ['core/app.ts', "import { createFiles } from '../platform/files.ts';", 'app → platform'],
    ['core/ports.ts', "import { Store } from './records/store.ts';", 'ports → foundation'],
    ['core/odd.ts', 'export const a = 1;', 'a file without a place'],
    ['platform/files.ts', "import { a } from '../core/edits/edit.ts';", 'platform → core'],
    ['renderer/app.tsx', "import { a } from '../core/app.ts';", 'the page → core'],
    ['renderer/app.tsx', "import { join } from 'node:path';", 'the page → node'],
    ['web/serve.ts', "import { a } from '../cli/main.ts';", 'a door → a door'],
    ['cli/main.ts', "import { a } from '../core/protect/plan.ts';", 'a door → a job'],
    ['shared/secret.ts', "import { a } from '../core/ports.ts';", 'shared → core'],
    ['shared/secret.ts', "import chalk from 'chalk';", 'shared → a package'],
    ['core/edits/edit.ts', "import { a } from '../../test/support/runs.ts';", 'core → test'],
    ['electron/window.ts', "import { BrowserWindow } from 'electron';", 'electron at run time'],
    ['electron/tray.test.ts', "import { Tray } from 'electron';", 'from a test'],
  ] as const;

  test.each(broken)('%s %s (%s)', (file, text) => {
    expect(findBrokenImports(readSource(file, text))).toHaveLength(1);
  });

  test('and one that keeps them is not', () => {
    const kept = [
      ['core/protect/plan.ts', "import { a } from '../edits/edit.ts'; import 'node:crypto';"],
      ['core/protect/plan.ts', "import { a } from './diff.ts'; import { z } from 'zod';"],
      ['core/protect/plan.test.ts', "import { a } from '../../platform/files.ts';"],
      ['electron/window.ts', "import type { BrowserWindow } from 'electron';"],
      ['electron/window.ts', "import { type Tray } from 'electron';"],
      ['electron/main.ts', "import { app } from 'electron';"],
      ['cli/run.ts', "import { launch } from '../core/launch/launch.ts';"],
      ['renderer/ui/table.tsx', "import { Table } from '@mantine/core';"],
    ] as const;
    expect(kept.flatMap(([file, text]) => findBrokenImports(readSource(file, text)))).toEqual([]);
  });

  test.each([
    'const home = process.env.HOME;',
    'const { env } = process;',
    'f(process);',
    'const p = globalThis.process;',
    'await fetch(url);',
    "console.log('x');",
    'function f(process: string) {} f(process.env.HOME);',
    'const f = (home = process.env.HOME) => home;',
    'const env = process.env as Env;',
  ])('core uses %s', (text) => {
    expect(findBrokenGlobals(readSource('core/scope/scope.ts', text))).toHaveLength(1);
    expect(findBrokenGlobals(readSource('platform/machine.ts', text))).toEqual([]);
  });

  test('a member or key of the same name is not the global', () => {
    const fine = [
      'const a = { process: 1 }; a.process; ports.fetch(1); ports.network.console;',
      'function f({ process, deep: { fetch } }: Ports) { return g(process, fetch); }',
      'const f = async (console = 1, ...[fetch]) => [console, fetch];',
      'interface Ports { process: string; fetch(url: string): typeof console }',
      'process: for (;;) break process;',
      "import { fetch } from './network.ts'; fetch();",
    ];
    for (const text of fine) {
      expect(findBrokenGlobals(readSource('core/scope/scope.ts', text))).toEqual([]);
    }
  });

  test('foundations in a circle', () => {
    const facts = [
      readSource('core/edits/a.ts', "import { b } from '../secrets/b.ts';"),
      readSource('core/secrets/b.ts', "import type { C } from '../records/c.ts';"),
      readSource('core/records/c.ts', "import { a } from '../edits/a.ts';"),
    ];
    expect(findCircles(facts)).toEqual(['core/edits → core/secrets → core/records → core/edits']);
    expect(findCircles(facts.slice(1))).toEqual([]);
  });

  test('calls of reveal, however they are written', () => {
    const text = "a.reveal(); b?.reveal(); c['reveal'](); reveal(); d.reveal; // e.reveal()";
    expect(readSource('core/launch/launch.ts', text).reveals).toBe(3);
  });

  test('names, barrels, any, silenced errors, length', () => {
    expect(findBadName('core/edits/file-utils.ts')).toContain('utils');
    expect(findBadName('core/helpers/file.ts')).toContain('helpers');
    expect(findBadName('core/edits/fileEdit.ts')).toContain('kebab-case');
    expect(findBadName('core/secrets/secret-service-service.ts')).toContain('service');
    expect(findBadName('platform/keychain/secret-service.ts')).toBeUndefined();
    expect(findBadName('core/edits/byte-splice.test.ts')).toBeUndefined();
    const shapes = [
      "export * from './a.ts';\nexport { b } from './b.ts';",
      'let a: any = 1;',
      '// @ts-ignore\nlet a = 1;',
      'f();\n'.repeat(size.most + 1),
    ];
    for (const text of shapes) {
      expect(findBadShape(readSource('core/edits/edit.ts', text))).toHaveLength(1);
    }
    const fine = "export { a } from './a.ts';\nexport const any = 'any'; // not @ts-expect-error";
    expect(findBadShape(readSource('core/edits/edit.ts', fine))).toEqual([]);
  });

  test('a file that does not parse', () => {
    expect(() => readSource('core/edits/edit.ts', 'const = ;')).toThrow('does not parse');
  });
});

describe('the tree', () => {
  let sources: readonly SourceFacts[] = [];
  let shipped: readonly SourceFacts[] = [];
  beforeAll(() => {
    sources = readTree();
    shipped = sources.filter(({ file }) => !isTest(file));
  });

  test('was read', () => {
    expect(shipped.length).toBeGreaterThan(10);
    expect(shipped.map(({ file }) => file)).toContain('core/ports.ts');
  });

  test('imports only what the table allows', () => {
    expect(sources.flatMap(findBrokenImports)).toEqual([]);
  });

  test('has no circle of foundations', () => {
    expect(findCircles(sources)).toEqual([]);
  });

  test('hands the core what is outside', () => {
    expect(sources.flatMap(findBrokenGlobals)).toEqual([]);
  });

  test('reveals secrets only where a row says why', () => {
    const actual = shipped
      .filter(({ reveals, file }) => reveals > 0 && !/^(test|bench)\//.test(file))
      .map(({ file, reveals }) => ({ file, calls: reveals }));
    const listed = revealRows.map(({ file, calls }) => ({ file, calls }));
    const byFile = (a: { file: string }, b: { file: string }): number => (a.file < b.file ? -1 : 1);
    expect(actual.sort(byFile)).toEqual(listed.sort(byFile));
    expect(revealRows.filter(({ why }) => why.length < 10)).toEqual([]);
    const astray = revealRows.filter(({ file }) => !mayReveal.some((way) => file.startsWith(way)));
    expect(astray).toEqual([]);
  });

  test('has names that say something', () => {
    expect(sources.flatMap(({ file }) => findBadName(file) ?? [])).toEqual([]);
  });

  test('has no any, no silenced error, no barrel, no file too long', ({ annotate }) => {
    const long = shipped.filter(({ lines }) => lines > size.aim && lines <= size.most);
    for (const { file, lines } of long) void annotate(`${file}: ${lines} lines`, 'long');
    expect(sources.flatMap(findBadShape)).toEqual([]);
    const idle = Object.keys(longTables).filter(
      (file) => !shipped.some((one) => one.file === file && one.lines > size.most),
    );
    expect(idle).toEqual([]);
  });
});
