/**
 * Stand-ins for the programs that are known to spoil clients' files, each as a process of its own or at
 * the worst moment: nothing of anyone's is lost, what happened is named, and a kill of Portcullis in
 * the middle leaves a state that the next one understands.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import {
  applyDrift,
  type DriftStage,
  homeOf,
  layFiles,
  openDriftWorld,
  protectWorld,
  readBelow,
} from '../support/drift-world.ts';
import { openWorkers } from '../support/run-worker.ts';
import { runs } from '../support/runs.ts';
import { findValues } from '../support/survival.ts';
import { quickFolder } from './scenes.ts';

const workers = openWorkers('drift-worker.ts');
const bases: string[] = [];
const children: ChildProcess[] = [];
afterAll(() => workers.close());
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const base of bases.splice(0)) rmSync(base, { recursive: true, force: true });
});

const desktop = '.config/Claude/claude_desktop_config.json';
const claudeCode = '.claude.json';
const cursor = '.cursor/mcp.json';
const cline = '.cline/data/settings/cline_mcp_settings.json';

function letters(count: number): string {
  const alphabet = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
  const bytes = crypto.getRandomValues(new Uint8Array(count));
  return [...bytes].map((byte) => alphabet[byte % alphabet.length]).join('');
}

interface Scene extends DriftStage {
  readonly path: string;
  readonly file: string;
  readonly value: string;
  readonly original: string;
  /** Ends what still writes. */
  readonly settle?: () => Promise<void>;
}

/** One server with a secret, one without, a setting that is the client's. */
async function openScene(path: string): Promise<Scene> {
  const base = mkdtempSync(join(quickFolder, 'portcullis-offender-'));
  bases.push(base);
  const stage = { root: join(base, 'world'), keychain: join(base, 'keychain') };
  const value = `ghp_${letters(36)}`;
  const original = `${JSON.stringify(
    {
      theme: 'dark',
      mcpServers: {
        github: {
          type: 'stdio',
          command: 'npx',
          args: ['-y', 'server'],
          env: { GITHUB_TOKEN: value },
        },
        time: { type: 'stdio', command: 'uvx', args: ['mcp-time'] },
      },
    },
    null,
    2,
  )}\n`;
  layFiles(stage, { [path]: original });
  const world = openDriftWorld(stage);
  await protectWorld(world);
  await world.api.drift.look({});
  return { ...stage, path, file: join(homeOf(stage), path), value, original };
}

async function stateOf(scene: DriftStage, name: string, running: readonly string[] = []) {
  const world = openDriftWorld(scene, {
    running: running.map((command, at) => ({ pid: at + 1, command })),
  });
  const { cells } = await world.api.drift.look({});
  return cells.find(({ entryName }) => entryName === name);
}

/** What the person had is in the file or one click away, and the value is nowhere in clear but where its client wrote it. */
async function expectNothingLost(scene: Scene): Promise<void> {
  const world = openDriftWorld(scene);
  const stored = (await world.app.secrets.read('github'))?.get('GITHUB_TOKEN');
  expect(stored?.reveal()).toBe(scene.value);
  const copies = await world.app.edits.listBackups(scene.file);
  const contents = await Promise.all(
    copies.map(async ({ id }) => (await world.app.edits.openBackup(id)).bytes),
  );
  expect(contents.map((bytes) => new TextDecoder().decode(bytes))).toContain(scene.original);
  const inClear = findValues(scene.root, [{ value: scene.value }]);
  expect(
    inClear.filter((path) => path !== scene.file && !path.startsWith(`${scene.file}.`)),
  ).toEqual([]);
  const strays = readdirSync(join(scene.file, '..')).filter((name) => name.endsWith('.tmp'));
  expect(strays).toEqual([]);
}

/** Calls that change something outside of the process. */
const writing = new Set([
  'createExclusive',
  'append',
  'overwrite',
  'rename',
  'remove',
  'makeFolder',
  'removeFolder',
  'set',
]);

