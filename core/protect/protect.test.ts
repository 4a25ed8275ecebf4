/** The protect job through the contract: hostile cases first, whole files compared. */
import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  finish,
  home,
  launcher,
  type MemoryApp,
  openMemoryApp,
  protectAll,
  roots,
} from '../../test/support/memory-app.ts';

function plant(): string {
  return randomBytes(18).toString('base64url').replace(/[-_]/g, 'x');
}

function cursorFile(servers: unknown): string {
  return `${JSON.stringify({ mcpServers: servers }, undefined, 2)}\n`;
}

const cursor = '.cursor/mcp.json';
const vscode = '.config/Code/User/mcp.json';

test('a plan whose entries changed since is refused, and nothing is changed', async () => {
  const world = await openMemoryApp({
    [cursor]: cursorFile({ a: { command: 'a', env: { API_KEY: plant() } } }),
  });
  const plan = await world.api.protect.plan({});
  const changed = cursorFile({ a: { command: 'b', env: { API_KEY: plant() } } });
  await world.write(cursor, changed);
  const apply = world.api.protect.apply({
    basis: plan.basis,
    selection: {},
    consents: [],
    answers: {},
  });
  await expect(apply.then(finish)).rejects.toMatchObject({ code: 'conflict' });
  expect(await world.read(cursor)).toBe(changed);
  expect(world.keychain.accounts()).toEqual([]);
});

test('an entry that cannot move has a receipt that says why, beside those that moved', async () => {
  const value = plant();
  const twice = `"API_KEY": "${plant()}", "API_KEY": "${plant()}"`;
  const world = await openMemoryApp({
    [cursor]: `{"mcpServers": {"twice": {"command": "a", "env": {${twice}}}, "once": {"command": "b", "env": {"API_KEY": "${value}"}}}}`,
  });
  const { basis } = await world.api.protect.plan({});
  const choices = { basis, selection: {}, consents: [], answers: {} };
  const { receipts, remaining } = await finish(await world.api.protect.apply(choices));
  expect(receipts.map(({ pointer, outcome, code }) => [pointer, outcome, code])).toEqual([
    ['/mcpServers/once', 'done', expect.anything()],
    ['/mcpServers/twice', 'skipped', 'unsupported'],
  ]);
  expect(receipts.at(-1)?.message).toContain('Remove one of the two');
  expect(remaining).toBe(2);
});

test('a run that finds nothing to do is no run: the one before it is what undo takes back', async () => {
  const text = cursorFile({ a: { command: 'a', env: { API_KEY: plant() } } });
  const world = await openMemoryApp({ [cursor]: text });
  const { run } = await protectAll(world);
  expect((await protectAll(world)).run).toMatchObject({ state: 'done', files: [] });
  expect((await world.api.protect.runs({})).map(({ id }) => id)).toEqual([run.id]);
  const plan = await world.api.protect.planUndo({});
  expect(plan.run.id).toBe(run.id);
  await finish(await world.api.protect.undo({ basis: plan.basis, run: run.id }));
  expect(await world.read(cursor)).toBe(text);
});

test('another part of the file may change between plan and apply', async () => {
  const secret = plant();
  const entry = { a: { command: 'a', env: { API_KEY: secret } } };
  const world = await openMemoryApp({ [cursor]: cursorFile(entry) });
  const plan = await world.api.protect.plan({});
  await world.write(cursor, `{"other":1,"mcpServers":${JSON.stringify(entry)}}`);
  const result = await finish(
    await world.api.protect.apply({ basis: plan.basis, selection: {}, consents: [], answers: {} }),
  );
  expect(result.run.state).toBe('done');
  expect(await world.read(cursor)).toBe(
    `{"other":1,"mcpServers":{"a":{"command":"${launcher}","args":["run", "a"]}}}`.replace(
      ', ',
      ',',
    ),
  );
});

test('a locked keychain stops everything before a file is touched', async () => {
  const text = cursorFile({ a: { command: 'a', env: { API_KEY: plant() } } });
  const world = await openMemoryApp({ [cursor]: text });
  const plan = await world.api.protect.plan({});
  world.keychain.setState('locked');
  const result = world.api.protect.apply({
    basis: plan.basis,
    selection: {},
    consents: [],
    answers: {},
  });
  const outcome = await result.then(finish).catch((thrown: unknown) => thrown);
  expect(JSON.stringify(outcome)).toContain('keychain_locked');
  expect(await world.read(cursor)).toBe(text);
});

