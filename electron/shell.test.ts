/** The small parts of the shell that decide something, each by itself. */
import { MessageChannel } from 'node:worker_threads';
import { inflateSync } from 'node:zlib';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { describe, expect, test, vi } from 'vitest';
import type { Api } from '../shared/api.ts';
import type { Bundle } from '../web/bundle.ts';
import { createAlarm, describeAlarm, type ExposedAgain } from './alarm.ts';
import { renderDesktopFile } from './autostart.ts';
import { readAddress } from './external.ts';
import { findOpening, findUnsafePreferences, safePreferences } from './guards.ts';
import { createAllowance, sizeOf } from './limits.ts';
import { openPreferences } from './preferences.ts';
import { answerFile } from './protocol.ts';
import { guardPort } from './rpc-port.ts';
import { describe as describeCounts, menuFor } from './tray.ts';
import { black, drawTray, white } from './tray-image.ts';
import { lookForUpdate } from './updates.ts';
import { placeWindow } from './window-place.ts';

/** As the client of a page writes it. */
const call = (id: string) => JSON.stringify({ i: id, p: { u: '/overview/get', b: { json: {} } } });

describe('the scheme', () => {
  const page = { type: 'text/html', bytes: new TextEncoder().encode('page'), isImmutable: false };
  const bundle: Bundle = new Map([
    ['/', page],
    ['/index.html', page],
  ]);
  const ask = (url: string, method = 'GET') => answerFile(bundle, { url, method });

  test.each(['app://bundle/', 'app://bundle/index.html', 'app://bundle/#/clients'])(
    '%s is the window',
    async (url) => {
      const answer = ask(url);
      expect([answer.status, await answer.text()]).toEqual([200, 'page']);
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    },
  );

  test.each([
    'app://bundle/../package.json',
    'app://bundle/%2e%2e/index.html',
    'app://bundle/index.html%00',
    'app://bundle/index.html?x',
    'app://bundle//index.html',
    'app://bundle/INDEX.HTML',
    'app://other/index.html',
    'app://bundle.other/index.html',
    'app://bundle@other/index.html',
    'app://bundle',
    'file:///index.html',
    'https://bundle/index.html',
    '',
  ])('%s is nothing', (url) => {
    expect(ask(url).status).toBe(404);
  });

  test('only reads', () => {
    expect(ask('app://bundle/', 'POST').status).toBe(405);
  });
});

describe('the place of the window', () => {
  const main = { x: 0, y: 0, width: 1600, height: 900 };
  const side = { x: 1600, y: -200, width: 1200, height: 1000 };
  const saved = { x: 60, y: 50, width: 900, height: 600 };

  test.each([
    ['nothing saved', undefined, [main], { width: 1120, height: 760 }],
    ['as it was', saved, [main], saved],
    [
      'on the second screen',
      { ...saved, x: 1700, y: -100 },
      [main, side],
      { ...saved, x: 1700, y: -100 },
    ],
    ['the second screen is gone', { ...saved, x: 1700 }, [main], { width: 900, height: 600 }],
    ['its title bar above the screen', { ...saved, y: -60 }, [main], { width: 900, height: 600 }],
    ['a sliver of it on the screen', { ...saved, x: 1550 }, [main], { width: 900, height: 600 }],
    [
      'larger than the screen',
      { ...saved, width: 4000, height: 3000 },
      [main],
      { ...saved, width: 1600, height: 900 },
    ],
    ['too small to use', { ...saved, width: 1, height: 1 }, [main], { width: 720, height: 480 }],
    ['no screen at all', saved, [], { width: 900, height: 600 }],
  ] as const)('%s', (_name, before, screens, after) => {
    expect(placeWindow(before, screens)).toEqual(after);
  });
});

