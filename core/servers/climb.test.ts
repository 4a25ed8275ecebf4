import { expect, test } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import type { CredentialScope } from '../../shared/models/scope.ts';
import type { Trial, TrialStream } from '../../shared/models/scope-view.ts';
import type { ServerRecord } from '../../shared/models/server.ts';
import { secretTemplate } from '../../shared/template.ts';
import { serverRecord } from '../../test/support/launcher.ts';
import { home, roots } from '../../test/support/memory-app.ts';
import { createMemoryFiles } from '../../test/support/memory-files.ts';
import type { Rehearsal } from '../inspect/inspect.ts';
import type { TrialReport } from '../launch/trial.ts';
import type { SandboxAbility } from '../ports.ts';
import { createTrials } from './trials.ts';

interface Behaviour {
  /** How a start at this scope goes. */
  readonly start: (scope: CredentialScope) => Partial<Rehearsal & TrialReport> | AppError;
  readonly ability?: SandboxAbility;
}

/** Trials with a launcher that behaves as told. */
function open(server: ServerRecord, { start, ability }: Behaviour) {
  const files = createMemoryFiles();
  const tried: CredentialScope[] = [];
  const trials = createTrials({
    machine: { platform: 'linux', home, env: {} },
    roots,
    files,
    programFiles: {
      probe: () => ({ kind: 'missing', executable: false }),
      head: () => new Uint8Array(),
      realpath: (path) => path,
      list: () => [],
    },
    sandbox: {
      alwaysSupervised: false,
      probe: () => ability ?? { confined: true, filtered: true },
      enclose: (confinement) => confinement,
    },
    random: { bytes: (count) => new Uint8Array(count).fill(7) },
    // Only read here.
    records: { read: async () => ({ servers: [server] }) } as never,
    launcher: { path: '/launcher', install: async () => undefined as never },
    readLoginPath: async () => undefined,
    inspect: {
      rehearse: async (_, options) => {
        const [, , request = ''] = options?.program?.args ?? [];
        const { scope } = JSON.parse(new TextDecoder().decode(await files.read(request)));
        tried.push(scope);
        const seen = start(scope);
        if (seen instanceof AppError) throw seen;
        const { tools = 2, called = [], ...report } = seen;
        const text = JSON.stringify({ binds: [], ...report });
        const file = request.replace('request.json', 'report.json');
        await files.createExclusive(file, new TextEncoder().encode(text), 0o600);
        return { tools, called };
      },
    },
  });
  return { trials, tried, files };
}

async function collect(stream: AsyncIterable<TrialStream>) {
  const steps: string[] = [];
  const trials: Trial[] = [];
  for await (const news of stream)
    if (news.type === 'trial') trials.push(news.trial);
    else steps.push(`${news.step} ${news.level}`);
  const [trial] = trials;
  if (trial === undefined) throw new Error('There was no trial.');
  return { steps, trial };
}

async function climbAll(server: ServerRecord, behaviour: Behaviour) {
  const { trials, tried, files } = open(server, behaviour);
  const { steps, trial } = await collect(trials.tryAll(undefined));
  expect(Object.keys(files.snapshot()).filter((path) => path.includes('/trials/'))).toEqual([]);
  const levels = trial.levels?.map(({ level, outcome }) => `${level} ${outcome}`);
  return { steps, trial, tried, levels, ticked: trial.plan.after.scope };
}

const failure = new AppError('server_start_failed', 'It ended.', {
  hint: 'Look.',
  details: { stderr: ['no way out'] },
});

const airtable = (env: Readonly<Record<string, string>> = {}) =>
  serverRecord(
    'one',
    { command: 'npx', args: ['-y', 'x'], env: { KEY: secretTemplate('KEY'), ...env } },
    { secrets: [{ name: 'KEY', kind: 'airtable-pat', storedAt: '2026-11-23T10:00:00.000Z' }] },
  );
