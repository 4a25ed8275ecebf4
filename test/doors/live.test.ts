/** Two doors of one person at once: what one changes, the other hears of without asking. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../core/app.ts';
import { createRouter } from '../../core/handlers.ts';
import { createAppPorts } from '../../platform/app-ports.ts';
import type { Api } from '../../shared/api.ts';
import type { AppEvent } from '../../shared/models/health.ts';
import { openWebDoor, type WebDoor } from '../../web/compose.ts';
import { codeOf, exchange } from '../support/browser-door.ts';

const version = '0.0.0';
let home: string;
let door: WebDoor;
let window: Api;
let terminal: Api;
const before = { ...process.env };

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'live-'));
  // This file has a process of its own.
  Object.assign(process.env, {
    HOME: home,
    USERPROFILE: home,
    APPDATA: join(home, 'AppData'),
    LOCALAPPDATA: join(home, 'AppData'),
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.data'),
    XDG_CACHE_HOME: join(home, '.cache'),
  });
  const bundle = join(home, 'bundle');
  await mkdir(bundle);
  await writeFile(join(bundle, 'index.html'), '<!doctype html>');
  const parts = { launcher: home, node: process.execPath, nodeVersion: process.versions.node };
  door = await openWebDoor({ version, window: bundle, parts });
  const entered = await exchange(door, codeOf(door.mintAddress()));
  const cookie = entered.headers['set-cookie']?.split(';')[0] ?? '';
  const headers = { cookie, origin: door.origin, 'x-portcullis': '1' };
  window = createORPCClient(new RPCLink({ url: `${door.origin}/rpc`, headers }));
  const ports = createAppPorts({ version, parts, who: 'command line', watches: false });
  terminal = createRouterClient(createRouter(createApp(ports)));
});
afterAll(async () => {
  await door.close();
  Object.assign(process.env, before);
  // What the door was about to note may still be on its way.
  await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

/** The first news that is of this kind. */
async function waitFor(news: AsyncIterator<AppEvent>, type: AppEvent['type']): Promise<AppEvent> {
  for (;;) {
    const { value, done } = await news.next();
    if (done === true) throw new Error('The news ended.');
    if (value.type === type) return value;
  }
}

test('a record that the command line changed', async () => {
  const news = await window.events.subscribe({});
  await waitFor(news, 'hello');
  const folder = join(home, 'project');
  await mkdir(folder);
  await terminal.projects.add({ folder });
  const event = await waitFor(news, 'records-changed');
  expect(event).toMatchObject({ type: 'records-changed', revision: 1 });
  expect(await window.projects.list({})).toEqual([folder]);
  await news.return?.();
});

test('a client’s file that its client wrote, in a folder that was not there', async () => {
  const news = await window.events.subscribe({});
  await waitFor(news, 'hello');
  const file = join(home, '.cursor', 'mcp.json');
  await mkdir(join(home, '.cursor'));
  await writeFile(file, JSON.stringify({ mcpServers: { hub: { command: 'hub' } } }));
  expect(await waitFor(news, 'files-changed')).toEqual({ type: 'files-changed', files: [file] });
  await news.return?.();
});

test('a file of a project that was named meanwhile', async () => {
  const news = await window.events.subscribe({});
  await waitFor(news, 'hello');
  const file = join(home, 'project', '.cursor', 'mcp.json');
  await mkdir(join(home, 'project', '.cursor'));
  await writeFile(file, JSON.stringify({ mcpServers: {} }));
  expect(await waitFor(news, 'files-changed')).toEqual({ type: 'files-changed', files: [file] });
  await news.return?.();
});