test('the same server in two clients with the same value becomes one record', async () => {
  const secret = plant();
  const entry = { command: 'npx', args: ['-y', 'thing'], env: { API_KEY: secret, MODE: 'x' } };
  const world = await openMemoryApp({
    [cursor]: cursorFile({ thing: entry }),
    [vscode]: JSON.stringify({ servers: { other: { type: 'stdio', ...entry } } }),
  });
  const result = await protectAll(world);
  expect(result.run.servers).toEqual(['thing']);
  const [view] = await world.api.servers.list({});
  expect(view?.record.launch).toEqual({
    transport: 'stdio',
    command: 'npx',
    args: ['-y', 'thing'],
    env: { API_KEY: '${secret:API_KEY}', MODE: 'x' },
  });
  expect(view?.record.placements.map(({ client, entryName }) => [client, entryName])).toEqual([
    ['cursor', 'thing'],
    ['vscode', 'other'],
  ]);
  expect(world.keychain.accounts()).toEqual([':sealing-key', 'thing']);
});

test('differing values are asked about, without showing them, and the answer decides', async () => {
  const [left, right] = [plant(), plant()];
  const entry = (value: string) => ({ command: 'npx', args: ['thing'], env: { API_KEY: value } });
  const world = await openMemoryApp({
    [cursor]: cursorFile({ thing: entry(left) }),
    [vscode]: JSON.stringify({ servers: { thing: entry(right) } }),
  });
  const plan = await world.api.protect.plan({});
  const [question] = plan.questions;
  expect(question?.options.map(({ clients }) => clients)).toEqual([['cursor'], ['vscode']]);
  expect(JSON.stringify(plan)).not.toContain(left);
  expect(JSON.stringify(plan)).not.toContain(right);

  const unanswered = await protectAll(world);
  expect(unanswered.receipts.map(({ outcome, code }) => [outcome, code])).toEqual([
    ['skipped', 'consent_needed'],
    ['skipped', 'consent_needed'],
  ]);
  expect(await world.read(cursor)).toContain(left);

  const answer = question?.options[1]?.fingerprint ?? '';
  const result = await protectAll(world, { answers: { [question?.id ?? '']: answer } });
  expect(result.run.state).toBe('done');
  expect((await world.app.secrets.read('thing'))?.get('API_KEY')?.reveal()).toBe(right);
});

test('a container engine gets its secret by name, not as an argument', async () => {
  const secret = plant();
  const world = await openMemoryApp({
    [cursor]: cursorFile({
      box: { command: 'docker', args: ['run', '-i', '-e', `API_TOKEN=${secret}`, 'img'] },
    }),
  });
  await protectAll(world);
  const [view] = await world.api.servers.list({});
  expect(view?.record.launch).toEqual({
    transport: 'stdio',
    command: 'docker',
    args: ['run', '-i', '-e', 'API_TOKEN', 'img'],
    env: { API_TOKEN: '${secret:API_TOKEN}' },
  });
  expect(view?.warnings).toEqual([]);
});

test('what only the client can resolve stays in the entry and is handed on', async () => {
  const secret = plant();
  const world = await openMemoryApp({
    [vscode]: JSON.stringify({
      servers: {
        fs: {
          type: 'stdio',
          command: 'npx',
          args: ['fs', '${workspaceFolder}/x'],
          env: { API_KEY: secret, USER_NAME: '${env:USER}' },
        },
      },
    }),
  });
  await protectAll(world);
  const [view] = await world.api.servers.list({});
  expect(view?.record.launch).toEqual({
    transport: 'stdio',
    command: 'npx',
    args: ['fs', '${client:PORTCULLIS_REF_2}/x'],
    env: { API_KEY: '${secret:API_KEY}', USER_NAME: '${client:USER_NAME}' },
  });
  expect(JSON.parse(await world.read(vscode))).toEqual({
    servers: {
      fs: {
        type: 'stdio',
        command: launcher,
        args: ['run', 'fs'],
        env: { USER_NAME: '${env:USER}', PORTCULLIS_REF_2: '${workspaceFolder}' },
      },
    },
  });
});

test('an env file that two servers share stays, and both entries say why', async () => {
  const secret = plant();
  const env = `TOKEN=${secret}\n`;
  const world = await openMemoryApp({
    'all.env': env,
    [cursor]: cursorFile({
      one: { command: 'one', envFile: `${home}/all.env` },
      two: { command: 'two', envFile: `${home}/all.env` },
    }),
  });
  const plan = await world.api.protect.plan({});
  expect(plan.items.map(({ entry, possible }) => [entry, possible])).toEqual([
    ['one', false],
    ['two', false],
  ]);
  expect(plan.items[0]?.note).toContain('which other servers use too');
  expect(await world.read('all.env')).toBe(env);
});

