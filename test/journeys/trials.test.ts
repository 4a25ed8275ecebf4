/**
 * Trials of real servers and of curious, failing and hanging ones: in the sandbox, with what can watch
 * them and without, with invented values only, and nothing left behind.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRecords } from '../../core/records/records.ts';
import { createTrials, type Trials } from '../../core/servers/trials.ts';
import { createFiles } from '../../platform/files.ts';
import { createProcesses } from '../../platform/processes.ts';
import { programFiles } from '../../platform/program-files.ts';
import { createRandom } from '../../platform/random.ts';
import { createSandbox } from '../../platform/sandbox/sandbox.ts';
import type { Trial, TrialStream } from '../../shared/models/scope-view.ts';
import type { ServerRecord } from '../../shared/models/server.ts';
import { clientTemplate, secretTemplate } from '../../shared/template.ts';
import { scopeOf } from '../support/isolation.ts';
import {
  type LauncherWorld,
  openLauncherWorld,
  plantedValue,
  serverRecord,
} from '../support/launcher.ts';
import { openRealInspect } from '../support/real-inspect.ts';

let world: LauncherWorld;
const real = plantedValue();
beforeAll(async () => {
  world = await openLauncherWorld();
  const { home } = world.keyring;
  const files = {
    'notes/plan.txt': 'a plan',
    'out/old.txt': 'old',
    '.ssh/id_rsa': real,
    '.cursor/mcp.json': `{"mcpServers":{"x":{"command":"x","env":{"KEY":"${real}"}}}}`,
    '.config/gh/hosts.yml': real,
    'Dokumente ü/note.txt': 'a note',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(home, name, '..'), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  for (const id of ['curious', 'broken']) await world.storeSecrets(id, { API_KEY: real });
}, 60_000);
afterAll(() => world.stop());

const fixture = join(import.meta.dirname, '..', 'fixtures', 'curious-server.ts');
const programs = join(import.meta.dirname, '..', 'servers', 'node_modules', '.bin');

/** The launcher on a machine that lacks these programs. */
function launcherWithout(...tools: readonly ('socat' | 'strace')[]): string {
  const file = join(world.keyring.home, `without ${tools.join(' ')}`);
  const hidden = tools.map((tool) => `--ro-bind /dev/null /usr/bin/${tool}`).join(' ');
  const text = `#!/bin/sh\nexec bwrap --dev-bind / / ${hidden} -- "${world.launcher.path}" "$@"\n`;
  writeFileSync(file, text, { mode: 0o755 });
  return file;
}

interface Circumstances {
  readonly launcher?: string;
  /** Of a machine that has it not. */
  readonly bubblewrap?: undefined;
  readonly env?: Readonly<Record<string, string>>;
  readonly trialTime?: number;
}

function openTrials({ env, trialTime, ...machineHas }: Circumstances = {}): Trials {
  const { keyring, roots } = world;
  const { launcher: path = world.launcher.path, ...lacks } = machineHas;
  const launcher = { install: world.launcher.install, path };
  const machine = {
    platform: 'linux',
    home: keyring.home,
    env: { ...keyring.env, ...env },
  } as const;
  const ports = {
    machine,
    roots,
    files: createFiles('linux'),
    programFiles,
    processes: createProcesses('linux'),
    sandbox: createSandbox('linux', { roots, ...lacks }),
    random: createRandom(),
  };
  const inspect = openRealInspect({
    ...ports,
    launcher: launcher.path,
    // A trial that asked for them would fail here.
    readSecrets: async () => {
      throw new Error('A trial asked for real secrets.');
    },
  });
  return createTrials({
    ...ports,
    records: createRecords(ports),
    inspect,
    launcher,
    readLoginPath: async () => join(keyring.home, 'tools'),
    ...(trialTime === undefined ? {} : { trialTime }),
  });
}