const plain = (env: Readonly<Record<string, string>> = {}, args: readonly string[] = []) =>
  serverRecord('one', { command: 'npx', args: ['-y', 'x', ...args], env });

test('a host that a hostile server asks for gets no secret, and is not why a level is ticked', async () => {
  const { trial, tried, ticked } = await climbAll(airtable(), {
    start: () => ({ hosts: ['evil.example'] }),
  });
  expect(tried.at(-1)).toMatchObject({
    level: 'masked',
    hosts: ['api.airtable.com', 'evil.example'],
    secretHosts: { KEY: ['api.airtable.com'] },
  });
  expect(ticked?.level).toBe('confined');
  expect(trial.levels?.[1]?.message).toBe(
    'It started and listed 2 tools with its hosts limited to api.airtable.com and evil.example. It was seen to ask for evil.example. It was not seen to call api.airtable.com.',
  );
});

test('the known host was asked for: listed hosts is ticked, masked is only offered', async () => {
  const { steps, trial, tried, levels, ticked } = await climbAll(airtable(), {
    start: ({ level }) => ({
      called: ['list_bases'],
      ...(level === 'confined' ? { hosts: ['registry.npmjs.org', 'api.airtable.com'] } : {}),
    }),
  });
  expect(levels).toEqual(['confined works', 'listed-hosts works', 'masked works']);
  expect(steps).toEqual([
    'prepare confined',
    'start confined',
    'read confined',
    'start listed-hosts',
    'start masked',
  ]);
  expect(tried.map(({ level, hosts }) => [level, hosts])).toEqual([
    ['confined', 'any'],
    ['listed-hosts', ['api.airtable.com', 'registry.npmjs.org']],
    ['masked', ['api.airtable.com', 'registry.npmjs.org']],
  ]);
  expect(ticked).toEqual(tried[1]);
  expect(trial.levels?.map(({ message }) => message)).toEqual([
    'It started and listed its tools.',
    'It started and listed 2 tools with its hosts limited to api.airtable.com and registry.npmjs.org. It was seen to ask for api.airtable.com and registry.npmjs.org. Called without real secrets, list_bases answered.',
    'It started and listed 2 tools with placeholders for KEY. Called without real secrets, list_bases answered. That the real values are put in and taken was not seen: a trial has none.',
  ]);
  expect(trial.levels?.[2]?.plan?.after.scope).toEqual(tried[2]);
});

test('only known, or only asked for: offered with that said, not ticked', async () => {
  const known = await climbAll(airtable(), { start: () => ({ hosts: [] }) });
  expect(known.ticked?.level).toBe('confined');
  expect(known.trial.levels?.[1]?.message).toBe(
    'It started and listed 2 tools with its hosts limited to api.airtable.com. It was not seen to call api.airtable.com.',
  );
  const asked = await climbAll(plain(), { start: () => ({ hosts: ['telemetry.example'] }) });
  expect(asked.levels).toEqual(['confined works', 'listed-hosts works']);
  expect(asked.ticked?.level).toBe('confined');
});

test('asked for no host and none known: tried with none, said plainly, not ticked', async () => {
  const { tried, trial, ticked } = await climbAll(plain(), {
    start: () => ({ hosts: [], tools: 1 }),
  });
  expect(tried[1]).toMatchObject({ level: 'listed-hosts', hosts: [] });
  expect(trial.levels?.[1]).toMatchObject({
    outcome: 'works',
    message:
      'It started and listed 1 tool with no host at all. It asked for none and none is known for it: whatever it needs when its tools are used would be refused.',
  });
  expect(ticked).toMatchObject({ level: 'confined', hosts: 'any' });
});