/**
 * Repairs the broken scene once to see what calls that takes; then once for every call that writes,
 * with SIGKILL right after it, and lets a new process settle and repair.
 */
async function killAtEveryWrite(
  breakFile: () => Promise<Scene>,
  check: (scene: Scene) => void | Promise<void> = () => undefined,
): Promise<void> {
  const whole = await breakFile();
  const { calls, errors } = await workers.run({ ...whole, planted: [] }, 'repair');
  await whole.settle?.();
  expect(errors).toBe('');
  const writes = calls.flatMap((method, at) => (writing.has(method) ? [at + 1] : []));
  expect(writes.length).toBeGreaterThan(5);
  const step = Math.max(1, Math.floor(writes.length / runs(6, writes.length)));
  for (const at of writes.filter((_, index) => index % step === 0)) {
    const scene = await breakFile();
    const end = await workers.run({ ...scene, planted: [] }, 'repair', {
      PORTCULLIS_SEAM: `kill@${at}`,
    });
    await scene.settle?.();
    // Beside a program that keeps writing, the calls are not the same every time.
    const ends = scene.settle === undefined ? ['SIGKILL'] : ['SIGKILL', null];
    expect({ ends, errors: end.errors }).toEqual({
      ends: expect.arrayContaining([end.signal]),
      errors: '',
    });
    JSON.parse(readFileSync(scene.file, 'utf8').replace(/^\uFEFF/, ''));
    const world = openDriftWorld(scene);
    await applyDrift(world, { all: { action: 'repair' } }, 'all');
    expect({ at, state: (await stateOf(scene, 'github'))?.state }).toEqual({
      at,
      state: 'in-step',
    });
    await expectNothingLost(scene);
    await check(scene);
  }
}

