/** `bin/portcullis` from a checkout, started by the Node at hand; the program behind it is a stand-in. */
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withoutConsent } from './setup.mjs';

const root = join(import.meta.dirname, '..');
let checkout: string;
let bin: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'portcullis-bin-'));
  bin = join(checkout, 'bin', 'portcullis');
  mkdirSync(dirname(bin));
  for (const name of ['portcullis', 'package.json']) {
    copyFileSync(join(root, 'bin', name), join(checkout, 'bin', name));
  }
});
afterEach(() => rmSync(checkout, { recursive: true, force: true }));

function plantProgram(text: string): void {
  mkdirSync(join(checkout, 'out', 'cli'), { recursive: true });
  writeFileSync(join(checkout, 'out', 'cli', 'portcullis.mjs'), text);
}

/** Pretends to be Node 20, which hands over to the Node of the dependencies. */
function plantOldNode(): readonly string[] {
  const { platform, arch, execPath } = process;
  const name = platform === 'win32' ? `node-win-${arch}` : `node-${platform}-${arch}`;
  const folder = join(checkout, 'node_modules', name, 'bin');
  mkdirSync(folder, { recursive: true });
  symlinkSync(execPath, join(folder, platform === 'win32' ? 'node.exe' : 'node'));
  const old = join(checkout, 'old.cjs');
  const version = "{ value: { ...process.versions, node: '20.0.0' } }";
  writeFileSync(old, `Object.defineProperty(process, 'versions', ${version});`);
  return ['--require', old];
}

test('says what to do when nothing is built', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin], { encoding: 'utf8' });
  expect([status, stdout]).toEqual([70, '']);
  expect(stderr).toContain('npm ci && npm run build');
});

test('passes arguments and the exit code', () => {
  plantProgram('console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 42;');
  const args = ['scan', '--json', '', 'a b', '*'];
  const { status, stdout } = spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8' });
  expect([status, JSON.parse(stdout)]).toEqual([42, args]);
});

test('hands over to a newer Node, exit code and all', () => {
  plantProgram('console.log(process.versions.node); process.exitCode = 42;');
  const old = plantOldNode();
  const { status, stdout } = spawnSync(process.execPath, [...old, bin], { encoding: 'utf8' });
  expect(status).toBe(42);
  expect(stdout.trim()).not.toBe('20.0.0');
});

test('passes a signal on and ends by it', async () => {
  plantProgram("setInterval(() => {}, 1000); console.log('ready');");
  const child = spawn(process.execPath, [...plantOldNode(), bin]);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGTERM');
  const ended = await new Promise((resolve) => {
    child.on('close', (code, signal) => resolve([code, signal]));
  });
  // `close` also waits for the program behind it: it holds the same stdout.
  expect(ended).toEqual([null, 'SIGTERM']);
});

test('a yes in front of `npm run app` is for its own questions, one behind a command is the command’s', () => {
  expect([['--yes'], ['--yes', 'scan'], ['protect', '--yes'], []].map(withoutConsent)).toEqual([
    [],
    ['scan'],
    ['protect', '--yes'],
    [],
  ]);
});