test('hosts of its own settings count; what no list lets through keeps it at confined', async () => {
  const start = () => ({ hosts: ['grafana.corp.example'] });
  const url = { URL: 'https://grafana.corp.example:8443/api' };
  const own = await climbAll(plain(url, ['--x=https://b.example/']), { start });
  expect(own.ticked).toMatchObject({
    level: 'listed-hosts',
    hosts: ['b.example', 'grafana.corp.example:8443', 'grafana.corp.example'],
  });
  for (const other of ['postgresql://u@db.example/x', 'http://localhost:3000']) {
    const both = await climbAll(plain({ ...url, OTHER: other }), { start });
    expect(both.ticked?.level, other).toBe('confined');
    expect(both.trial.levels?.[1]?.message).toContain('which no list of hosts lets through');
  }
});

test('it goes no further than it works, and says why', async () => {
  const fails = await climbAll(airtable(), {
    start: ({ level }) => (level === 'listed-hosts' ? failure : { hosts: ['api.airtable.com'] }),
  });
  expect(fails.levels).toEqual(['confined works', 'listed-hosts fails']);
  expect(fails.trial.levels?.[1]).toMatchObject({ message: 'It ended.', said: ['no way out'] });
  expect(fails.trial.levels?.[1]).not.toHaveProperty('plan');
  expect(fails.ticked?.level).toBe('confined');

  const kept = await climbAll(airtable(), {
    start: ({ level }) =>
      level === 'confined' ? { hosts: ['api.airtable.com'] } : { kept: ['other.example'] },
  });
  expect(kept.trial.levels?.[1]).toMatchObject({ outcome: 'fails', kept: ['other.example'] });
  expect(kept.ticked?.level).toBe('confined');

  const none = await climbAll(airtable(), { start: () => failure });
  expect([none.trial.works, none.levels, none.tried.length]).toEqual([false, undefined, 1]);
  expect(none.ticked?.level).toBe('scoped-environment');
});

test('a level that this machine or its secrets rule out is not started, and the reason is said', async () => {
  const machine = await climbAll(airtable(), {
    start: () => ({}),
    ability: { confined: true, filtered: false, problem: 'socat is missing.', hint: 'Install it.' },
  });
  expect(machine.tried).toHaveLength(1);
  expect(machine.trial.levels?.[1]).toEqual({
    level: 'listed-hosts',
    outcome: 'untried',
    message: 'This computer cannot limit hosts. socat is missing.',
    hint: 'Install it.',
  });
  const unknown = serverRecord('one', {
    command: 'npx',
    args: ['-y', '@supabase/mcp-server-supabase'],
    env: { A: secretTemplate('A') },
  });
  const secret = await climbAll(unknown, { start: () => ({ hosts: ['mcp.supabase.com'] }) });
  expect(secret.levels).toEqual(['confined works', 'listed-hosts works', 'masked untried']);
  expect(secret.trial.levels?.[2]?.message).toBe(
    'It is not known at which host A is used, so nothing could put its value in.',
  );
});

test('a scope that the person chose is not climbed over; a single trial stays at confined', async () => {
  const scope = { level: 'confined', runtime: 'node', environment: [], folders: [], hosts: 'none' };
  const chosen = open({ ...airtable(), scope: scope as CredentialScope }, { start: () => ({}) });
  const { trial } = await collect(chosen.trials.tryAll(['one']));
  expect([trial.levels, trial.plan.after.scope?.hosts, chosen.tried.length]).toEqual([
    undefined,
    'none',
    1,
  ]);
  const single = open(airtable(), { start: () => ({}) });
  expect((await collect(single.trials.try('one'))).trial).not.toHaveProperty('levels');
});

test('given up between two levels: no further start, nothing left', async () => {
  const { trials, tried, files } = open(airtable(), { start: () => ({ hosts: [] }) });
  for await (const news of trials.tryAll(undefined))
    if (news.type === 'progress' && news.level === 'listed-hosts') break;
  expect(tried).toHaveLength(1);
  expect(Object.keys(files.snapshot()).filter((path) => path.includes('/trials/'))).toEqual([]);
});