test('a file behind a link is shown, and no other link takes its place', async () => {
  const secret = plant();
  const env = `TOKEN=${secret}\n`;
  const world = await openMemoryApp({
    'theirs/.env': env,
    'else/.env': env,
    [cursor]: cursorFile({ one: { command: 'one', envFile: `${home}/mine/own.env` } }),
  });
  await world.files.makeFolder(`${home}/mine`);
  world.files.link(`${home}/theirs/.env`, `${home}/mine/own.env`);
  const plan = await world.api.protect.plan({});
  const item = plan.items.find(({ kind }) => kind === 'env-file');
  expect(item).toMatchObject({ file: `${home}/mine/own.env`, target: `${home}/theirs/.env` });
  const diff = plan.files.find(({ file }) => file === `${home}/mine/own.env`)?.diff;
  expect(diff?.[0]).toMatchObject({ kind: 'gap', text: expect.stringContaining('theirs/.env') });
  expect(plan.items.find(({ kind }) => kind === 'entry')).not.toHaveProperty('target');
  await world.files.remove(`${home}/mine/own.env`);
  world.files.link(`${home}/else/.env`, `${home}/mine/own.env`);
  const choices = { basis: plan.basis, selection: {}, consents: [], answers: {} };
  await expect(world.api.protect.apply(choices).then(finish)).rejects.toMatchObject({
    code: 'conflict',
  });
  expect(await world.read('else/.env')).toBe(env);
  expect(await world.read('theirs/.env')).toBe(env);
});

test('undo does not follow a link that came since', async () => {
  const text = cursorFile({ a: { command: 'a', env: { API_KEY: plant() } } });
  const world = await openMemoryApp({ [cursor]: text });
  await protectAll(world);
  const other = `${home}/shared/mcp.json`;
  await world.files.makeFolder(`${home}/shared`);
  await world.files.rename(`${home}/${cursor}`, other);
  world.files.link(other, `${home}/${cursor}`);
  const before = await world.read(other);
  const undo = await world.api.protect.planUndo({});
  expect(undo.files.map(({ way }) => way)).toEqual(['refused']);
  expect(undo.files[0]?.note).toContain(other);
  await finish(await world.api.protect.undo({ basis: undo.basis, run: undo.run.id }));
  expect(await world.read(other)).toBe(before);
});

test('leave shows where a link leads', async () => {
  const secret = plant();
  const world = await openMemoryApp({
    'dotfiles/cursor.json': cursorFile({ a: { command: 'a', env: { API_KEY: secret } } }),
  });
  await world.files.makeFolder(`${home}/.cursor`);
  world.files.link(`${home}/dotfiles/cursor.json`, `${home}/${cursor}`);
  await protectAll(world);
  const { items } = await world.api.leave.plan({ mode: 'original', purge: false });
  expect(items).toMatchObject([{ target: `${home}/dotfiles/cursor.json` }]);
});