async function collect(stream: AsyncIterable<TrialStream>) {
  const steps: string[] = [];
  const trials: Trial[] = [];
  for await (const news of stream) {
    if (news.type === 'trial') trials.push(news.trial);
    else steps.push(`${news.server} ${news.step} ${news.level} ${news.done}/${news.total}`);
  }
  return { steps, trials };
}

async function tryOne(record: ServerRecord, circumstances?: Circumstances): Promise<Trial> {
  world.writeRecords(record);
  const { trials } = await collect(openTrials(circumstances).try(record.id));
  const [trial] = trials;

  if (trial === undefined) throw new Error('There was no trial.');
  expect(readdirSync(join(world.roots.data, 'sandbox', 'trials'))).toEqual([]);
  expect(JSON.stringify(trial)).not.toContain(real);
  return trial;
}

const inHome = (...names: readonly string[]) => names.map((name) => join(world.keyring.home, name));

function curious(env: Readonly<Record<string, string>> = {}, more: Partial<ServerRecord> = {}) {
  return serverRecord(
    'curious',
    {
      command: process.execPath,
      args: [fixture],
      env: { API_KEY: secretTemplate('API_KEY'), ...env },
    },
    more,
  );
}

/** What the server wrote of itself in its own home. */
function readSeen(): { env: Record<string, string>; read: string[]; wrote: string[] } {
  const text = readFileSync(
    join(world.roots.data, 'sandbox', 'curious', 'home', 'seen.json'),
    'utf8',
  );
  expect(text).not.toContain(real);
  return JSON.parse(text);
}

const quietly = { throwIfNoEntry: false } as const;

/** Lists with a line each: no such text is a path, so none of them is named by its variable. */
const wishes = () => ({
  CURIOUS_READ: inHome('notes/plan.txt', '.ssh/id_rsa', '.cursor/mcp.json', '.config').join('\n'),
  CURIOUS_WRITE: `\n${inHome('out/new.txt').join('\n')}`,
  CURIOUS_HOSTS: 'api.example.test\ncdn.example.test:8080',
});

test('what it looked for is offered and not proposed, and no place with credentials of others', async () => {
  const trial = await tryOne(curious(wishes()));
  expect(trial).toMatchObject({ works: true, tools: 1 });
  const [plan, key, client, config, out] = inHome(
    'notes/plan.txt',
    '.ssh/id_rsa',
    '.cursor/mcp.json',
    '.config',
    'out/new.txt',
  );
  const wanted = [...(trial.wanted ?? [])].sort((left, right) => (left.path < right.path ? -1 : 1));
  expect(wanted).toEqual([
    { path: config, access: 'read', masked: true, proposed: false, offered: false },
    { path: client, access: 'read', masked: true, proposed: false, offered: false },
    { path: key, access: 'read', masked: true, proposed: false, offered: false },
    { path: plan, access: 'read', masked: false, proposed: false, offered: true },
    { path: out, access: 'write', masked: false, proposed: false, offered: false },
  ]);
  expect([...(trial.hosts ?? [])].sort()).toEqual(['api.example.test', 'cdn.example.test']);
  expect(trial.plan.after.scope).toMatchObject({
    level: 'confined',
    hosts: 'any',
    runtime: 'node',
    folders: [],
  });
  const { read, wrote } = readSeen();
  expect(read).toEqual(['ENOENT', 'ENOENT', 'ENOENT', 'ENOENT']);
  expect(wrote).toEqual(['ENOENT']);
});

test('nothing that it would write to is offered, nor settings, programs or what a client reads', async () => {
  const read = ['tools/run', 'team/.env.local', 'team/.vscode/mcp.json', 'team/plan.txt'];
  const write = ['.bashrc', '.config/environment.d/a.conf', 'bin/npx', 'out/old.txt'];
  for (const name of [...read, ...write]) {
    mkdirSync(join(world.keyring.home, name, '..'), { recursive: true });
    writeFileSync(join(world.keyring.home, name), '');
  }
  const env = {
    CURIOUS_READ: inHome(...read).join('\n'),
    CURIOUS_WRITE: `\n${inHome(...write).join('\n')}`,
    CURIOUS_HOSTS: '',
  };
  const trial = await tryOne(curious(env));
  expect(trial.wanted).toHaveLength(read.length + write.length);
  expect(trial.wanted?.filter(({ offered }) => offered)).toEqual([
    {
      path: inHome('team/plan.txt')[0],
      access: 'read',
      ...{ masked: false, proposed: false, offered: true },
    },
  ]);
  expect(trial.plan.after.scope?.folders).toEqual([]);
});

