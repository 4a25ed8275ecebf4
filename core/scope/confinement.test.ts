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

interface Start {
  readonly script?: string;
  readonly given?: readonly string[];
  readonly home?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const plan = (folders: readonly ScopeFolder[], start: Start = {}) =>
  planConfinement({
    start: {
      server: 'one',
      file: '/usr/bin/node',
      args: [start.script ?? '/usr/share/server.mjs', ...(start.args ?? [])],
      env: { PATH: '/usr/bin', ...start.env },
      cwd: '/',
    },
    scope: { level: 'confined', runtime: 'node', environment: [], folders, hosts: 'any' },
    machine: { platform: 'linux', home: start.home ?? home, env: {} },
    roots,
    files: programFiles,
    given: start.given ?? [],
    network: 'open',
    listClientFiles,
    loginPath: `/usr/bin:${at('tools/bin')}:work/deep`,
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

test('folders with a dot and whatever an env file is called are looked at too', () => {
  const names = [
    ...['.claude/worktrees/x/.mcp.json', '.claude/worktrees/x/.env', 'packages/.hidden/.mcp.json'],
    ...['.devcontainer/.env', '.env-prod', '.env_local', '.dev.vars', '.envrc.local'],
  ];
  for (const path of ['dotted/package.json', ...names.map((name) => `dotted/${name}`)]) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), '{}');
  }
  writeFileSync(at('dotted/server.mjs'), '');
  const all = names.map((name) => at(`dotted/${name}`)).toSorted();
  expect(hidden([], { script: at('dotted/server.mjs') })).toEqual(all);
  expect(hidden([{ path: at('dotted'), access: 'write' }])).toEqual(
    all.filter((path) => path.endsWith('.mcp.json')),
  );
});

test('beside a program with more folders than are looked at, the rest is hidden, but not the program', () => {
  const many = Array.from({ length: 1004 }, (_, index) => `many/p${index}`);
  for (const path of many) mkdirSync(at(path), { recursive: true });
  writeFileSync(at('many/package.json'), '');
  const folders = programFiles.list(at('many')).filter(({ isFolder }) => isFolder);
  const rest = folders.slice(999).map(({ name }) => at(`many/${name}`));
  const [own = '', ...others] = rest;
  writeFileSync(join(own, 'server.mjs'), '');
  writeFileSync(join(rest.at(-1) ?? '', '.mcp.json'), '{}');
  expect(hidden([], { script: join(own, 'server.mjs') })).toEqual(others.toSorted());
});

test('what a client gives is a project, and hides what a granted folder hides', () => {
  expect(hidden([], { given: [at('work')] })).toEqual([
    at('work/.cursor/mcp.json'),
    at('work/my.code-workspace'),
  ]);
  // Neither a client's file by its own name nor the folder that it is in.
  for (const path of ['work/.cursor/mcp.json', 'work/.cursor'])
    expect(hidden([], { given: [at(path)] })).toEqual([at('work/.cursor/mcp.json')]);
});

test('a client gives no place of credentials or settings, no home and no disk, by whatever name', () => {
  symlinkSync(home, at('work/home'));
  mkdirSync(at('.ssh'));
  mkdirSync(at('.config'));
  mkdirSync(at('.local/bin'), { recursive: true });
  writeFileSync(at('.bashrc'), '');
  const linked = `${home}-linked`;
  symlinkSync(home, linked);
  for (const path of ['.ssh', '.local', '.local/bin', '.bashrc', '', 'work/home', '.config'])
    for (const named of [home, linked])
      expect(() => plan([], { given: [at(path)], home: named }), path).toThrow(
        expect.objectContaining({ code: 'not_confined' }),
      );
  rmSync(linked);
  for (const path of ['/', '/tmp', '/etc/..', '/proc/self', '/usr/share', dirname(home)])
    expect(() => plan([], { given: [path] }), path).toThrow(
      expect.objectContaining({ code: 'not_confined' }),
    );
});

test('a client gives no folder whose programs are started by name, and none of the system or another disk', () => {
  for (const path of ['go/bin', 'go/src/app', 'bin', 'tools/bin/more', 'tools/src', 'work/deep'])
    mkdirSync(at(path), { recursive: true });
  symlinkSync(at('tools/bin'), at('work/tools'));
  const refused = ['go', 'go/bin', 'bin', 'tools', 'tools/bin', 'tools/bin/more', 'work/tools'];
  for (const path of [...refused.map(at), '/etc', '/etc/ssl', '/var/tmp', '/run', '/boot', '/mnt'])
    expect(() => plan([], { given: [path] }), path).toThrow(
      expect.objectContaining({ code: 'not_confined' }),
    );
  for (const path of ['go/src/app', 'tools/src', 'work/deep'].map(at))
    expect(plan([], { given: [path] }).binds).toContainEqual({
      from: path,
      to: path,
      access: 'write',
    });
});

test('what the person allowed holds for what a client gives, for reading only too', () => {
  const binds = (access: 'read' | 'write') =>
    plan([{ path: home, access }], { given: [at('work')] }).binds.filter(({ to }) =>
      [home, at('work')].includes(to),
    );
  for (const access of ['read', 'write'] as const)
    expect(binds(access)).toEqual([
      { from: home, to: home, access },
      { from: at('work'), to: at('work'), access },
    ]);
});

test('the whole disk and what the kernel shows there cannot be granted', () => {
  symlinkSync('/', at('disk'));
  for (const folder of [
    { path: '/', access: 'read' },
    { path: '/proc', access: 'read' },
    { path: '/dev/shm', access: 'write' },
    { path: at('disk'), access: 'read', target: '/' },
  ] as const)
    expect(() => plan([folder]), folder.path).toThrow(
      expect.objectContaining({ code: 'not_confined' }),
    );
});

test('folders between a writable place and a hidden one in it are held in their places', () => {
  const { binds } = plan([{ path: at('own'), access: 'write' }]);
  const below = binds.filter(({ to }) => to.startsWith(at('own/')));
  expect(below).toEqual(
    ['own/apps', 'own/apps/web', 'own/apps/web/.vscode'].map((path) => ({
      from: at(path),
      to: at(path),
      access: 'write',
    })),
  );
});

test('a path from `~` on leads to what was granted, and else to the home inside', () => {
  const texts = [
    '~/work/new.json',
    '--db=~/work/a.db',
    '~/own/x',
    '~/workshop',
    '~/../x',
    'a ~/work',
  ];
  const env = { STORE: '~/work/new.json', OTHER: '~/own/x' };
  const { args, env: inside } = plan([{ path: at('work'), access: 'write' }], { args: texts, env });
  expect(args.slice(1)).toEqual([
    at('work/new.json'),
    `--db=${at('work/a.db')}`,
    ...texts.slice(2),
  ]);
  expect(inside).toMatchObject({ STORE: at('work/new.json'), OTHER: '~/own/x' });
  expect(plan([], { args: texts }).args.slice(1)).toEqual(texts);
});