test('a client of second-hand evidence is written only after one more yes', async () => {
  const secret = plant();
  const file = '.factory/mcp.json';
  const world = await openMemoryApp({
    [file]: cursorFile({ d: { type: 'stdio', command: 'd', env: { API_KEY: secret } } }),
  });
  const plan = await world.api.protect.plan({});
  expect(plan.items.map(({ ticked, consent }) => [ticked, consent])).toEqual([
    [false, 'secondary-evidence'],
  ]);
  expect((await protectAll(world)).receipts).toEqual([]);
  expect(await world.read(file)).toContain(secret);
  await protectAll(world, { consents: ['secondary-evidence'] });
  expect(await world.read(file)).not.toContain(secret);
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Whatever of ours has this text in it. */
function ownFilesWith(world: MemoryApp, text: string): readonly string[] {
  return Object.entries(world.files.snapshot()).flatMap(([path, content]) =>
    /\/\.(config|local\/share)\/portcullis\//.test(path) && content?.includes(text) === true
      ? [path]
      : [],
  );
}

test('nothing that we keep lets anybody test a guess at a short secret', async () => {
  const before = cursorFile({ a: { command: 'a', env: { DB_PASSWORD: 'Blue-17-Cat' } } });
  const world = await openMemoryApp({ [cursor]: before });
  await world.api.drift.look({});
  await protectAll(world);
  await world.api.drift.look({});
  const after = await world.read(cursor);
  for (const text of [before, after]) expect(ownFilesWith(world, sha256(text))).toEqual([]);
});

test('journals and runs of before, with plain hashes, are read, used and renewed', async () => {
  const before = cursorFile({ a: { command: 'a', env: { DB_PASSWORD: 'Blue-17-Cat' } } });
  const world = await openMemoryApp({ [cursor]: before });
  await protectAll(world);
  await world.api.drift.look({});
  const hashes = [sha256(before), sha256(await world.read(cursor))];
  const journal = `${roots.data}/journal/moves.jsonl`;
  const records = `${roots.config}/records.json`;
  const latest = `${roots.data}/timeline/latest.json`;
  const old = (text: string) =>
    text
      .replaceAll(/("before":\s*)"hmac:[^"]*"/g, `$1"${hashes[0]}"`)
      .replaceAll(/("after":\s*)"hmac:[^"]*"/g, `$1"${hashes[1]}"`)
      .replaceAll(/("hash":\s*)"[^"]{22}"/g, `$1"${hashes[1]}"`);
  for (const file of [journal, records, latest]) {
    const text = await world.read(file);
    await world.write(file, old(text));
    expect(await world.read(file)).not.toBe(text);
  }
  const later = await openMemoryApp({}, () => world);
  expect((await later.api.drift.look({})).counts).toMatchObject({ inStep: 1, drifted: 0 });
  const undo = await later.api.protect.planUndo({});
  expect(undo.files.map(({ way }) => way)).toEqual(['exact']);
  const lines = (await later.api.files.timeline({ file: `${home}/${cursor}` })).length;
  expect(lines).toBe((await world.api.files.timeline({ file: `${home}/${cursor}` })).length);
  await finish(await later.api.protect.undo({ basis: undo.basis, run: undo.run.id }));
  expect(await world.read(cursor)).toBe(before);
  for (const hash of hashes) expect(ownFilesWith(world, hash)).toEqual([]);
});

test('undo gives back every byte and forgets records and items', async () => {
  const text = `// mine\n{ "servers": {\r\n\t"a": {"command":"a", "env":{"API_KEY":"${plant()}",}}, // x\n}}`;
  const world = await openMemoryApp({ [vscode]: text });
  await protectAll(world);
  expect(await world.read(vscode)).not.toBe(text);
  const undo = await world.api.protect.planUndo({});
  expect(undo.files.map(({ way }) => way)).toEqual(['exact']);
  const result = await finish(
    await world.api.protect.undo({ basis: undo.basis, run: undo.run.id }),
  );
  expect(result.run.state).toBe('undone');
  expect(await world.read(vscode)).toBe(text);
  expect(await world.api.servers.list({})).toEqual([]);
  expect(world.keychain.accounts()).toEqual([':sealing-key']);
  await expect(world.api.protect.planUndo({})).rejects.toMatchObject({ code: 'not_found' });
});

test('undo of a file that was changed since puts back the entry and keeps the change', async () => {
  const secret = plant();
  const world = await openMemoryApp({
    [cursor]: cursorFile({ a: { command: 'a', env: { API_KEY: secret } } }),
  });
  await protectAll(world);
  const later = JSON.parse(await world.read(cursor));
  later.mcpServers.added = { command: 'added' };
  await world.write(cursor, JSON.stringify(later, undefined, 4));
  const undo = await world.api.protect.planUndo({});
  expect(undo.files.map(({ way }) => way)).toEqual(['merge']);
  await finish(await world.api.protect.undo({ basis: undo.basis, run: undo.run.id }));
  expect(JSON.parse(await world.read(cursor))).toEqual({
    mcpServers: { a: { command: 'a', env: { API_KEY: secret } }, added: { command: 'added' } },
  });
});

test('leave writes the original entry with its secret back and drops the record', async () => {
  const secret = plant();
  const servers = { a: { command: 'a', args: [], env: { API_KEY: secret }, disabled: false } };
  const world = await openMemoryApp({ [cursor]: cursorFile(servers) });
  await protectAll(world);
  const plan = await world.api.leave.plan({ mode: 'original', purge: false });
  expect(plan.warnings[0]).toContain('plain text');
  expect(JSON.stringify(plan)).not.toContain(secret);
  await finish(await world.api.leave.apply({ basis: plan.basis, mode: 'original', purge: false }));
  expect(JSON.parse(await world.read(cursor))).toEqual({ mcpServers: servers });
  expect(await world.api.servers.list({})).toEqual([]);
  expect(world.keychain.accounts()).toEqual([':sealing-key']);
});

test('leave says which variables a server was given since, as the original command has them not', async () => {
  const world = await openMemoryApp({
    [cursor]: cursorFile({ a: { command: 'a', env: { API_KEY: plant() } } }),
  });
  await protectAll(world);
  await world.api.secrets.set({ server: 'a', name: 'B_KEY', value: plant(), asVariable: true });
  const plan = await world.api.leave.plan({ mode: 'original', purge: false });
  expect(plan.items.map(({ note }) => note)).toEqual([
    'Writes the original command back, with its secrets in plain text. Given since, and not in that command: B_KEY.',
  ]);
  expect(plan.warnings[0]).toBe(
    'These secrets are deleted from the keychain for good: B_KEY of a.',
  );
});

test('leave keeps a server that no client ever had, and says which secrets are deleted', async () => {
  const world = await openMemoryApp({
    [cursor]: cursorFile({ a: { command: 'a', env: { API_KEY: plant() } } }),
  });
  await protectAll(world);
  const launch = { transport: 'stdio', command: 'b', args: [], env: {} } as const;
  await world.api.servers.add({ name: 'b', launch, secrets: { OWN_KEY: plant() } });
  const selection = { clients: ['cursor'], mode: 'remove', purge: false } as const;
  const plan = await world.api.leave.plan(selection);
  expect(plan.warnings).toEqual([
    'These secrets are deleted from the keychain for good: API_KEY of a.',
  ]);
  await finish(await world.api.leave.apply({ basis: plan.basis, ...selection }));
  expect((await world.api.servers.list({})).map(({ record }) => record.id)).toEqual(['b']);
  expect(world.keychain.accounts()).toEqual([':sealing-key', 'b']);
  const named = await world.api.leave.plan({ servers: ['b'], mode: 'original', purge: false });
  expect(named.warnings[0]).toContain('deleted from the keychain for good: OWN_KEY of b.');
});

test('leave can remove the entry, and everything of ours with it', async () => {
  const world = await openMemoryApp({
    [cursor]: cursorFile({ a: { command: 'a', env: { API_KEY: plant() } }, b: { command: 'b' } }),
  });
  await protectAll(world);
  const plan = await world.api.leave.plan({ mode: 'remove', purge: true });
  await finish(await world.api.leave.apply({ basis: plan.basis, mode: 'remove', purge: true }));
  expect(JSON.parse(await world.read(cursor))).toEqual({ mcpServers: { b: { command: 'b' } } });
  expect(world.keychain.accounts()).toEqual([]);
  const left = Object.keys(world.files.snapshot()).filter((path) => path.includes('/portcullis/'));
  expect(left.filter((path) => path.startsWith(home))).toEqual([]);
});

test('hostile names become harmless ids and stay as they are in the file', async () => {
  const names = ['../../etc', '<b>x</b>', 'a\u0000b', '__proto__', '名前', 'Ünïcode Name'];
  const entries = names.map(
    (name) =>
      `${JSON.stringify(name)}:{"command":"c","args":[${JSON.stringify(name)}],"env":{"API_KEY":"${plant()}"}}`,
  );
  const world = await openMemoryApp({ [cursor]: `{"mcpServers":{${entries.join(',')}}}` });
  const result = await protectAll(world);
  expect(result.run.state).toBe('done');
  expect(result.run.servers.toSorted()).toEqual([
    'a-b',
    'b-x-b',
    'etc',
    'proto',
    'server',
    'u-ni-code-name',
  ]);
  expect(Object.keys(JSON.parse(await world.read(cursor)).mcpServers)).toHaveLength(names.length);
});

test('suppressed findings are not counted, and can be shown again', async () => {
  const world = await openMemoryApp({
    [cursor]: cursorFile({ a: { command: 'a', env: { API_KEY: plant() } } }),
  });
  const [finding] = (await world.api.exposure.scan({})).findings;
  if (finding === undefined) throw new Error('The planted secret was not found.');
  const { file, pointer, fingerprint } = finding;
  await world.api.exposure.suppress({ file, pointer, fingerprint, reason: 'a test key' });
  expect((await world.api.exposure.scan({})).hidden).toEqual({ suppressed: 1, possible: 0 });
  await world.api.exposure.unsuppress({ file, pointer, fingerprint });
  expect((await world.api.exposure.scan({})).findings).toHaveLength(1);
});

test('what cannot be moved is named with the reason: the client’s own keys, broken files', async () => {
  const key = plant();
  const world = await openMemoryApp({
    '.config/zed/settings.json': `{"language_models":{"api_key":"${key}"},"context_servers":{}}`,
    [cursor]: '{"mcpServers": {',
  });
  const plan = await world.api.protect.plan({});
  expect(plan.items.map(({ kind, client, possible }) => [kind, client, possible])).toEqual([
    ['listed', 'zed', false],
    ['listed', 'cursor', false],
  ]);
  expect(plan.items[0]?.note).toContain('belongs to Zed itself');
  expect(plan.items[1]?.note).toContain('mcp.json:1:17');
  expect(JSON.stringify(plan)).not.toContain(key);
});
