/** Each channel against each kind of caller and argument that must not pass. */
import type { IpcMainInvokeEvent } from 'electron';
import { describe, expect, test } from 'vitest';
import { type Channel, openChannels } from './ipc.ts';

const channels: readonly Channel[] = [
  {
    name: 'nothing',
    accepts: (args) => args.length === 0,
    answer: () => 'done',
  },
  {
    name: 'text',
    accepts: (args) => args.length === 1 && typeof args[0] === 'string',
    answer: ([text]) => text,
  },
];

interface Frame {
  readonly url: string;
  readonly parent: Frame | null;
}

const ours: Frame = { url: 'app://bundle/#/clients', parent: null };

function open() {
  const handlers = new Map<string, (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown>();
  let now = 0;
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

test('our page is answered', () => {
  const { call } = open();
  expect(call('nothing', [])).toBe('done');
  expect(call('text', ['a'])).toBe('a');
});

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
const badArguments = {
  'one more': (args: readonly unknown[]) => [...args, 'more'],
  'a huge one': () => ['x'.repeat(5000)],
  'an object': () => [{ toString: 'x' }],
  'one that cannot be written': () => [10n],
};

describe.each(channels.map(({ name }) => name))('%s', (name) => {
  const good = name === 'text' ? ['a'] : [];

  test.each(Object.entries(strangers))('refuses %s', (_stranger, caller) => {
    expect(() => open().call(name, good, caller)).toThrow(/^Refused\.$/);
  });

  test.each(Object.entries(badArguments))('refuses %s', (_argument, spoil) => {
    expect(() => open().call(name, spoil(good))).toThrow(/^Refused\.$/);
  });

  test('refuses what comes too often, for a while', () => {
    const { call, wait } = open();
    for (let count = 0; count < 50; count += 1) call(name, good);
    expect(() => call(name, good)).toThrow(/^Refused\.$/);
    wait(50);
    expect(call(name, good)).toBeDefined();
  });
});
