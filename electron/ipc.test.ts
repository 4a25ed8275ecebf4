/** Each of our channels against each kind of caller and argument that must not pass. */
import type { IpcMainInvokeEvent } from 'electron';
import { describe, expect, test } from 'vitest';
import { createChannels } from './channels.ts';
import { openChannels } from './ipc.ts';
import { openPreferences } from './preferences.ts';

interface Frame {
  readonly url: string;
  readonly parent: Frame | null;
}

const ours: Frame = { url: 'app://bundle/#/clients', parent: null };

function open() {
  const handlers = new Map<string, (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown>();
  const done: unknown[] = [];
  const kept = new Map<string, unknown>();
  let now = 0;
  const channels = createChannels({
    electron: {
      // The one call of each that is made.
      shell: { openExternal: async (url: string) => void done.push(['opened', url]) } as never,
      dialog: {
        showMessageBox: async () => ({ response: 1 }),
        showSaveDialog: async () => ({ canceled: true, filePath: '' }),
      } as never,
    },
    ports: { hand: (_frame, id) => void done.push(['handed', id]) },
    autostart: { get: async () => true, set: async (on) => void done.push(['autostart', on]) },
    preferences: openPreferences({
      get: (name) => kept.get(name),
      set: (name, value) => void kept.set(name, value),
    }),
  });
  const ipcMain = {
    handle: (name: string, handler: (event: IpcMainInvokeEvent) => unknown) =>
      void handlers.set(name, handler),
  };
  // Only `handle` is used.
  openChannels(
    { ipcMain: ipcMain as never },
    channels,
    (id) => id === 1,
    () => now,
  );
  return {
    names: channels.map(({ name }) => name),
    done,
    kept,
    wait: (milliseconds: number) => {
      now += milliseconds;
    },
    call: (
      name: string,
      args: readonly unknown[],
      {
        frame = ours,
        main = frame,
        id = 1,
      }: { frame?: Frame | null; main?: Frame | null; id?: number } = {},
    ) =>
      // The parts of an event that are looked at.
      handlers.get(name)?.(
        { sender: { id, mainFrame: main }, senderFrame: frame } as never,
        ...args,
      ),
  };
}

/** Arguments that each channel takes, and some of its own kind that it does not. */
const table: Readonly<
  Record<
    string,
    {
      readonly good: readonly unknown[];
      readonly bad: readonly unknown[][];
      /** Characters that are too many for it. */
      readonly huge?: number;
    }
  >
> = {
  'portcullis:open-port': { good: [], bad: [['x'], [null]] },
  'portcullis:open-external': {
    good: ['http://not-opened.example/'],
    bad: [[], [7], [['https://a.example']], [{ href: 'https://a.example' }]],
  },
  'portcullis:save-text': {
    good: ['servers.json', 'text'],
    bad: [
      ['servers.json'],
      ['servers.json', 7],
      ...['../a', '/etc/a', 'a\\b', '.bashrc', '', 'a'.repeat(81)].map((name) => [name, 'text']),
    ],
    huge: 40_000_000,
  },
  'portcullis:get-autostart': { good: [], bad: [[true]] },
  'portcullis:set-autostart': { good: [true], bad: [[], ['true'], [1], [null]] },
  'portcullis:get-switches': { good: [], bad: [['closeToTray']] },
  'portcullis:set-switch': {
    good: ['closeToTray', false],
    bad: [
      [],
      ['closeToTray'],
      ['closeToTray', 'false'],
      ['isMaximized', true],
      ['window', false],
      ['__proto__', true],
      [['closeToTray'], true],
      [{ closeToTray: true }, true],
    ],
  },
};

const strangers = {
  'a window that is not ours': { id: 2 },
  'a frame inside our page': { frame: { url: 'app://bundle/', parent: ours }, main: ours },
  'a frame that is gone': { frame: null, main: ours },
  'another page in our window': { frame: { url: 'https://attacker.example/', parent: null } },
  'a page that looks like ours': { frame: { url: 'app://bundle.attacker/', parent: null } },
  'our host behind another scheme': { frame: { url: 'https://bundle/', parent: null } },
  'an empty page': { frame: { url: 'about:blank', parent: null } },
  'no address at all': { frame: { url: '', parent: null } },
};
const spoilt = {
  'one more': (args: readonly unknown[]) => [...args, 'more'],
  'a huge one': (args: readonly unknown[], huge: number) => [
    ...args.slice(0, -1),
    'x'.repeat(huge),
  ],
  'an object': (args: readonly unknown[]) => [...args.slice(0, -1), { toString: 'x' }],
  'one that cannot be written': (args: readonly unknown[]) => [...args.slice(0, -1), 10n],
};

test('every channel stands in the table', () => {
  expect(open().names).toEqual(Object.keys(table));
});

describe.each(Object.entries(table))('%s', (name, { good, bad, huge = 5000 }) => {
  test.each(Object.entries(strangers))('refuses %s', (_stranger, caller) => {
    const { call, done, kept } = open();
    expect(() => call(name, good, caller)).toThrow(/^Refused\.$/);
    expect([done, [...kept]]).toEqual([[], []]);
  });

  test.each(Object.entries(spoilt))('refuses %s', (_argument, spoil) => {
    expect(() => open().call(name, spoil(good, huge))).toThrow(/^Refused\.$/);
  });

  test.each(bad.map((args) => [args]))('refuses %j', (args) => {
    const { call, done, kept } = open();
    expect(() => call(name, args)).toThrow(/^Refused\.$/);
    expect([done, [...kept]]).toEqual([[], []]);
  });

  test('refuses what comes too often, for a while', () => {
    const { call, wait } = open();
    for (let count = 0; count < 50; count += 1) call(name, good);
    expect(() => call(name, good)).toThrow(/^Refused\.$/);
    wait(50);
    expect(() => call(name, good)).not.toThrow();
  });
});

test('our page is answered, and what it sets is kept', async () => {
  const { call, done } = open();
  call('portcullis:open-port', []);
  await call('portcullis:set-autostart', [true]);
  await call('portcullis:open-external', ['javascript:alert(1)']);
  expect(await call('portcullis:get-autostart', [])).toBe(true);
  expect(call('portcullis:get-switches', [])).toEqual({
    closeToTray: true,
    checksForUpdates: false,
  });
  call('portcullis:set-switch', ['closeToTray', false]);
  call('portcullis:set-switch', ['checksForUpdates', true]);
  expect(call('portcullis:get-switches', [])).toEqual({
    closeToTray: false,
    checksForUpdates: true,
  });
  expect(done).toEqual([
    ['handed', 1],
    ['autostart', true],
  ]);
});
