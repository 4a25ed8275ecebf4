import { expect, test } from 'vitest';
import type { StdioLaunch } from '../../shared/models/server.ts';
import { clientTemplate, secretTemplate } from '../../shared/template.ts';
import { createFakeProgramFiles } from '../../test/support/fake-program-files.ts';
import type { PackagePresets } from './catalogue-presets.ts';
import { fixedMaskedPaths } from './masked-paths.ts';
import { findNamedPlaces, type PlaceSearch, suggestFolders } from './named-places.ts';

const home = '/home/u';
const roots = {
  config: `${home}/.config/p`,
  data: `${home}/.local/share/p`,
  cache: `${home}/.cache/p`,
};
const machine = { platform: 'linux', home, env: {} } as const;

function search(there: readonly string[], presets?: PackagePresets): PlaceSearch {
  const files = createFakeProgramFiles([`${home}/`, ...there]);
  const isClientFile = (path: string) => path.endsWith('/mcp.json');
  return { machine, masked: fixedMaskedPaths(machine, roots), files, isClientFile, presets };
}

const launch = (more: Partial<StdioLaunch>): StdioLaunch => ({
  transport: 'stdio',
  command: 'npx',
  args: ['-y', 'a-server'],
  env: {},
  ...more,
});
const placesOf = (more: Partial<StdioLaunch>, at: PlaceSearch) => findNamedPlaces(launch(more), at);
const variable = (name: string, value: string, at: PlaceSearch) =>
  placesOf({ env: { [name]: value } }, at);

/** What is suggested, or why nothing is. */
function sum(places: ReturnType<typeof findNamedPlaces>): readonly string[] {
  return places.map(({ folder, problem, needs }) =>
    folder === undefined ? `${problem} to ${needs}` : `${folder.access} ${folder.path}`,
  );
}

test('never a whole home, all documents, settings, programs, or a place of credentials', () => {
  const at = search([
    `${home}/Documents/`,
    `${home}/bin/`,
    `${home}/work/bin/`,
    `${home}/.local/bin/`,
    `${home}/.config/fish/config.fish`,
    `${home}/.config/autostart/`,
    `${home}/.bashrc`,
    `${home}/.ssh/id_rsa`,
    `${home}/work/.git/hooks/`,
    `${home}/work/src/`,
    '/etc/cron.d/',
    '/srv/shared/',
  ]);
  const refused: Readonly<Record<string, string>> = {
    [`${home}/memory.json`]: 'too-wide to write',
    [`${home}/Documents/memory.json`]: 'too-wide to write',
    [`${home}/bin/npx`]: 'too-wide to write',
    [`${home}/work/bin/npx`]: 'too-wide to write',
    [`${home}/.local/bin/npx`]: 'settings to write',
    [`${home}/.local/data.db`]: 'settings to write',
    [`${home}/.config/fish/config.fish`]: 'settings to write',
    [`${home}/.config/new.json`]: 'settings to write',
    [`${home}/.config/autostart/x.desktop`]: 'hidden to write',
    [`${home}/.bashrc`]: 'too-wide to write',
    [`${home}/.ssh/id_rsa`]: 'hidden to write',
    [`${home}/.ssh/known.db`]: 'hidden to write',
    [`${home}/work/.git/hooks/pre-commit`]: 'settings to write',
    [`${home}/work/memory.json`]: 'too-wide to write',
    '/etc/cron.d/new.txt': 'elsewhere to write',
    '/srv/shared/memory.json': 'elsewhere to write',
  };
  for (const [path, why] of Object.entries(refused))
    expect(sum(variable('STORE', path, at)), path).toEqual([why]);
});

test('a link out of the home, or into a place of credentials, is followed', () => {
  const at = search([
    `${home}/.ssh/id_rsa`,
    '/srv/data/',
    `${home}/notes -> ${home}/.ssh`,
    `${home}/disk -> /srv/data`,
    `${home}/all -> ${home}`,
  ]);
  expect(sum(variable('STORE', `${home}/notes/memory.json`, at))).toEqual(['hidden to write']);
  expect(sum(placesOf({ args: [`${home}/notes`] }, at))).toEqual(['hidden to read']);
  expect(sum(variable('STORE', `${home}/disk/memory.json`, at))).toEqual(['elsewhere to write']);
  expect(sum(placesOf({ args: [`${home}/all`] }, at))).toEqual(['too-wide to read']);
});

test('a file of a client is never suggested, by whatever name', () => {
  const at = search([
    `${home}/work/.cursor/mcp.json`,
    `${home}/mine.json -> ${home}/work/.cursor/mcp.json`,
  ]);
  for (const path of [`${home}/work/.cursor/mcp.json`, `${home}/mine.json`]) {
    expect(sum(placesOf({ args: ['--config', path] }, at)), path).toEqual(['hidden to read']);
    expect(sum(variable('ACME_CONFIG', path, at)), path).toEqual(['hidden to read']);
  }
});

test('a file that the server keeps: the folder around it, there or not', () => {
  const at = search([`${home}/notes/`, `${home}/kept/memory.json`, `${home}/kept/graph`]);
  const [place] = variable('MEMORY_FILE_PATH', `${home}/notes/memory.json`, at);
  expect(place).toEqual({
    kind: 'variable',
    by: 'MEMORY_FILE_PATH',
    path: `${home}/notes/memory.json`,
    needs: 'write',
    folder: { path: `${home}/notes`, access: 'write' },
  });
  for (const value of ['~/notes/memory.json', '~/notes/./x/../graph', '~/notes/data.db'])
    expect(sum(variable('STORE', value, at)), value).toEqual([`write ${home}/notes`]);
  for (const name of ['memory.json', 'graph'])
    expect(sum(variable('STORE', `${home}/kept/${name}`, at))).toEqual([`write ${home}/kept`]);
  for (const args of [
    [`${home}/notes/new.txt`],
    ['--out', '~/notes/new.txt'],
    ['--out=~/notes/new.txt'],
  ])
    expect(sum(placesOf({ args }, at))).toEqual([`write ${home}/notes`]);
});

