import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { programFiles } from '../../platform/program-files.ts';
import { findProgramPlaces } from './programs.ts';

const home = join(realpathSync(mkdtempSync(join(tmpdir(), 'prog rams ü-'))), 'ada');
afterAll(() => rmSync(dirname(home), { recursive: true, force: true }));

function program(path: string, text = '\x7fELF'): string {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

function link(path: string, target: string): string {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  symlinkSync(target, file);
  return file;
}

function places(file: string, args: readonly string[] = [], path: readonly string[] = []) {
  const found = findProgramPlaces(file, args, {
    path: path.join(':'),
    cwd: home,
    home,
    files: programFiles,
    masked: [join(home, '.ssh'), join(home, '.local/share/keyrings'), join(home, '.npmrc')],
  });
  const short = (text: string) => text.replace(home, '~');
  return {
    places: found.places.map(short).sort(),
    own: found.own.map(short).sort(),
    path: found.path.map(short),
    env: Object.fromEntries(Object.entries(found.env).map(([name, value]) => [name, short(value)])),
  };
}

const nvm = '.nvm/versions/node/v24.1.0';
program(`${nvm}/bin/node`);
program(`${nvm}/lib/node_modules/npm/bin/npx-cli.js`, '#!/usr/bin/env node\n');
link(`${nvm}/bin/npx`, '../lib/node_modules/npm/bin/npx-cli.js');
program(`${nvm}/lib/node_modules/some-server/dist/index.js`, '#!/usr/bin/env node\n');
link(`${nvm}/bin/some-server`, '../lib/node_modules/some-server/dist/index.js');
const bin = join(home, nvm, 'bin');

test('a program in a folder of the person’s own brings itself and nothing beside it', () => {
  program('.ssh/id_rsa', 'key');
  expect(places(program('bin/tool')).places).toEqual(['~/bin/tool']);
  expect(places(program('.local/bin/other')).places).toEqual(['~/.local/bin/other']);
  expect(places(program('script', '#!/bin/sh\n')).places).toEqual(['~/script']);
});

test('Node by a version manager: the whole version, with its global packages', () => {
  const all = { places: [`~/${nvm}`], own: [], path: [`~/${nvm}/bin`], env: {} };
  expect(places(join(bin, 'npx'), ['-y', 'x'])).toEqual(all);
  expect(places(join(bin, 'some-server'))).toEqual(all);
  const shim = link('.multishells/1/bin', bin);
  expect(places(join(shim, 'npx')).places).toContain(`~/${nvm}`);
});

test('a script of a project: its package, and the modules above it', () => {
  program('mono/packages/server/package.json', '{}');
  program('mono/node_modules/dep/package.json', '{}');
  const script = program('mono/packages/server/dist/index.js', '');
  const found = places(join(bin, 'node'), [script]);
  expect(found.places).toEqual([`~/${nvm}`, '~/mono/node_modules', '~/mono/packages/server']);
  expect(found.own).toEqual(['~/mono/packages/server']);
  // In the home itself: the file alone.
  expect(places(join(bin, 'node'), [program('alone.js', '')]).places).toEqual([
    `~/${nvm}`,
    '~/alone.js',
  ]);
});

test('a tool of uv: its environment and the Python that it stands on', () => {
  const python = program('.local/share/uv/python/cpython-3.13/bin/python3.13');
  program('.local/share/uv/python/cpython-3.13/lib/python3.13/os.py', '');
  const tool = '.local/share/uv/tools/server';
  program(`${tool}/pyvenv.cfg`, '');
  link(`${tool}/bin/python`, python);
  // As uv writes it where the path has spaces.
  const start = `'''exec' "${join(home, tool)}/bin/python" "$0" "$@"\n' '''\n`;
  program(`${tool}/bin/server`, `#!/bin/sh\n${start}`);
  const named = link('.local/bin/server', join(home, tool, 'bin/server'));
  expect(places(named).places).toEqual([
    '~/.local/bin/server',
    '~/.local/share/uv/python/cpython-3.13',
    `~/${tool}`,
  ]);
});

test('a virtual environment that is the project itself is not taken for an installed program', () => {
  for (const mark of ['tool/pyvenv.cfg', 'work/pyvenv.cfg', 'work/requirements.txt'])
    program(mark, '');
  expect(places(program('tool/bin/server')).own).toEqual([]);
  expect(places(program('work/bin/server')).own).toEqual(['~/work']);
});

test('a shim: its manager’s whole folder, and where that is', () => {
  program('.volta/bin/node');
  expect(places(program('.volta/bin/npx'))).toEqual({
    places: ['~/.volta'],
    own: [],
    path: ['~/.volta/bin'],
    env: { VOLTA_HOME: '~/.volta' },
  });
});
