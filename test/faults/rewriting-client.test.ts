/**
 * Clients that write their file from memory after protect (F-06, step 9 of the protocol): programs
 * named like the real ones hold the old text and write it back when they see ours. The built command
 * line looks again, does it once more, and says so when the client does not stop.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { echoServer, writeCliHome } from '../support/cli-home.ts';
import { type Keyring, startKeyring } from '../support/keyring.ts';
import { plantSecret } from '../support/planted.ts';

interface World {
  readonly keyring: Keyring;
  readonly env: Readonly<Record<string, string>>;
  readonly code: string;
  readonly desktop: string;
  readonly values: { readonly code: string; readonly desktop: string };
}

let world: World;
beforeEach(async () => {
  const keyring = await startKeyring();
  const values = { code: plantSecret('code'), desktop: plantSecret('desktop') };
  const { write } = writeCliHome(keyring.home);
  // Another argument makes another server.
  const entry = (name: string, value: string) => ({
    command: process.execPath,
    args: [echoServer, name],
    env: { SERVICE_TOKEN: value },
  });
  world = {
    keyring,
    env: keyring.env,
    values,
    code: write(
      '.claude.json',
      JSON.stringify({
        starts: 1,
        mcpServers: { one: entry('one', values.code), plain: { command: 'x' } },
      }),
    ),
    desktop: write(
      '.config/Claude/claude_desktop_config.json',
      JSON.stringify(
        { starts: 1, mcpServers: { two: entry('two', values.desktop) } },
        undefined,
        2,
      ),
    ),
  };
}, 60_000);
const running = new Set<Client>();
afterEach(async () => {
  for (const client of running) await client.stop();
  await world.keyring.stop();
});

/**
 * Has the file in memory from its start on, counts `starts` up in it, and writes it back `times`
 * times, each time that something of ours is in the file for `patience` milliseconds.
 */
const clientCode = `
const fs = require('node:fs');
const [file, times, patience] = process.argv.slice(1);
const memory = JSON.parse(fs.readFileSync(file, 'utf8'));
let written = 0, since;
setInterval(() => {
  let text;
  try { text = fs.readFileSync(file, 'utf8'); } catch { return; }
  if (!text.includes('portcullis')) { since = undefined; return; }
  since ??= performance.now();
  if (written >= Number(times) || performance.now() - since < Number(patience)) return;
  written += 1;
  memory.starts += 1;
  fs.writeFileSync(file, JSON.stringify(memory));
}, 20);
console.log('up');
`;

interface Client {
  stop(): Promise<void>;
}

/** `name` is what the list of processes shows. */
async function startClient(
  name: string,
  file: string,
  times: number,
  patience = 300,
): Promise<Client> {
  const args = ['-e', clientCode, '--', file, String(times), String(patience)];
  const child: ChildProcess = spawn(process.execPath, args, {
    argv0: name,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (child.stdout === null) throw new TypeError('Its output is a pipe.');
  await once(child.stdout, 'data');
  const client: Client = {
    async stop() {
      if (!running.delete(client)) return;
      const gone = once(child, 'close');
      child.kill('SIGKILL');
      await gone;
    },
  };
  running.add(client);
  return client;
}

async function protect() {
  const result = await runCli(['protect', '--all', '--yes', '--json'], world);
  for (const value of Object.values(world.values)) expect(result.stdout).not.toContain(value);
  return { ...result, run: result.json() as Run };
}

interface Run {
  readonly receipts: readonly {
    readonly file: string;
    readonly outcome: string;
    readonly message: string;
    readonly hint?: string;
  }[];
  readonly remaining: number;
}

/** The client writes in place, so a look may meet half a file: then it looks again. */
function read(file: string): { readonly starts: number; readonly text: string } {
  for (let looks = 0; ; looks += 1) {
    const text = readFileSync(file, 'utf8');
    try {
      return { starts: (JSON.parse(text) as { starts: number }).starts, text };
    } catch (thrown) {
      if (looks === 200) throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

test.each([
  ['once, soon', 1, 300],
  ['once, after the first look', 1, 4_000],
  ['twice', 2, 300],
])(
  'a client that writes back %s is protected in the end',
  async (_, times, patience) => {
    const client = await startClient('claude', world.code, times, patience);
    const { exitCode, run } = await protect();
    await client.stop();
    expect({ exitCode, remaining: run.remaining }).toEqual({ exitCode: 0, remaining: 0 });
    const { starts, text } = read(world.code);
    expect(text).not.toContain(world.values.code);
    expect(text).toContain('portcullis');
    // What the client itself had to say is not lost either.
    expect(starts).toBe(1 + times);
    expect(text).toContain('"plain":{"command":"x"}');
    expect(run.receipts.map(({ outcome, message }) => [outcome, message])).toEqual(
      run.receipts.map(() => ['done', 'Moved to the keychain.']),
    );
  },
  180_000,
);

test('two clients at once are both protected in the end', async () => {
  const clients = [
    await startClient('claude', world.code, 2),
    await startClient('claude-desktop', world.desktop, 1),
  ];
  const { run } = await protect();
  for (const client of clients) await client.stop();
  expect(run.remaining).toBe(0);
  expect(read(world.code)).toMatchObject({ starts: 3 });
  expect(read(world.desktop)).toMatchObject({ starts: 2 });
  expect(read(world.code).text + read(world.desktop).text).not.toMatch(
    new RegExp(`${world.values.code.slice(0, 20)}|${world.values.desktop.slice(0, 20)}`),
  );
}, 180_000);

test('a client that never stops is named, nothing is lost, and undo gives it its file back', async () => {
  const client = await startClient('claude', world.code, 1_000_000, 0);
  const { run } = await protect();
  const told = run.receipts.find(({ file }) => file === world.code);
  expect(told).toMatchObject({
    message: 'Protected, but its client keeps writing the old text back.',
    hint: 'Close the client, then protect this entry again.',
  });
  expect(run.remaining).toBeGreaterThan(0);
  expect(read(world.code).text).toContain(JSON.stringify(world.values.code));
  await client.stop();

  // The remedy that was named works.
  const before = read(world.code);
  const again = await protect();
  expect({ exitCode: again.exitCode, remaining: again.run.remaining }).toEqual({
    exitCode: 0,
    remaining: 0,
  });
  for (let round = 0; round < 2; round += 1) {
    const undo = await runCli(['protect', '--undo', '--yes', '--json'], world);
    expect(undo.exitCode, undo.stdout).toBe(0);
  }
  expect(read(world.code)).toEqual(before);
  const servers = await runCli(['servers', '--json'], world);
  expect(servers.json()).toEqual([]);
}, 240_000);

test('undo of what a client has written back takes records and items away', async () => {
  const client = await startClient('claude', world.code, 1_000_000, 0);
  await protect();
  await client.stop();
  const before = read(world.code);
  const undo = await runCli(['protect', '--undo', '--yes', '--json'], world);
  expect(undo.exitCode, undo.stdout).toBe(0);
  expect(read(world.code)).toEqual(before);
  expect((await runCli(['servers', '--json'], world)).json()).toEqual([]);
}, 240_000);