describe('preferences', () => {
  const open = (values: Record<string, unknown>) =>
    openPreferences({
      get: (key) => values[key],
      set: (key, value) => {
        values[key] = value;
      },
    });

  test.each([
    ['nothing', {}],
    ['nonsense', { window: 'big', isMaximized: 1, closeToTray: 'no', checksForUpdates: {} }],
    ['numbers out of reach', { window: { x: 1e9, y: 0, width: 1, height: 1 } }],
    ['a window of no size', { window: { x: 0, y: 0, width: 0, height: 100 } }],
    ['a window that misses a side', { window: { x: 0, y: 0, width: 100 } }],
  ])('%s becomes the usual', (_name, values) => {
    expect(open(values).read()).toEqual({
      isMaximized: false,
      closeToTray: true,
      checksForUpdates: false,
    });
  });

  test('are what was written', () => {
    const store = open({});
    const window = { x: -10, y: 0, width: 800, height: 600 };
    store.write({ window, closeToTray: false });
    expect(store.read()).toMatchObject({ window, closeToTray: false });
  });
});

describe('addresses', () => {
  test.each([
    'http://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user@example.com/',
    'https://user:word@example.com/',
    'app://bundle/',
    `https://example.com/${'x'.repeat(2048)}`,
    '',
  ])('“%s” is not opened', (address) => {
    expect(readAddress(address)).toBe(undefined);
  });

  test('are shown as they will be opened', () => {
    expect(readAddress('https://EXAMPLE.com/a b\n')).toBe('https://example.com/a%20b');
    // A letter that only looks like another one shows its true name.
    expect(readAddress('https://еxample.com/')).toBe('https://xn--xample-2of.com/');
  });
});

describe('the alarm', () => {
  const event = (entryName: string): ExposedAgain => ({
    type: 'exposed-again',
    file: '/home/ada/.cursor/mcp.json',
    client: 'cursor',
    entryName,
  });
  const open = (isSeen = false) => {
    const shown: Notification[] = [];
    const work: (() => void)[] = [];
    class Notification {
      static isSupported = () => true;
      readonly click: (() => void)[] = [];
      isOpen = false;
      readonly options: unknown;
      constructor(options: unknown) {
        this.options = options;
        shown.push(this);
      }
      on = (_event: string, heard: () => void) => this.click.push(heard);
      show = () => {
        this.isOpen = true;
      };
      close = () => {
        this.isOpen = false;
      };
    }
    const opened: string[] = [];
    // Only what is used of it.
    const alarm = createAlarm(
      { Notification: Notification as never },
      {
        isSeen: () => isSeen,
        open: () => opened.push('opened'),
        later: (then) => work.push(then),
      },
    );
    const settle = () => {
      for (const then of work.splice(0)) then();
    };
    return { alarm, settle, shown, opened };
  };

  test('is silent while the window is seen', () => {
    const { alarm, settle, shown } = open(true);
    alarm(event('github'));
    settle();
    expect(shown).toEqual([]);
  });

  test('is one for one look, replaced by the next, and opens the window', () => {
    const { alarm, settle, shown, opened } = open();
    for (const name of ['github', 'github', 'slack']) alarm(event(name));
    settle();
    expect(shown.map(({ options }) => options)).toEqual([
      {
        title: 'A secret stands in plain text again',
        body: 'github and 1 more. Open Portcullis to put it right.',
      },
    ]);
    alarm(event('linear'));
    settle();
    expect(shown.map(({ isOpen }) => isOpen)).toEqual([false, true]);
    for (const heard of shown[1]?.click ?? []) heard();
    expect(opened).toEqual(['opened']);
  });

  test.each([
    ['<b>bold</b>&amp;', 'b bold /b amp;'],
    ['safe\u202Etxt.exe\n', 'safe txt.exe'],
    ['\u200b', 'An entry'],
  ])('of %j it says %s', (name, said) => {
    expect(describeAlarm([event(name)]).body).toBe(`${said}. Open Portcullis to put it right.`);
  });
});

