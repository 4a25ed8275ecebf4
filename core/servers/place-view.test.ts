import { expect, test } from 'vitest';
import type { CredentialScope } from '../../shared/models/scope.ts';
import type { StdioLaunch } from '../../shared/models/server.ts';
import { createFakeProgramFiles } from '../../test/support/fake-program-files.ts';
import { serverRecord } from '../../test/support/launcher.ts';
import { viewScope } from './scope-view.ts';

const home = '/home/u';
const ports = {
  machine: { platform: 'linux', home, env: {} },
  roots: { config: `${home}/.config/p`, data: `${home}/.local/share/p`, cache: `${home}/.cache/p` },
  programFiles: createFakeProgramFiles([
    ...[`${home}/notes/`, `${home}/work/plan.txt`, `${home}/.kube/config`, '/srv/data/'],
    ...[`${home}/own/server.mjs`, `${home}/own/data.txt`, '/etc/ssl/ca.pem', '/usr/share/a.txt'],
    '/tmp/there/',
    `${home}/linked -> ${home}/notes`,
  ]),
  sandbox: {
    alwaysSupervised: false,
    probe: () => ({ confined: true, filtered: true }),
    enclose: (confinement: { file: string; args: readonly string[] }) => ({
      ...{ env: {}, cwd: '/' },
      ...confinement,
    }),
  },
} as const;

const confined: CredentialScope = {
  level: 'confined',
  runtime: 'node',
  environment: [],
  folders: [],
  hosts: 'any',
};

const placesOf = (
  launch: Partial<StdioLaunch>,
  scope: Partial<CredentialScope> | undefined = undefined,
) => {
  const record = serverRecord('one', { args: [], ...launch });
  const set = scope === undefined ? {} : { scope: { ...confined, ...scope } };
  return viewScope({ ...record, ...set }, ports, {}).places;
};

const env = { MEMORY_FILE_PATH: '~/notes/memory.json', KUBECONFIG: `${home}/.kube/config` };
const memory = {
  path: `${home}/notes/memory.json`,
  sentence: `MEMORY_FILE_PATH points to ${home}/notes/memory.json, which this server cannot write.`,
  folder: { path: `${home}/notes`, access: 'write' },
};
const kube = {
  path: `${home}/.kube/config`,
  sentence: `KUBECONFIG points to ${home}/.kube/config, which this server cannot read. Credentials of others are kept there, so nothing is suggested.`,
};

test('what hides a place of credentials is said, also in a folder around it that was granted', () => {
  expect(placesOf({ env }, {})).toEqual([memory, kube]);
  expect(placesOf({ env }, { folders: [{ path: home, access: 'write' }] })).toEqual([kube]);
  const folders = [
    { path: `${home}/notes`, access: 'write' },
    { path: `${home}/.kube/config`, access: 'read' },
  ] as const;
  expect(placesOf({ env }, { folders })).toEqual([]);
});

test('a folder to read does not let it save', () => {
  const { MEMORY_FILE_PATH } = env;
  const read = [{ path: `${home}/notes`, access: 'read' }] as const;
  expect(placesOf({ env: { MEMORY_FILE_PATH } }, { folders: read })).toEqual([memory]);
  // What is only to be read needs no more, and is meant as it was granted.
  const args = [`${home}/work`];
  expect(placesOf({ args }, { folders: [{ path: `${home}/work`, access: 'read' }] })).toEqual([]);
});

test('nothing is said where nothing is kept from it', () => {
  expect(placesOf({ env })).toEqual([]);
  expect(placesOf({ env }, { level: 'scoped-environment' })).toEqual([]);
});

test('nothing is said of what every server sees, of its own program, or of a link to what it has', () => {
  const args = ['/usr/share/a.txt', '/dev/null', '/tmp/x.txt', '/etc/ssl/ca.pem'];
  expect(placesOf({ args }, {})).toEqual([]);
  expect(placesOf({ args: ['/tmp/there'] }, {})).toMatchObject([{ path: '/tmp/there' }]);
  const own = { command: 'node', args: [`${home}/own/server.mjs`, `${home}/own/data.txt`] };
  expect(placesOf(own, {})).toEqual([]);
  const folders = [{ path: `${home}/notes`, access: 'write' }] as const;
  expect(placesOf({ args: [`${home}/linked`] }, { folders })).toEqual([]);
});

test('each sentence names what leads there, and why nothing is suggested', () => {
  const sentences = placesOf(
    {
      args: ['--out', `${home}/new.txt`, `${home}/work/plan.txt`],
      env: { A: `${home}/gone/a.txt`, B: '/srv/data/b.txt', C: `${home}/.acme/c.txt` },
      cwd: `${home}/work`,
    },
    {},
  ).map(({ sentence }) => sentence);
  expect(sentences).toEqual([
    `--out points to ${home}/new.txt, which this server cannot write. Its folder holds more than is suggested for one server: give it a folder of its own, or allow it yourself.`,
    `One of its arguments points to ${home}/work/plan.txt, which this server cannot read.`,
    `A points to ${home}/gone/a.txt, which this server cannot write. There is no folder for it yet: make it, then allow it.`,
    'B points to /srv/data/b.txt, which this server cannot write. It is outside of your home: allow its folder yourself if you mean it.',
    `C points to ${home}/.acme/c.txt, which this server cannot write. There is no folder for it yet: make it, then allow it.`,
    `Its working folder is ${home}/work, which this server cannot read.`,
  ]);
});
