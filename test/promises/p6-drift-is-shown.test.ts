/**
 * P6: every difference between what we last wrote, what is on disk and what is wanted is named, and
 * repaired only by the chosen policy. Real files, a real watcher, real programs beside.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createProcesses } from '../../platform/processes.ts';
import { createWatch } from '../../platform/watch.ts';
import type { DriftState } from '../../shared/models/drift.ts';
import type { AppEvent } from '../../shared/models/health.ts';
import {
  applyDrift,
  type DriftStage,
  type DriftWorld,
  homeOf,
  layFiles,
  openDriftWorld,
  protectWorld,
} from '../support/drift-world.ts';
import { findValues } from '../support/survival.ts';

const desktop = '.config/Claude/claude_desktop_config.json';
const code = '.config/Code/User/mcp.json';

function letters(count: number): string {
  const alphabet = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
  return [...crypto.getRandomValues(new Uint8Array(count))]
    .map((byte) => alphabet[byte % alphabet.length])
    .join('');
}

let base = '';
let stage: DriftStage = { root: '', keychain: '' };
let world: DriftWorld;
let token = '';
let texts: Record<string, string> = {};
let events: AppEvent[] = [];
let closing: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'portcullis-p6-'));
  stage = { root: join(base, 'world'), keychain: join(base, 'keychain') };
  token = `ghp_${letters(36)}`;
  const github = { command: 'npx', args: ['-y', 'server'], env: { GITHUB_TOKEN: token } };
  const time = { command: 'uvx', args: ['mcp-time'] };
  texts = {
    [desktop]: `${JSON.stringify({ theme: 'dark', mcpServers: { github, time } }, null, 2)}\n`,
    [code]: `// my servers\n${JSON.stringify({ servers: { github: { type: 'stdio', ...github } } }, null, 2)}\n`,
  };
  layFiles(stage, texts);
  world = openDriftWorld(stage, {
    watch: createWatch(),
    listProcesses: () => createProcesses('linux').list(),
  });
  await protectWorld(world);
  const stop = new AbortController();
  events = [];
  const reading = (async () => {
    for await (const event of world.app.events.subscribe(stop.signal)) events.push(event);
  })();
  const stopWatching = await world.app.watch();
  await world.app.drift.noticed();
  closing = [
    stopWatching,
    async () => {
      stop.abort();
      await reading;
    },
  ];
});

afterEach(async () => {
  for (const close of closing) await close();
  rmSync(base, { recursive: true, force: true });
});

function fileOf(path: string): string {
  return join(homeOf(stage), path);
}

function read(path: string): string {
  return readFileSync(fileOf(path), 'utf8');
}

/** Waits for what the watcher makes happen; the test's own timeout ends it. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function stateOf(path: string, name: string): Promise<DriftState | undefined> {
  const { cells } = await world.api.drift.look({});
  return cells.find(({ file, entryName }) => file === fileOf(path) && entryName === name)?.state;
}

interface Happening {
  readonly name: string;
  readonly path: string;
  readonly entry: string;
  readonly state: DriftState;
  readonly write: (now: string) => string;
}

const happenings: readonly Happening[] = [
  {
    name: 'the client drops its block of servers',
    path: desktop,
    entry: 'github',
    state: 'wiped-by-client',
    write: () => '{\n  "theme": "light"\n}\n',
  },
  {
    name: 'the person edits the entry',
    path: code,
    entry: 'github',
    state: 'edited-by-you',
    write: (now) => now.replace(/"command": "[^"]*"/, '"command": "docker"'),
  },
  {
    name: 'a tool writes the old entry back, with the secret',
    path: code,
    entry: 'github',
    state: 'exposed-again',
    write: () => texts[code] ?? '',
  },
  {
    name: 'a tool writes the whole file anew',
    path: code,
    entry: 'github',
    state: 'rewritten-by-tool',
    write: () => '{"servers":{"github":{"type":"stdio","command":"docker","args":[]}}}',
  },
  {
    name: 'an installer adds a server',
    path: desktop,
    entry: 'new',
    state: 'foreign',
    write: (now) =>
      now.replace('"mcpServers": {', '"mcpServers": {\n    "new": { "command": "x" },'),
  },
  {
    name: 'a program leaves half a file',
    path: desktop,
    entry: 'github',
    state: 'unreadable',
    write: (now) => now.slice(0, now.length / 2),
  },
];

describe('every difference is named, soon, and nothing is done about it', () => {
  test.each(happenings)('$name: $state', async ({ path, entry, state, write }) => {
    expect(await stateOf(path, 'github')).toBe('in-step');
    const before = events.length;
    const text = write(read(path));
    writeFileSync(fileOf(path), text);
    await until(() => events.slice(before).some(({ type }) => type === 'drift-changed'));
    expect(await stateOf(path, entry)).toBe(state);
    expect(read(path)).toBe(text);
    const told = events.slice(before).filter(({ type }) => type === 'exposed-again');
    expect(told).toHaveLength(state === 'exposed-again' ? 1 : 0);
    expect(JSON.stringify(events)).not.toContain(token);
  });
});

describe('repaired only by the chosen policy', () => {
  test('ask: by a plan that the person has seen; then it is as it was', async () => {
    const good = read(desktop);
    writeFileSync(fileOf(desktop), '{\n  "theme": "dark"\n}\n');
    await until(async () => (await stateOf(desktop, 'github')) === 'wiped-by-client');
    const { receipts } = await applyDrift(world, { all: { action: 'repair' } });
    expect(receipts.map(({ outcome }) => outcome)).toEqual(['done']);
    expect(JSON.parse(read(desktop)).mcpServers.github).toEqual(JSON.parse(good).mcpServers.github);
    const [wipe] = (await world.api.files.timeline({ file: fileOf(desktop) })).filter(
      ({ removed }) => removed.length === 2,
    );
    expect(wipe?.removed.toSorted()).toEqual(['github', 'time']);
  });

  test('repair: at once and without being asked', async () => {
    await world.api.drift.setPolicy({ client: 'claude-desktop', policy: 'repair' });
    writeFileSync(fileOf(desktop), '{\n  "theme": "dark"\n}\n');
    await until(() => events.some(({ type }) => type === 'drift-settled'));
    await until(async () => (await stateOf(desktop, 'github')) === 'in-step');
    expect(JSON.parse(read(desktop)).theme).toBe('dark');
  });

  test('adopt: the record follows the file, and the secret goes to the keychain', async () => {
    const other = `ghp_${letters(36)}`;
    await world.api.drift.setPolicy({ server: 'github', policy: 'adopt' });
    writeFileSync(fileOf(code), (texts[code] ?? '').replace(token, other));
    await until(() => !read(code).includes(other));
    await until(async () => (await stateOf(code, 'github')) === 'in-step');
    expect(read(code)).toContain('// my servers');
    const stored = await world.app.secrets.read('github');
    expect(stored?.get('GITHUB_TOKEN')?.reveal()).toBe(other);
    expect(findValues(stage.root, [{ value: other }, { value: token }])).toEqual([]);
  });

  test('against a program that goes on and on it stops and names it', async () => {
    await world.api.drift.setPolicy({ client: 'claude-desktop', policy: 'repair' });
    const script = `while :; do printf '{"theme": "dark"}' > "$1"; sleep 0.05; done`;
    const child: ChildProcess = spawn(
      'bash',
      [
        '-c',
        `exec -a claude-desktop bash -c '${script.replaceAll("'", "'\\''")}' claude-desktop "$0"`,
        fileOf(desktop),
      ],
      { stdio: 'ignore', detached: true },
    );
    const gone = new Promise((resolve) => child.once('close', resolve));
    try {
      await until(() => events.some(({ type }) => type === 'drift-paused'));
    } finally {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
      await gone;
    }
    const pause = events.find((event) => event.type === 'drift-paused');
    expect(pause).toMatchObject({ pause: { client: 'claude-desktop', by: 'Claude Desktop' } });
    const own = (await world.app.edits.history(fileOf(desktop))).filter(
      ({ what, reason }) => what === 'changed' && reason === 'repair',
    );
    expect(own.length).toBeLessThanOrEqual(2);
  });
});
