/**
 * P3: where the platform can confine, a hostile server cannot read a sibling's secret from client files,
 * our files, `/proc` or the keychain; where it cannot, nobody says that it does. A real hostile
 * server, started by the real launcher as a client starts it, beside a real keychain and a real victim.
 * `PORTCULLIS_UPDATE=1` writes the table of what it found into `docs/security.md`.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseBlockedLines } from '../../core/launch/blocked-line.ts';
import { listOutsiders } from '../../platform/process-list.ts';
import { secretTemplate } from '../../shared/template.ts';
import { type RouteName, routeNames } from '../fixtures/hostile-routes.ts';
import { makeCertificate } from '../support/certificate.ts';
import {
  holdsInMemory,
  type IsolationWorld,
  type LevelName,
  levels,
  openIsolationWorld,
  scopeOf,
} from '../support/isolation.ts';
import { plantedValue, serverRecord } from '../support/launcher.ts';

let world: IsolationWorld;
beforeAll(async () => {
  world = await openIsolationWorld();
}, 60_000);
afterAll(() => world.stop());

const fixtures = join(import.meta.dirname, '..', 'fixtures');
const page = join(import.meta.dirname, '..', '..', 'docs', 'security.md');
const levelNames = Object.keys(levels).filter((name): name is LevelName => name in levels);

/** At every level: our door asks everyone for a credential, and the launcher closes what it did not open. */
const closed: readonly RouteName[] = [
  'our own door on loopback',
  'what its client left open',
  'other servers in its list of mounts',
];

/** What stays open, by level; everything else must be refused. */
const open: Readonly<Record<LevelName, readonly RouteName[]>> = {
  'scoped environment': routeNames.filter((name) => !closed.includes(name)),
  confined: ['services on loopback', 'the network'],
  'confined, no network': [],
  'listed hosts': [],
  masked: [],
};

test('the table: every route from inside every level', async () => {
  const found: Partial<Record<LevelName, Readonly<Record<RouteName, boolean>>>> = {};
  for (const name of levelNames) found[name] = await world.attack(name);
  const reached = Object.fromEntries(
    levelNames.map((name) => [name, routeNames.filter((route) => found[name]?.[route])]),
  );
  expect(reached).toEqual(open);
  const text = existsSync(page) ? readFileSync(page, 'utf8') : '';
  const printed = withTable(text, renderTable(found));
  if (process.env.PORTCULLIS_UPDATE === '1') writeFileSync(page, printed);
  expect(readFileSync(page, 'utf8')).toBe(printed);
});

test('what it was given is there all the same: its folder, its own secret, nothing else', async () => {
  const own = plantedValue();
  const granted = join(world.keyring.home, 'work');
  await world.storeSecrets('own', { KEY: own });
  world.writeRecords(
    serverRecord(
      'own',
      {
        command: '/bin/sh',
        args: [
          '-c',
          'cat "$1/readme.txt"; echo; echo "$KEY"; echo x > "$1/made" && echo wrote; ls -A "$HOME" "$1/.cursor/mcp.json"; wc -c < "$1/.cursor/mcp.json"; env | cut -d= -f1 | sort | tr "\\n" " "',
          'sh',
          granted,
        ],
        env: { KEY: secretTemplate('KEY') },
      },
      { scope: scopeOf('confined', { folders: [{ path: granted, access: 'write' }] }) },
    ),
  );
  const { stdout, stderr, exitCode } = await world.run('own', { env: { GITHUB_TOKEN: 'x' } });
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(stdout.split('\n')).toEqual([
    'mine to give',
    own,
    'wrote',
    `${granted}/.cursor/mcp.json`,
    '',
    '/home/mcp:',
    '0',
    'HOME KEY PATH PWD TMPDIR ',
  ]);
  expect(readFileSync(join(granted, 'made'), 'utf8')).toBe('x\n');
});

test.each(['confined', 'listed hosts'] as const)(
  'what the kernel would do for it at level %s: nothing',
  async (name) => {
    const script = join(world.keyring.home, 'kernel', 'routes.py');
    mkdirSync(join(script, '..'), { recursive: true });
    copyFileSync(join(fixtures, 'kernel-routes.py'), script);
    const scope = scopeOf(name, { runtime: 'python' });
    world.writeRecords(
      serverRecord('kernel', { command: '/usr/bin/python3', args: [script] }, { scope }),
    );
    const { stdout, stderr, exitCode } = await world.run('kernel');
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(JSON.parse(stdout)).toEqual([]);
  },
);