function startProgram(file: string, script: string): Promise<ChildProcess> {
  const code = `const fs = require('fs'); const file = process.argv[1]; ${script} console.log('up');`;
  const child = spawn(process.execPath, ['-e', code, file], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  return new Promise((resolve) => child.stdout?.once('data', () => resolve(child)));
}

async function endProgram(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await gone;
}

describe('rewrites its file from memory every 50 ms', () => {
  const script = `const text = fs.readFileSync(file, 'utf8'); setInterval(() => fs.writeFileSync(file, text), 50);`;

  test('automatic repair stops after two redos and names it', async () => {
    const scene = await openScene(claudeCode);
    writeFileSync(scene.file, scene.original);
    const world = openDriftWorld(scene, { running: [{ pid: 1, command: '/usr/bin/claude' }] });
    await world.api.drift.setPolicy({ client: 'claude-code', policy: 'repair' });
    const child = await startProgram(scene.file, script);
    const before = readFileSync(scene.file, 'utf8');
    let rounds = 0;
    for (; rounds < 50 && (await world.api.drift.look({})).paused.length === 0; rounds += 1) {
      await world.app.drift.noticed();
      await until(() => readFileSync(scene.file, 'utf8') === before);
    }
    expect((await world.api.drift.look({})).paused).toMatchObject([{ by: 'Claude Code' }]);
    const own = (await world.app.edits.history(scene.file)).filter(
      ({ reason }) => reason === 'repair',
    );
    expect(own.length).toBeLessThanOrEqual(2);
    expect((await stateOf(scene, 'github', ['claude']))?.state).toBe('exposed-again');
    await endProgram(child);
    await applyDrift(world, { all: { action: 'repair' } }, 'all');
    expect((await stateOf(scene, 'github'))?.state).toBe('in-step');
    await expectNothingLost(scene);
  });

  test('killed at every write, while it goes on', async () => {
    await killAtEveryWrite(async () => {
      const scene = await openScene(claudeCode);
      writeFileSync(scene.file, scene.original);
      const child = await startProgram(scene.file, script);
      const settle = async () => {
        await endProgram(child);
        // Ended in the middle of a write it leaves half a file, as every program would.
        writeFileSync(scene.file, scene.original);
      };
      return { ...scene, settle };
    });
  });
});

/** Waits for what another process does; the test's own timeout ends it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('drops the block of servers at its start', () => {
  test('is named, and one click brings everything back', async () => {
    const scene = await openScene(desktop);
    const good = readFileSync(scene.file, 'utf8');
    writeFileSync(scene.file, '{\n  "theme": "dark"\n}\n');
    expect(await stateOf(scene, 'github', ['/opt/claude-desktop'])).toMatchObject({
      state: 'wiped-by-client',
      guess: false,
    });
    const world = openDriftWorld(scene);
    const [, before] = await world.api.files.timeline({ file: scene.file });
    await world.api.files.restore({ file: scene.file, id: before?.backup ?? '' });
    expect(readFileSync(scene.file, 'utf8')).toBe(good);
    await expectNothingLost(scene);
  });

  test('killed at every write', async () => {
    await killAtEveryWrite(
      async () => {
        const scene = await openScene(desktop);
        writeFileSync(scene.file, '{\n  "theme": "dark"\n}\n');
        return scene;
      },
      (scene) => {
        expect(JSON.parse(readBelow(scene, desktop)).theme).toBe('dark');
      },
    );
  });
});

describe('loses updates: writes an older state with its own change in it', () => {
  function loseUpdate(scene: Scene): void {
    const old = JSON.parse(scene.original);
    delete old.mcpServers.github;
    writeFileSync(`${scene.file}.new`, JSON.stringify({ ...old, numStartups: 7 }, null, 2));
    renameSync(`${scene.file}.new`, scene.file);
  }

  test('is guessed, and repair keeps its change', async () => {
    const scene = await openScene(claudeCode);
    loseUpdate(scene);
    expect(await stateOf(scene, 'github', ['claude'])).toMatchObject({
      state: 'wiped-by-client',
      guess: true,
    });
    await applyDrift(openDriftWorld(scene), { all: { action: 'repair' } });
    const now = JSON.parse(readBelow(scene, claudeCode));
    expect(now.numStartups).toBe(7);
    expect(Object.keys(now.mcpServers)).toEqual(['time', 'github']);
    await expectNothingLost(scene);
  });

  test('killed at every write', async () => {
    await killAtEveryWrite(
      async () => {
        const scene = await openScene(claudeCode);
        loseUpdate(scene);
        return scene;
      },
      (scene) => {
        expect(JSON.parse(readBelow(scene, claudeCode)).numStartups).toBe(7);
      },
    );
  });
});

describe('guards its file with a lock folder (Cline)', () => {
  const wiped = '{ "theme": "dark", "mcpServers": {} }\n';

  test('we wait for it, and leave no lock behind', async () => {
    const scene = await openScene(cline);
    writeFileSync(scene.file, wiped);
    const lock = `${scene.file}.lock`;
    mkdirSync(lock);
    writeFileSync(join(lock, 'owner.client'), '');
    const child = spawn(process.execPath, [
      '-e',
      `setTimeout(() => require('fs').rmSync(process.argv[1], { recursive: true }), 300)`,
      lock,
    ]);
    children.push(child);
    const result = await applyDrift(openDriftWorld(scene), { all: { action: 'repair' } });
    expect(result.receipts.map(({ outcome }) => outcome)).toEqual(['done']);
    expect(existsSync(lock)).toBe(false);
    await expectNothingLost(scene);
  });

  test('killed at every write: what is left of the lock is void by the rule of Cline', async () => {
    await killAtEveryWrite(
      async () => {
        const scene = await openScene(cline);
        writeFileSync(scene.file, wiped);
        return scene;
      },
      async (scene) => {
        const lock = `${scene.file}.lock`;
        if (!existsSync(lock)) return;
        // Nobody renews it: ten seconds later whoever wants the lock takes it over.
        expect(readdirSync(lock).filter((name) => !name.startsWith('owner.'))).toEqual([]);
        const old = new Date(Date.now() - 11_000);
        utimesSync(lock, old, old);
        writeFileSync(scene.file, wiped);
        const { receipts } = await applyDrift(
          openDriftWorld(scene),
          { all: { action: 'repair' } },
          'all',
        );
        expect(receipts.map(({ outcome }) => outcome)).toEqual(['done']);
        expect(existsSync(lock)).toBe(false);
      },
    );
  });
});

describe('replaces a symlink by a file', () => {
  test('the new file is what counts; then the link again', async () => {
    const scene = await openScene(cursor);
    const dotfile = join(homeOf(scene), 'dotfiles-mcp.json');
    renameSync(scene.file, dotfile);
    symlinkSync(dotfile, scene.file);
    expect((await stateOf(scene, 'github'))?.state).toBe('in-step');
    writeFileSync(dotfile, '{"mcpServers": {}}\n');
    await applyDrift(openDriftWorld(scene), { all: { action: 'repair' } });
    expect(readlinkSync(scene.file)).toBe(dotfile);
    rmSync(scene.file);
    writeFileSync(scene.file, '{"mcpServers": {}}\n');
    const left = readFileSync(dotfile, 'utf8');
    await applyDrift(openDriftWorld(scene), { all: { action: 'repair' } });
    expect(lstatSync(scene.file).isSymbolicLink()).toBe(false);
    expect(readFileSync(dotfile, 'utf8')).toBe(left);
    expect((await stateOf(scene, 'github'))?.state).toBe('in-step');
  });

  test('killed at every write', async () => {
    await killAtEveryWrite(
      async () => {
        const scene = await openScene(cursor);
        const dotfile = join(homeOf(scene), 'dotfiles-mcp.json');
        renameSync(scene.file, dotfile);
        symlinkSync(dotfile, scene.file);
        writeFileSync(dotfile, '{"mcpServers": {}}\n');
        return scene;
      },
      (scene) => {
        expect(readlinkSync(scene.file)).toBe(join(homeOf(scene), 'dotfiles-mcp.json'));
      },
    );
  });

  test('killed at every write, after the link became a file', async () => {
    const left = '{"mcpServers": {"elsewhere": {"command": "x"}}}\n';
    await killAtEveryWrite(
      async () => {
        const scene = await openScene(cursor);
        const dotfile = join(homeOf(scene), 'dotfiles-mcp.json');
        renameSync(scene.file, dotfile);
        symlinkSync(dotfile, scene.file);
        await openDriftWorld(scene).api.drift.look({});
        writeFileSync(dotfile, left);
        writeFileSync(`${scene.file}.new`, '{"mcpServers": {}}\n');
        renameSync(`${scene.file}.new`, scene.file);
        return scene;
      },
      (scene) => {
        expect(lstatSync(scene.file).isSymbolicLink()).toBe(false);
        expect(readFileSync(join(homeOf(scene), 'dotfiles-mcp.json'), 'utf8')).toBe(left);
      },
    );
  });
});

describe('writes CRLF and a byte order mark', () => {
  const odd =
    '\uFEFF{\r\n  "theme": "dark",\r\n  "mcpServers": {\r\n    "time": { "command": "uvx" }\r\n  }\r\n}\r\n';

  test('both stay, and only our entry comes in', async () => {
    const scene = await openScene(cursor);
    writeFileSync(scene.file, odd);
    await applyDrift(openDriftWorld(scene), { all: { action: 'repair' } });
    const now = readFileSync(scene.file, 'utf8');
    expect(now.startsWith('\uFEFF{\r\n  "theme": "dark",\r\n')).toBe(true);
    expect(now.replaceAll('\r\n', '')).not.toContain('\n');
    expect(now).toContain('"time": { "command": "uvx" }');
    await expectNothingLost(scene);
  });

  test('killed at every write', async () => {
    await killAtEveryWrite(
      async () => {
        const scene = await openScene(cursor);
        writeFileSync(scene.file, odd);
        return scene;
      },
      (scene) => {
        expect(readFileSync(scene.file, 'utf8').startsWith('\uFEFF{\r\n')).toBe(true);
      },
    );
  });
});
