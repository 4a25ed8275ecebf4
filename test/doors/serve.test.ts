/** `portcullis serve` as a person and a script start it: the built program, the built window. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { buildAll } from '../../scripts/build.mjs';
import { codeOf, exchange } from '../support/browser-door.ts';

const root = join(import.meta.dirname, '../..');
const running: ChildProcess[] = [];
let home: string;

beforeAll(async () => {
  expect((await buildAll({ ifStale: true })).failed).toEqual([]);
  home = await mkdtemp(join(tmpdir(), 'serve-'));
}, 120_000);
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
});
afterAll(() => rm(home, { recursive: true, force: true, maxRetries: 10 }));

function start(args: readonly string[]) {
  const child = spawn(process.execPath, [join(root, 'out/cli/portcullis.mjs'), ...args], {
    // No display: nothing opens on the screen of whoever runs this.
    env: { PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  const read = async (stream: 'stdout' | 'stderr') => {
    let text = '';
    for await (const chunk of child[stream]) text += chunk;
    return text;
  };
  return { child, read };
}

async function readAddress({ child }: ReturnType<typeof start>): Promise<string> {
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  const [line] = await once(lines, 'line');
  return String(line);
}

test.each([['serve'], ['serve', '--open'], ['open']])(
  '%s %s prints one address',
  async (...args) => {
    const program = start(args);
    const address = await readAddress(program);
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]{22}$/);
    const { origin, port } = new URL(address);
    expect(await (await fetch(`${origin}/healthz`)).text()).toBe('ok');
    const page = await fetch(origin);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const entered = await exchange({ origin, port: Number(port) }, codeOf(address));
    expect(entered.status).toBe(204);
    program.child.kill('SIGTERM');
    await once(program.child, 'exit');
    await expect(fetch(origin)).rejects.toThrow();
  },
);

test('a port that is taken is said so, with its exit code', async () => {
  const first = start(['serve']);
  const { port } = new URL(await readAddress(first));
  const second = start(['serve', '--port', port]);
  const [text, [code]] = await Promise.all([second.read('stderr'), once(second.child, 'exit')]);
  expect(code).toBe(4);
  expect(text).toContain(`Port ${port} on 127.0.0.1 is taken`);
});

test.each([['0x50'], ['70000'], ['-1'], ['']])('“%s” is no port', async (port) => {
  const { child, read } = start(['serve', `--port=${port}`]);
  const [text, [code]] = await Promise.all([read('stderr'), once(child, 'exit')]);
  expect(code).toBe(2);
  expect(text).not.toContain('    at ');
});

test.each(['serve', 'open'])('%s has no JSON to give', async (name) => {
  const { child, read } = start([name, '--json']);
  const [text, [code]] = await Promise.all([read('stdout'), once(child, 'exit')]);
  expect(code).toBe(2);
  expect(JSON.parse(text)).toMatchObject({ error: { code: 'bad_input' } });
});