test('what its variable names is proposed, to a server with a scope too, and only that', async () => {
  const [named = '', folder = '', other = ''] = inHome(
    'notes/plan.txt',
    'notes',
    'Dokumente ü/note.txt',
  );
  const env = {
    CURIOUS_READ: `${named}\n${other}`,
    PLAN: named,
    CURIOUS_WRITE: '',
    CURIOUS_HOSTS: '',
  };
  const fresh = await tryOne(curious(env));
  expect(fresh.plan.after.scope?.folders).toEqual([{ path: folder, access: 'write' }]);
  expect(fresh.wanted).toMatchObject([{ path: other, offered: true, proposed: false }]);
  const scoped = await tryOne(curious(env, { scope: scopeOf('confined') }));
  expect(scoped.wanted).toMatchObject([
    { path: named, offered: true, proposed: true },
    { path: other, offered: true, proposed: false },
  ]);
  expect(scoped.plan.after.scope?.folders).toEqual([{ path: named, access: 'read' }]);
});

test('an argument that names the whole home makes nothing in it proposed', async () => {
  const [letter = ''] = inHome('Dokumente ü/note.txt');
  const record = curious({ CURIOUS_READ: `\n${letter}`, CURIOUS_HOSTS: '', ROOT: '~/' });
  const { wanted, plan } = await tryOne(record);
  expect(wanted).toMatchObject([{ path: letter, proposed: false, offered: true }]);
  expect(plan.after.scope?.folders).toEqual([]);
});

test('a client’s file is not given to a server whose variable names it', async () => {
  const [client = ''] = inHome('.cursor/mcp.json');
  const env = { MY_CONFIG: client, CURIOUS_READ: `\n${client}`, CURIOUS_HOSTS: '' };
  const { wanted, plan } = await tryOne(curious(env));
  expect(wanted).toMatchObject([{ path: client, masked: true, proposed: false, offered: false }]);
  expect(plan.after.scope?.folders).toEqual([]);
  expect(plan.after.places.map(({ sentence }) => sentence)).toEqual([
    `MY_CONFIG points to ${client}, which this server cannot read. Credentials of others are kept there, so nothing is suggested.`,
  ]);
});

test('its secrets and every variable that means a credential are invented', async () => {
  const env = { GITHUB_TOKEN: real, JAVA_HOME: '/opt/java', PORTCULLIS_REF_MY_PASSWORD: real };
  const record = curious(
    { FROM_CLIENT: clientTemplate('MY_PASSWORD') },
    { scope: scopeOf('confined', { environment: ['GITHUB_TOKEN', 'JAVA_HOME'] }) },
  );
  expect(await tryOne(record, { env })).toMatchObject({ works: true });
  const seen = readSeen().env;
  expect(seen.JAVA_HOME).toBe('/opt/java');
  for (const name of ['API_KEY', 'GITHUB_TOKEN', 'FROM_CLIENT'])
    expect(seen[name], name).toMatch(/^trial-/);
});

test('without strace no files are seen, without socat no hosts; both are told apart from none', async () => {
  const noFiles = await tryOne(curious(wishes()), {
    launcher: launcherWithout('strace'),
  });
  expect(noFiles).toMatchObject({
    works: true,
    hosts: expect.arrayContaining(['api.example.test']),
  });
  expect(noFiles).not.toHaveProperty('wanted');
  const noHosts = await tryOne(curious({ ...wishes(), CURIOUS_HOSTS: '' }), {
    launcher: launcherWithout('socat'),
  });
  expect(noHosts.wanted).toHaveLength(5);
  expect(noHosts).not.toHaveProperty('hosts');
});

