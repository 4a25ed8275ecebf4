import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { programFiles } from '../../platform/program-files.ts';
import type { ScopeFolder } from '../../shared/models/scope.ts';
import { listClientFiles } from '../launch/client-files.ts';
import { planConfinement } from './confinement.ts';

const home = realpathSync(mkdtempSync(join(tmpdir(), 'confinement-')));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const at = (path: string) => join(home, path);
const roots = { config: at('.config/portcullis'), data: at('.data'), cache: at('.cache') };
for (const path of [
  'work/.cursor/mcp.json',
  'work/.env',
  'work/my.code-workspace',
  'work/deep/files/note.txt',
  'own/package.json',
  'own/src/server.mjs',
  'own/.env',
  'own/.env.local',
  'own/.git/config',
  'own/node_modules/dependency/.env',
  'own/apps/web/.env',
  'own/apps/web/.vscode/mcp.json',
  'own/granted/.env',
]) {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), '{}');
}
symlinkSync(at('work'), at('shortcut'));
symlinkSync(at('work/deep/files/note.txt'), at('own/.npmrc'));

const plan = (
  folders: readonly ScopeFolder[],
  { script = '/usr/share/server.mjs', given = [] as string[] } = {},
) =>
  planConfinement({
    start: {
      server: 'one',
      file: '/usr/bin/node',
      args: [script],
      env: { PATH: '/usr/bin' },
      cwd: '/',
    },
    scope: { level: 'confined', runtime: 'node', environment: [], folders, hosts: 'any' },
    machine: { platform: 'linux', home, env: {} },
    roots,
    files: programFiles,
    given,
    network: 'open',
    listClientFiles,
  });
const hidden = (...from: Parameters<typeof plan>) =>
  plan(...from)
    .masks.map(({ path }) => path)
    .toSorted();

test('in a granted folder clients’ files are hidden under each of its names, the person’s own are not', () => {
  expect(hidden([{ path: at('shortcut'), access: 'read', target: at('work') }])).toEqual([
    at('shortcut/.cursor/mcp.json'),
    at('shortcut/my.code-workspace'),
    at('work/.cursor/mcp.json'),
    at('work/my.code-workspace'),
  ]);
});

test('beside a program of the person’s own what is private is hidden, unless it was granted', () => {
  const script = at('own/src/server.mjs');
  const program = [
    at('own/.env'),
    at('own/.env.local'),
    at('own/.git'),
    at('own/apps/web/.env'),
    at('own/apps/web/.vscode/mcp.json'),
  ];
  expect(hidden([], { script })).toEqual([...program, at('own/granted/.env')]);
  expect(hidden([{ path: at('own/granted'), access: 'write' }], { script })).toEqual(program);
  expect(hidden([{ path: at('own'), access: 'write' }], { script })).toEqual([
    at('own/apps/web/.vscode/mcp.json'),
  ]);
});
