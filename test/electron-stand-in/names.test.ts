/**
 * The stand-in against Electron's own types: whatever our shell may call here exists there, by the same
 * name. A name that only the stand-in had would make a test pass and the app fail.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const here = import.meta.dirname;
const root = join(here, '../..');
const types = readFileSync(join(root, 'node_modules/electron/electron.d.ts'), 'utf8');

/** What the stand-in has for itself and for tests. */
const ownNames: Readonly<Record<string, readonly string[]>> = {
  WebContents: ['preferences', 'opened', 'targetId', 'destroy', 'getLastWebPreferences'],
  Session: ['handlers', 'mayRequest', 'mayHave'],
  WebFrameMain: [],
  MessagePortMain: ['join', 'giveAway', 'receive'],
  MessageChannelMain: [],
  BrowserWindow: [],
  Tray: ['all', 'image', 'menu', 'toolTip'],
  Menu: ['current', 'items'],
  IpcMain: ['call'],
  App: [],
};

const files: Readonly<Record<string, string>> = {
  App: 'app.ts',
  BrowserWindow: 'window.ts',
  IpcMain: 'ipc-main.ts',
  Menu: 'system.ts',
  MessageChannelMain: 'ports.ts',
  MessagePortMain: 'ports.ts',
  Session: 'session.ts',
  Tray: 'system.ts',
  WebContents: 'contents.ts',
  WebFrameMain: 'frame.ts',
};

test.each(Object.entries(files))('%s', (name, file) => {
  const source = readFileSync(join(here, file), 'utf8');
  const ours = membersOf(bodyOf(source, name)).filter(
    (member) => !(ownNames[name] ?? []).includes(member),
  );
  const theirs = new Set(membersOf(bodyOf(types, name)));
  expect(ours.length).toBeGreaterThan(name === 'MessageChannelMain' ? 1 : 0);
  expect(ours.filter((member) => !theirs.has(member))).toEqual([]);
});

test('every part that the shell is handed', () => {
  const parts = readFileSync(join(root, 'electron/parts.ts'), 'utf8');
  const handed = [...parts.matchAll(/^\s+\| '(\w+)'/gm)].map(([, part]) => part ?? '');
  const standIn = readFileSync(join(here, 'electron.ts'), 'utf8');
  expect(handed.length).toBeGreaterThan(10);
  expect(handed.filter((part) => !standIn.includes(`\n  ${part},`))).toEqual([]);
  expect(handed.filter((part) => !new RegExp(`(const|class) ${part}\\b`).test(types))).toEqual([]);
});

/** The text between the braces of a class or interface. */
function bodyOf(source: string, name: string): string {
  const start = source.search(new RegExp(`^\\s*(export )?(class|interface) ${name}\\b`, 'm'));
  if (start < 0) throw new Error(`There is no ${name}.`);
  const open = source.indexOf('{', start);
  const indent = /^\s*/.exec(source.slice(start).replace(/^\n+/, ''))?.[0] ?? '';
  return source.slice(open + 1, source.indexOf(`\n${indent}}`, open));
}

/** Names of public members: those at the first level, which both files indent by one step. */
function membersOf(body: string): readonly string[] {
  const lines = body.split('\n');
  const step = Math.min(
    ...lines.filter((line) => /\w/.test(line)).map((line) => line.search(/\S/)),
  );
  const names = lines
    .filter((line) => line.search(/\S/) === step)
    .map((line) => line.trim().replace(/^(async |static |readonly |override )+/, ''))
    .map((line) => /^([A-Za-z]\w*)\??\s*[(:=<]/.exec(line)?.[1])
    .filter((name) => name !== undefined && name !== 'constructor');
  return [...new Set(names)].map(String);
}