test('one that looks for more than anybody would read fills no disk, and is tried all the same', async () => {
  const folder = join(world.roots.data, 'sandbox', 'trials');
  let largest = 0;
  const look = setInterval(() => {
    for (const name of readdirSync(folder))
      largest = Math.max(largest, statSync(join(folder, name, 'trace'), quietly)?.size ?? 0);
  }, 20);
  const trial = await tryOne(curious({ ...wishes(), CURIOUS_HOSTS: '', CURIOUS_FLOOD: '12000' }));
  clearInterval(look);
  expect(largest).toBe(16 * 1024 * 1024);
  expect(trial).toMatchObject({ works: true });
  expect(trial.wanted).toHaveLength(5);
});

test('a real server from a registry: works in the folders of its own arguments', async () => {
  const [documents = ''] = inHome('Dokumente ü');
  const trial = await tryOne(
    serverRecord('files', { command: join(programs, 'mcp-server-filesystem'), args: [documents] }),
  );
  expect(trial).toMatchObject({
    works: true,
    plan: {
      after: { level: 'confined', scope: { folders: [{ path: documents, access: 'write' }] } },
    },
  });
  expect(trial.tools).toBeGreaterThan(5);
  expect(trial.wanted?.filter(({ masked }) => !masked)).toEqual([]);
});

test.each([
  ['ends at once', 'exit', 60_000, 'ended with exit code 3', ['no key is good enough']],
  ['never answers', 'hang', 6000, 'did not answer', undefined],
  ['answers rubbish', 'garbage', 60_000, '', undefined],
] as const)(
  'one that %s: said, nothing proposed, nothing left',
  async (_, end, trialTime, message, said) => {
    const trial = await tryOne(curious({ CURIOUS_END: end }), { trialTime });
    expect(trial).toMatchObject({
      works: false,
      tools: 0,
      message: expect.stringContaining(message),
    });
    expect(trial.said).toEqual(said);
    expect(trial.plan.after.scope?.level).toBe('scoped-environment');
    expect(runningFixtures()).toEqual([]);
  },
);

function runningFixtures(): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(fixture);
    } catch {
      return false;
    }
  });
}

test.each(['try', 'tryAll'] as const)(
  'stopped in the middle (%s): the server is ended at once, no other is started, nothing is left',
  async (how) => {
    const [one, two] = ['one', 'two'].map((id) => ({ ...curious({ CURIOUS_END: 'hang' }), id }));
    if (one === undefined || two === undefined) throw new Error('Two were made.');
    world.writeRecords(one, two);
    const stop = new AbortController();
    const trials = openTrials({ trialTime: 100_000 });
    const stream =
      how === 'try' ? trials.try('one', stop.signal) : trials.tryAll(['one', 'two'], stop.signal);
    const work = collect(stream);
    const ended = expect(work).rejects.toMatchObject({ code: 'interrupted' });
    await expect.poll(runningFixtures, { timeout: 60_000 }).not.toEqual([]);
    stop.abort();
    await ended;
    expect(runningFixtures()).toEqual([]);
    expect(readdirSync(join(world.roots.data, 'sandbox', 'trials'))).toEqual([]);
  },
);