test.each(['confined', 'listed hosts', 'masked'] as const)(
  'two servers side by side at level %s: neither finds what is the other’s',
  async (name) => {
    const canaries = { one: plantedValue(), two: plantedValue() };
    const record = (id: 'one' | 'two') =>
      serverRecord(
        id,
        {
          command: process.execPath,
          args: [join(fixtures, 'hostile-server.ts')],
          env: { OWN: secretTemplate('OWN') },
        },
        { scope: scopeOf(name) },
      );
    for (const id of ['one', 'two'] as const) await world.storeSecrets(id, { OWN: canaries[id] });
    world.writeRecords(record('one'), record('two'));
    const clients = [await world.connect('one'), await world.connect('two')] as const;
    for (const [at, other] of [
      [0, 'two'],
      [1, 'one'],
    ] as const) {
      const target = {
        ...world.target,
        victim: other,
        victimProcess: clients[1 - at]?.child.pid,
        canary: canaries[other],
      };
      const result = await clients[at].call('attack', { target: JSON.stringify(target) });
      const network: readonly string[] = ['services on loopback', 'the network'];
      const reached = Object.entries(result as object).filter(([, got]) => got === true);
      expect(reached.map(([route]) => route).filter((route) => !network.includes(route))).toEqual(
        [],
      );
    }
    for (const client of clients) client.child.kill('SIGKILL');
  },
);

test('masked: it never holds the secret, and its request to the secret’s own host carries it', async () => {
  const value = plantedValue();
  const files = makeCertificate(world.keyring.home, ['IP:127.0.0.2', 'IP:127.0.0.3']);
  const seen: (string | undefined)[] = [];
  const server = createServer(
    { key: readFileSync(files.key), cert: readFileSync(files.certificate) },
    (request, response) => {
      seen.push(request.headers.authorization);
      response.end('welcome');
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  // A server on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  await world.storeSecrets('hidden', { API_KEY: value });
  world.writeRecords(
    serverRecord(
      'hidden',
      {
        command: process.execPath,
        args: [join(fixtures, 'hostile-server.ts')],
        env: { API_KEY: secretTemplate('API_KEY') },
      },
      {
        scope: scopeOf('masked', {
          hosts: ['127.0.0.2', '127.0.0.3'],
          secretHosts: { API_KEY: ['127.0.0.2'] },
        }),
      },
    ),
  );
  // What `protect` and `doctor` note; a client that names an authority itself is not heard.
  const network = { NODE_EXTRA_CA_CERTS: files.certificate };
  writeFileSync(join(world.roots.data, 'path.json'), JSON.stringify({ path: '/usr/bin', network }));
  const client = await world.connect('hidden');
  const request = (host: string, named?: string) =>
    client.call('request', {
      url: `https://${host}:${port}/`,
      ...(named === undefined ? {} : { named }),
    });
  expect(await request('127.0.0.2')).toEqual({ status: 200, body: 'welcome' });
  expect(await request('127.0.0.3')).toEqual({ status: 200, body: 'welcome' });
  expect(await request('127.0.0.4')).toHaveProperty('failed');
  // A connection to one host with a request that names the secret's own is refused on its way.
  expect(await request('127.0.0.3', `127.0.0.2:${port}`)).toMatchObject({ status: 421 });
  const [own, other] = seen;
  expect(own).toBe(`Bearer ${value}`);
  expect(other).toMatch(/^Bearer fake_value_/);
  expect(seen).toHaveLength(2);
  // All but the supervisor, whose proxy is where the value is.
  const inside = listOutsiders(client.child.pid ?? 0).filter((pid) => pid !== client.child.pid);
  expect(inside.length).toBeGreaterThan(0);
  expect(inside.map((pid) => holdsInMemory(pid, value))).toEqual(inside.map(() => false));
  const halves = [value.slice(0, 10), value.slice(10)];
  expect(await client.call('find-inside', { halves })).toEqual([]);
  const blocked = readFileSync(join(world.roots.data, 'activity', 'blocked.jsonl'), 'utf8');
  expect(
    parseBlockedLines(blocked)
      .filter((line) => line.server === 'hidden')
      .map(({ host }) => host),
  ).toEqual(['127.0.0.4']);
  client.child.kill('SIGKILL');
  server.close();
});

const [begin, end] = ['<!-- isolation table -->', '<!-- /isolation table -->'];

function withTable(text: string, table: string): string {
  const [before = '', rest = ''] = text.split(begin);
  return `${before}${begin}\n\n${table}\n\n${end}${rest.split(end)[1] ?? ''}`;
}

function renderTable(
  found: Partial<Record<LevelName, Readonly<Record<RouteName, boolean>>>>,
): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    row(['A hostile server tries', ...levelNames]),
    row(['---', ...levelNames.map(() => '---')]),
    ...routeNames.map((route) =>
      row([route, ...levelNames.map((name) => (found[name]?.[route] ? '**open**' : 'refused'))]),
    ),
  ].join('\n');
}
