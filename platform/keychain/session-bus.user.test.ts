import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findSessionBus } from './session-bus.ts';

const uid = process.geteuid?.() ?? 0;
let folder: string;
let server: Server;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pb-'));
  mkdirSync(join(folder, 'a dir'));
  server = createServer();
  await new Promise<void>((resolve) => server.listen(join(folder, 'a dir/bus'), resolve));
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a socket of another user, a file and nothing at all are no bus', () => {
  const runtime = join(folder, 'a dir');
  expect(findSessionBus({ env: { XDG_RUNTIME_DIR: runtime }, uid: uid + 1 })).toBe(undefined);
  expect(findSessionBus({ env: { XDG_RUNTIME_DIR: folder }, uid })).toBe(undefined);
  writeFileSync(join(folder, 'bus'), '');
  expect(findSessionBus({ env: { XDG_RUNTIME_DIR: folder }, uid })).toBe(undefined);
});

test('our own socket is found without being named, and its address escaped', () => {
  const found = findSessionBus({ env: { XDG_RUNTIME_DIR: join(folder, 'a dir') }, uid });
  expect(found).toBe(`unix:path=${folder}/a%20dir/bus`);
  symlinkSync(join(folder, 'a dir/bus'), join(folder, 'bus'));
  expect(findSessionBus({ env: { XDG_RUNTIME_DIR: folder }, uid })).toBe(`unix:path=${folder}/bus`);
});

test('the named bus wins, unless its socket is gone', () => {
  const env = { XDG_RUNTIME_DIR: join(folder, 'a dir') };
  const own = findSessionBus({ env, uid });
  const named = (address: string) =>
    findSessionBus({ env: { ...env, DBUS_SESSION_BUS_ADDRESS: address }, uid });
  expect(named('unix:abstract=/tmp/x,guid=0')).toBe('unix:abstract=/tmp/x,guid=0');
  expect(named(`unix:path=${folder}/a%20dir/bus,guid=0`)).toBe(
    `unix:path=${folder}/a%20dir/bus,guid=0`,
  );
  expect(named(`unix:path=${folder}/gone,guid=0`)).toBe(own);
  expect(named('')).toBe(own);
});