test.each([['none'], [['127.0.0.2']]] as const)(
  'a trial opens no network that its scope limits (hosts %j), and says what it was kept from',
  async (hosts) => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.headers.host ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    // A server on TCP has an address with a port.
    const { port } = server.address() as AddressInfo;
    const env = { CURIOUS_HOSTS: `127.0.0.2:${port}\n127.0.0.3:${port}\nevil.example.test` };
    const scope = scopeOf('listed hosts', { hosts });
    const trial = await tryOne(curious(env, { scope }));
    server.close();
    const listed = hosts === 'none' ? [] : ['127.0.0.2'];
    const kept = ['127.0.0.2', '127.0.0.3', 'evil.example.test'];
    expect(asked).toEqual(listed.map((host) => `${host}:${port}`));
    expect([...(trial.kept ?? [])].sort()).toEqual(kept.filter((host) => !listed.includes(host)));
    expect(trial).not.toHaveProperty('hosts');
    expect(trial).toMatchObject({ works: true, plan: { after: { scope } } });
    // Where nothing can limit hosts none of them is reached either.
    const without = { launcher: launcherWithout('socat') };
    await tryOne(curious(env, { scope }), without);
    expect(asked).toHaveLength(listed.length);
  },
);

test('a link that the server could have made itself shows nothing in a trial', async () => {
  const [project = '', other = ''] = inHome('linked/app', 'linked/other');
  mkdirSync(join(project, 'node_modules'), { recursive: true });
  mkdirSync(other);
  const manifest = { name: 'app', dependencies: { other: '*' } };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(other, 'package.json'), '{"name":"other"}');
  writeFileSync(join(other, 'private.txt'), real);
  symlinkSync(other, join(project, 'node_modules', 'other'));
  const script = join(project, 'server.mjs');
  writeFileSync(script, `await import(${JSON.stringify(fixture)});`);
  const start = (access: 'read' | 'write', path: string) => {
    const env = { CURIOUS_READ: join(other, 'package.json'), CURIOUS_HOSTS: '' };
    const launch = { command: process.execPath, args: [script], env };
    const sources = { path: join(import.meta.dirname, '..', '..'), access: 'read' } as const;
    const folders = [sources, { path, access }];
    return tryOne(serverRecord('curious', launch, { scope: scopeOf('confined', { folders }) }));
  };
  for (const path of [project, join(project, 'node_modules')]) {
    expect((await start('write', path)).plan.after.scope).not.toHaveProperty('packages');
    expect(readSeen().read).toEqual(['ENOENT']);
  }
  // What it cannot have made is tried, for the person to agree to.
  expect((await start('read', project)).plan.after.scope?.packages).toEqual([other]);
  expect(readSeen().read).toEqual(['{"name":"other"}']);
});

test('a scope that works is not lowered by a trial that fails', async () => {
  const scope = scopeOf('listed hosts');
  const trial = await tryOne(curious({ CURIOUS_END: 'exit' }, { scope }), { trialTime: 20_000 });
  expect(trial.plan.after.scope).toEqual(scope);
});

async function climb(record: ServerRecord): Promise<Trial> {
  world.writeRecords(record);
  const { trials } = await collect(openTrials().tryAll(undefined));
  const [trial] = trials;
  if (trial === undefined) throw new Error('There was no trial.');
  expect(readdirSync(join(world.roots.data, 'sandbox', 'trials'))).toEqual([]);
  expect(JSON.stringify(trial)).not.toContain(real);
  return trial;
}

const outcomes = ({ levels }: Trial) =>
  (levels ?? []).map(({ level, outcome }) => `${level} ${outcome}`);
const keyOf = (kind: string) => ({
  secrets: [{ name: 'API_KEY', kind, storedAt: '2026-11-23T10:00:00.000Z' }],
});

test('a hostile one gets nothing past the list, and no level because of what it asked for', async () => {
  const hosts = { CURIOUS_HOSTS: 'api.airtable.com\nevil.example.test\n*.example.test' };
  const trial = await climb(curious(hosts, keyOf('airtable')));
  expect(outcomes(trial)).toEqual(['confined works', 'listed-hosts fails']);
  expect(trial.levels?.[1]?.kept).toEqual([expect.stringMatching(/^[0-9a-f]{8}\.example\.test$/)]);
  expect(trial.plan.after.level).toBe('confined');
  // A trial is no daily use.
  expect(existsSync(join(world.roots.data, 'activity', 'blocked.jsonl'))).toBe(false);
});