test('where the folder would be too much, the file alone when it is there', () => {
  const at = search([`${home}/Documents/memory.json`, '/srv/data/memory.json', '/srv/data/a.db']);
  for (const path of [`${home}/Documents/memory.json`, '/srv/data/memory.json', '/srv/data/a.db'])
    expect(variable('STORE', path, at)).toMatchObject([
      { needs: 'write', folder: { path, access: 'write' } },
    ]);
});

test('settings and keys are read alone, and nothing is given for those that are not there', () => {
  const at = search([
    ...['key.pem', 'app.conf', 'acme.json', 'ca.crt'].map((name) => `${home}/work/${name}`),
    `${home}/.acme/state.txt`,
  ]);
  const read = (name: string, file: string, presets?: PackagePresets) =>
    sum(variable(name, `${home}/work/${file}`, { ...at, presets }));
  expect(read('KEY_FILE', 'key.pem')).toEqual([`read ${home}/work/key.pem`]);
  expect(read('ACME', 'app.conf')).toEqual([`read ${home}/work/app.conf`]);
  expect(read('ACME_CONFIG', 'acme.json')).toEqual([`read ${home}/work/acme.json`]);
  expect(read('GOOGLE_APPLICATION_CREDENTIALS', 'acme.json')).toHaveLength(1);
  expect(read('ACME_CONFIG', 'missing.json')).toEqual([]);
  // Words of a stranger make it less.
  const presets = { variables: [{ name: 'ACME', about: 'Path to the configuration' }] };
  expect(read('ACME', 'acme.json')).toEqual([`write ${home}/work`]);
  expect(read('ACME', 'acme.json', presets)).toEqual([`read ${home}/work/acme.json`]);
  // What a runtime loads is not written to.
  expect(read('PYTHONPATH', '')).toEqual([`read ${home}/work`]);
  expect(read('NODE_EXTRA_CA_CERTS', 'ca.crt')).toEqual([`read ${home}/work/ca.crt`]);
  expect(sum(placesOf({ args: ['--config', `${home}/work/acme.json`] }, at))).toEqual([
    `read ${home}/work/acme.json`,
  ]);
  expect(sum(placesOf({ args: [`${home}/.acme/state.txt`] }, at))).toEqual([
    `read ${home}/.acme/state.txt`,
  ]);
});

test('the program that an interpreter runs is no place that it was told of, whatever it is called', () => {
  const at = search([`${home}/own/bin/acme`, `${home}/own/a.mjs`, `${home}/work/a.txt`]);
  for (const script of ['own/bin/acme', 'own/a.mjs'])
    expect(
      sum(placesOf({ command: '/usr/bin/node', args: ['--quiet', `${home}/${script}`] }, at)),
      script,
    ).toEqual([]);
  const args = [`${home}/own/bin/acme`, `${home}/work`];
  expect(sum(placesOf({ command: 'python3', args }, at))).toEqual([`write ${home}/work`]);
});

test('what is no path is no place: addresses, references, words', () => {
  const at = search([`${home}/notes/`, '/srv/data/']);
  for (const value of [
    '/mcp',
    '/api/v1/tools',
    '/srv/new',
    'notes/x.json',
    'https://a.example/x',
    '',
  ])
    expect(variable('BASE', value, at), value).toEqual([]);
  for (const value of [`${home}/notes\n/x`, secretTemplate('A'), `~/notes/${clientTemplate('A')}`])
    expect(variable('BASE', value, at), value).toEqual([]);
  // The catalogue knows it for a path.
  const presets = {
    variables: [{ name: 'STORE', path: true }],
    paths: [{ name: '--db' }],
  } as const;
  const known = { ...at, presets };
  expect(sum(variable('STORE', '/gone/graph', known))).toEqual(['missing to write']);
  expect(sum(placesOf({ args: ['--db', '/gone/graph'] }, known))).toEqual(['missing to write']);
  expect(sum(variable('STORE', `${home}/gone/memory.json`, at))).toEqual(['missing to write']);
});

test('folders that are named are meant, those of readers to read, and one row stands for one path', () => {
  const at = search([`${home}/work/a.txt`, `${home}/Documents/`]);
  expect(sum(placesOf({ args: [`${home}/Documents/`, '-v'] }, at))).toEqual([
    `write ${home}/Documents`,
  ]);
  expect(sum(placesOf({ args: ['-y', 'docs-server', `${home}/work`] }, at))).toEqual([
    `read ${home}/work`,
  ]);
  const places = placesOf(
    { args: [`${home}/work`], env: { PYTHONPATH: `${home}/work`, A: `${home}/work/a.txt` } },
    at,
  );
  expect(suggestFolders(places)).toEqual([{ path: `${home}/work`, access: 'write' }]);
  expect(suggestFolders([...places].reverse())).toEqual([
    { path: `${home}/work`, access: 'write' },
  ]);
  expect(sum(placesOf({ cwd: `${home}/work` }, at))).toEqual([`write ${home}/work`]);
  for (const list of [`${home}/work:${home}/Documents`, '~/work,~/Documents', '~/work|~/Documents'])
    expect(sum(variable('ROOTS', list, at)), list).toEqual([
      `write ${home}/work`,
      `write ${home}/Documents`,
    ]);
  expect(variable('URLS', `https:/${home}/work,${home}/work`, at)).toEqual([]);
});
