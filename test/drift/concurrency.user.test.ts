/**
 * The window's door, the command line and two watchers with policies at once, each a process of its
 * own on one home with a real keychain, while another program wipes one of the files: what a door
 * answered with success is there in the end, and what failed said so with a code.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse as parseJsonc } from 'jsonc-parser';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSecrets } from '../../core/secrets/secrets.ts';
import { createFiles } from '../../platform/files.ts';
import { createSystemKeychain } from '../../platform/keychain/system-keychain.ts';
import { cliProgram, runCli } from '../support/cli.ts';
import { type Keyring, startKeyring } from '../support/keyring.ts';
import { plantedValue } from '../support/launcher.ts';
import { runs } from '../support/runs.ts';
import { connectTo, startServe } from '../support/serve.ts';
import { expectNoStrays, findValues } from '../support/survival.ts';
import { commandDoor, type Kept, runLane, windowDoor } from './mutations.ts';

/** Over both doors, two lanes each. */
const count = runs(56, 1_000);
const perLane = count / 4;
const cursor = '.cursor/mcp.json';
const code = '.config/Code/User/mcp.json';
const comment = '// servers of mine';

let keyring: Keyring;
const children: ChildProcess[] = [];
beforeEach(async () => {
  keyring = await startKeyring();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await keyring.stop();
});

function fileOf(path: string): string {
  return join(keyring.home, path);
}

function lay(path: string, text: string): void {
  mkdirSync(dirname(fileOf(path)), { recursive: true });
  writeFileSync(fileOf(path), text, { mode: 0o600 });
}

async function cli(args: readonly string[], exitCode = 0): Promise<unknown> {
  const result = await runCli(['--json', ...args], keyring);
  expect(result.exitCode, `${args.join(' ')}: ${result.stdout}${result.stderr}`).toBe(exitCode);
  return result.json();
}

/** `drift --watch`, to its end. Answers its news, each line one document. */
async function startWatcher(): Promise<() => Promise<readonly { readonly type: string }[]>> {
  const child = spawn(process.execPath, [cliProgram, 'drift', '--watch'], {
    env: { ...keyring.env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout });
  const news: { readonly type: string }[] = [];
  const ended = once(lines, 'close');
  lines.on('line', (line) => news.push(JSON.parse(line)));
  await once(lines, 'line');
  return async () => {
    child.kill('SIGINT');
    await ended;
    return news;
  };
}

/** Drops all servers of the file, as a client does that never heard of them; the setting is its own. */
function wipe(number: number): void {
  writeFileSync(`${fileOf(code)}.client`, `${comment}\n{ "theme": ${number} }\n`);
  renameSync(`${fileOf(code)}.client`, fileOf(code));
}

function keysIn(path: string, container: string): readonly string[] {
  const data = parseJsonc(readFileSync(fileOf(path), 'utf8'));
  return Object.keys(data[container] ?? {}).toSorted();
}

test(
  `${count} mutations by the window and the command line beside watchers, none lost`,
  async () => {
    lay(cursor, `{\n  "theme": 0,\n  "mcpServers": { "mine": { "command": "x" } }\n}\n`);
    lay(code, `${comment}\n{ "theme": 0, "servers": {} }\n`);
    await cli(['servers', 'add', 'vault', '--id', 'vault', '--', 'x']);
    for (const client of ['cursor', 'vscode'])
      await cli(['drift', 'policy', 'repair', '--client', client]);
    const door = await startServe(keyring.env);
    const endWatcher = await startWatcher();
    const values = new Map<string, string>();
    const options = {
      count: perLane,
      clients: ['cursor', 'vscode'] as const,
      vault: 'vault',
      folderOf: (lane: string, number: number) => {
        const folder = fileOf(join('projects', lane, String(number)));
        mkdirSync(folder, { recursive: true });
        return folder;
      },
      valueFor: (name: string) => {
        const value = values.get(name) ?? plantedValue();
        values.set(name, value);
        return value;
      },
    };
    const window = windowDoor(await connectTo(door));
    const terminal = commandDoor(keyring.env);
    let done = 0;
    const onDone = (): void => {
      done += 1;
      if (done % 7 === 0) wipe(done);
    };
    const lane = (name: string, through: typeof window) =>
      runLane(through, { ...options, onDone, lane: name });
    const kept = await Promise.all([
      lane('wa', window),
      lane('wb', window),
      lane('ta', terminal),
      lane('tb', terminal),
    ]);
    const news = await endWatcher();
    await door.stop();

    expect(done).toBe(count);
    expect(news.map(({ type }) => type)).toContain('drift-changed');
    await expectRecords(kept);
    const { mcpServers, theme } = JSON.parse(readFileSync(fileOf(cursor), 'utf8'));
    expect({ theme, mine: mcpServers.mine }).toEqual({ theme: 0, mine: { command: 'x' } });
    // Nobody but us wrote this one: it is right without any repair.
    expect(keysIn(cursor, 'mcpServers')).toEqual([...placedIn(kept, 'cursor'), 'mine'].toSorted());
    await cli(['drift', '--apply', 'repair', '--yes']);
    expect(keysIn(code, 'servers')).toEqual(placedIn(kept, 'vscode'));
    expect(readFileSync(fileOf(code), 'utf8').startsWith(`${comment}\n`)).toBe(true);
    expect(await cli(['drift'])).toMatchObject({ counts: { drifted: 0, exposedAgain: 0 } });
    expect(
      findValues(
        keyring.home,
        [...values.values()].map((value) => ({ value })),
      ),
    ).toEqual([]);
    expectNoStrays(keyring.home);
    expectFairRefusals(kept);
  },
  runs(900_000, 7_200_000),
);

function placedIn(kept: readonly Kept[], client: string): readonly string[] {
  return kept.flatMap(({ placed }) => [...(placed.get(client) ?? [])]).toSorted();
}

async function expectRecords(kept: readonly Kept[]): Promise<void> {
  // The output of the contract's `servers.list`.
  const views = (await cli(['servers'])) as readonly { record: { id: string; name: string } }[];
  const names = views.map(({ record }) => [record.id, record.name] as const);
  const wanted = kept.flatMap((one) => [...one.names]);
  expect(Object.fromEntries(names)).toEqual(Object.fromEntries([...wanted, ['vault', 'vault']]));
  const folders = kept.flatMap((one) => [...one.folders]);
  expect(new Set((await cli(['projects'])) as readonly string[])).toEqual(new Set(folders));
  const home = keyring.home;
  const keychain = createSystemKeychain({ machine: { platform: 'linux', home, env: keyring.env } });
  try {
    const roots = { config: home, data: home, cache: home };
    const stored = await createSecrets({ keychain, files: createFiles('linux'), roots }).read(
      'vault',
    );
    const actual = [...(stored ?? [])].map(([name, value]) => [name, value.reveal()] as const);
    expect(Object.fromEntries(actual)).toEqual(
      Object.fromEntries(kept.flatMap((one) => [...one.secrets])),
    );
  } finally {
    await keychain.close();
  }
}

/** Every refusal had a code, else its lane had ended; these are the ones that two writers may meet. */
function expectFairRefusals(kept: readonly Kept[]): void {
  const fair = ['conflict', 'file_changed', 'file_busy', 'records_busy'];
  const met = kept.flatMap(({ refused }) => refused);
  expect(met.filter((code) => !fair.includes(code))).toEqual([]);
}