test('one that looks at its key works with an invented one, and not with a placeholder', async () => {
  const env = { CURIOUS_KEY: 'trial-', CURIOUS_HOSTS: 'api.airtable.com' };
  const trial = await climb(curious(env, keyOf('airtable')));
  expect(outcomes(trial)).toEqual(['confined works', 'listed-hosts works', 'masked fails']);
  expect(trial.levels?.[2]?.said).toEqual(['that is no key of ours']);
  expect(trial.plan.after.scope).toMatchObject({
    level: 'listed-hosts',
    hosts: ['api.airtable.com'],
  });
});

test('a real server that calls its host: a tool that only reads shows it, and listed hosts is ticked', async () => {
  const trial = await climb(
    serverRecord(
      'airtable',
      {
        // By a Node that knows proxies.
        command: process.execPath,
        args: [join(programs, 'airtable-mcp-server')],
        env: { AIRTABLE_API_KEY: secretTemplate('API_KEY') },
      },
      keyOf('airtable'),
    ),
  );
  expect(outcomes(trial)).toEqual(['confined works', 'listed-hosts works', 'masked works']);
  expect(trial).toMatchObject({ called: ['list_bases'], hosts: ['api.airtable.com'] });
  const [, listed, masked] = trial.levels ?? [];
  expect(listed?.message).toContain(
    'with its hosts limited to api.airtable.com. It was seen to ask for api.airtable.com.',
  );
  expect(trial.plan).toEqual(listed?.plan);
  expect(masked?.plan?.after.scope).toMatchObject({
    level: 'masked',
    secretHosts: { API_KEY: ['api.airtable.com'] },
  });
});

test('a real server that needs no network: no host is offered with what that would break, and not ticked', async () => {
  const trial = await climb(
    serverRecord('memory', { command: join(programs, 'mcp-server-memory') }),
  );
  expect(outcomes(trial)).toEqual(['confined works', 'listed-hosts works']);
  expect(trial.levels?.[1]?.message).toContain('It asked for none and none is known for it');
  expect(trial.levels?.[1]?.plan?.after.scope?.hosts).toEqual([]);
  expect(trial.plan.after.scope).toMatchObject({ level: 'confined', hosts: 'any' });
});

test('of several each has its own result, and how far it is', async () => {
  world.writeRecords(
    curious(),
    serverRecord('absent', { command: 'no-such-program-here' }),
    serverRecord('boxed', { command: 'docker', args: ['run', '-i', 'x'] }),
    serverRecord('off', {}, { enabled: false }),
    serverRecord('scoped', {}, { scope: scopeOf('confined') }),
  );
  const all = await collect(openTrials().tryAll(undefined));
  expect(all.trials.map(({ server, works }) => [server, works])).toEqual([
    ['curious', true],
    ['absent', false],
  ]);
  expect(all.steps).toEqual([
    'curious prepare confined 0/2',
    'curious start confined 0/2',
    'curious read confined 0/2',
    'curious start listed-hosts 0/2',
    'absent prepare confined 1/2',
    'absent start confined 1/2',
    'absent read confined 1/2',
  ]);
  const named = await collect(openTrials().tryAll(['boxed', 'off']));
  expect(named.trials.map(({ server, works, message }) => [server, works, message])).toEqual([
    ['boxed', false, 'It runs in a container, which confines it by its own options.'],
    ['off', false, 'The server "off" is switched off.'],
  ]);
  await expect(collect(openTrials().tryAll(['gone']))).rejects.toMatchObject({ code: 'not_found' });
});

test('without a sandbox nothing is started, and the remedy is said', async () => {
  world.writeRecords(curious());
  const none = openTrials({ bubblewrap: undefined });
  for (const stream of [none.try('curious'), none.tryAll(undefined)])
    await expect(collect(stream)).rejects.toMatchObject({
      code: 'not_confined',
      hint: expect.stringContaining('apt install bubblewrap'),
    });
});