describe('limits', () => {
  test('an allowance refills with time', () => {
    let now = 0;
    const { take } = createAllowance({ burst: 2, perSecond: 10 }, () => now);
    expect([take(), take(), take()]).toEqual([true, true, false]);
    now = 100;
    expect([take(), take()]).toEqual([true, false]);
    now = 10_000;
    expect([take(), take(), take()]).toEqual([true, true, false]);
  });

  test('a message that is neither text nor bytes has no size that fits', () => {
    expect([sizeOf('é'), sizeOf(new Uint8Array(3)), sizeOf(new ArrayBuffer(4))]).toEqual([2, 3, 4]);
    for (const strange of [undefined, null, 1, {}, ['a']])
      expect(sizeOf(strange)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a port', () => {
  const open = () => {
    const listeners = new Map<string, (event: { data: unknown }) => void>();
    const seen: unknown[] = [];
    const told: unknown[] = [];
    const port = {
      on: (event: string, listener: (event: { data: unknown }) => void) =>
        void listeners.set(event, listener),
      close: () => void seen.push('closed'),
      postMessage: (data: unknown) => void told.push(data),
    };
    // The three methods that are used, in Electron's overloaded shape.
    const guarded = guardPort(port as never, () => 0);
    guarded.on('message', (event) => seen.push(event?.data));
    return { seen, told, guarded, send: (data: unknown) => listeners.get('message')?.({ data }) };
  };

  test.each<readonly [string, unknown]>([
    ['a huge message', 'x'.repeat(4 * 1024 * 1024 + 1)],
    ['an object', {}],
    ['nothing', ''],
    ['no JSON', '{'],
    ['bytes', new TextEncoder().encode(call('a'))],
    ...[
      'null',
      '[]',
      '{}',
      '{"i":1,"p":{"u":"/a"}}',
      '{"i":"1"}',
      '{"i":"1","p":null}',
      '{"i":"1","p":{"u":7}}',
      '{"i":"1","p":{"u":"%%%"}}',
      '{"i":"1","p":{"u":"http://elsewhere.example/a"}}',
      '{"i":"1","p":{"u":"/a/../b"}}',
      '{"i":"1","p":{"u":"/a","m":"GET"}}',
      '{"i":"1","p":{"u":"/a","h":{"content-disposition":"x"}}}',
      '{"i":"1","t":3,"p":{"e":"message"}}',
    ].map((text) => [text, text] as const),
  ])('ends at %s and hears nothing after', (_name, message) => {
    const { seen, told, guarded, send } = open();
    send(call('a'));
    send(message);
    send(call('b'));
    guarded.postMessage('answer');
    expect([seen, told]).toEqual([[call('a'), 'closed'], []]);
  });

  test('lets calls of our client through, and their end', async () => {
    const { port1, port2 } = new MessageChannel();
    const seen: unknown[] = [];
    const port = {
      on: (_name: string, hear: (event: { data: unknown }) => void) =>
        port1.on('message', (data) => hear({ data })),
    };
    guardPort({ ...port, close: () => seen.push('closed') } as never, () => 0).on(
      'message',
      (event) => seen.push(event?.data),
    );
    const client: Api = createORPCClient(new RPCLink({ port: port2 }));
    const stop = new AbortController();
    const asked = client.servers.get({ id: 'x' }, { signal: stop.signal });
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    stop.abort();
    await expect(asked).rejects.toThrow();
    await vi.waitFor(() => expect(seen).toHaveLength(2));
    expect(seen).not.toContain('closed');
    port2.close();
  });

  test('ends at a flood', () => {
    const { seen, send } = open();
    for (let count = 0; count < 400; count += 1) send(call('a'));
    expect([seen.length, seen.at(-1)]).toEqual([301, 'closed']);
  });
});

test('a window that is less safe than it should be is named by what is wrong', () => {
  expect(findUnsafePreferences(safePreferences)).toEqual([]);
  expect(findUnsafePreferences({ ...safePreferences, sandbox: false, webviewTag: true })).toEqual([
    'sandbox',
    'webviewTag',
  ]);
  expect(findUnsafePreferences(null)).toEqual(['contextIsolation', 'sandbox', 'webSecurity']);
});

test.each([
  [true, 'remote-debugging-port', 'remote-debugging-port'],
  [true, 'inspect', 'inspect'],
  [true, 'hidden', undefined],
  [false, 'remote-debugging-port', undefined],
])('released %s, started with --%s: refuses %s', (isPackaged, given, refused) => {
  const commandLine = { hasSwitch: (name: string) => name === given };
  expect(findOpening({ isPackaged, commandLine } as never)).toBe(refused);
});

test.each([
  [undefined, 'Open to see what is wrong'],
  [{ exposed: 0, protected: 3, broken: 0, drifted: 0 }, 'All is well, 3 protected'],
  [{ exposed: 1, protected: 3, broken: 0, drifted: 0 }, '1 secret in plain text'],
  [
    { exposed: 2, protected: 0, broken: 1, drifted: 0 },
    '2 secrets in plain text, 1 thing needs you',
  ],
  [{ exposed: 0, protected: 3, broken: 0, drifted: 1 }, '1 entry drifted'],
  [
    { exposed: 1, protected: 3, broken: 1, drifted: 2 },
    '1 secret in plain text, 2 entries drifted, 1 thing needs you',
  ],
])('the tray says of %o: %s', (counts, text) => {
  const nothing = () => undefined;
  expect(describeCounts(counts)).toBe(text);
  expect(menuFor(counts, { open: nothing, scan: nothing, quit: nothing })[0]).toEqual({
    label: text,
    enabled: false,
  });
});

test('the tray’s picture is a PNG of one ink, with a dot when something is wrong', () => {
  const inkOf = (png: Buffer, size: number) => {
    const length = png.readUInt32BE(33);
    const pixels = inflateSync(png.subarray(41, 41 + length));
    expect(pixels.length).toBe(size * (size * 4 + 1));
    return pixels;
  };
  const calm = inkOf(drawTray('calm', black, 1), 16);
  expect(new Set(calm)).toEqual(new Set([0, 255]));
  expect(inkOf(drawTray('exposed', black, 1), 16).equals(calm)).toBe(false);
  expect(inkOf(drawTray('broken', white, 2), 32).includes(255)).toBe(true);
});

test('a program with any name is started by the autostart file', () => {
  expect(renderDesktopFile('/opt/a b/100% "x"$`\\y')).toContain(
    '\nExec="/opt/a b/100%% \\\\"x\\\\"\\\\$\\\\`\\\\\\\\y" --hidden\n',
  );
});

describe('updates', () => {
  test.each([
    [false, true],
    [true, false],
  ])('released %s, wanted %s: does not even load', async (isPackaged, isWanted) => {
    const load = () => Promise.reject(new Error('loaded'));
    expect(await lookForUpdate({ isPackaged, isWanted, load })).toBe(false);
  });

  test('never go back, and a failed look is no error', async () => {
    const updater = {
      autoDownload: false,
      requestHeaders: null,
      allowDowngrade: true,
      allowPrerelease: true,
      checkForUpdatesAndNotify: async () => null,
    };
    const look = { isPackaged: true, isWanted: true };
    expect(await lookForUpdate({ ...look, load: async () => updater })).toBe(true);
    expect(updater).toMatchObject({
      allowDowngrade: false,
      allowPrerelease: false,
      requestHeaders: { 'x-user-staging-id': '00000000-0000-0000-0000-000000000000' },
    });
    const broken = { ...updater, checkForUpdatesAndNotify: () => Promise.reject(new Error('off')) };
    expect(await lookForUpdate({ ...look, load: async () => broken })).toBe(false);
  });
});
