/** What a page of ours could try if a stranger's script ever ran in it. Every try fails. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { issuerAddresses } from '../../core/app/addresses.ts';
import { expect, test } from './desktop-test.ts';
import {
  askPermissions,
  clickLink,
  countReached,
  describeGlobals,
  fetchPolicy,
  fetchStatus,
  go,
  openExternal,
  openWindow,
  replaceBridge,
  runStrange,
  saveText,
} from './in-page.mjs';

test('the page has named functions and nothing of Electron or Node', async ({ desktop }) => {
  const { window } = await desktop.open();
  const seen = await window.evaluate(describeGlobals);
  expect(seen).toEqual({
    bridge: {
      can: 'object',
      openPort: 'function',
      openExternal: 'function',
      saveText: 'function',
      getAutostart: 'function',
      setAutostart: 'function',
      getSwitches: 'function',
      setSwitch: 'function',
    },
    can: { switches: true, clipboard: true, openExternal: true },
    globals: [],
  });
});

test('the page cannot change what it was given', async ({ desktop }) => {
  const { window } = await desktop.open();
  expect(await window.evaluate(replaceBridge)).toBe(true);
});

test('what Electron made of the window is closed', async ({ desktop }) => {
  const { app } = await desktop.open();
  const preferences = await app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    return Reflect.get(contents ?? {}, 'getLastWebPreferences').call(contents);
  });
  expect(preferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    webSecurity: true,
  });
});

test('a crash of the main process leaves none of its memory, and nothing reports it', async ({
  desktop,
}) => {
  const { app } = await desktop.open();
  const facts = await app.evaluate(({ app: electron }) => ({
    isOff: electron.commandLine.hasSwitch('disable-breakpad'),
    // The kernel's list of what a dump would hold, where there is one.
    dumped:
      process.platform === 'linux'
        ? process.getBuiltinModule('node:fs').readFileSync('/proc/self/coredump_filter', 'utf8')
        : '00000000\n',
  }));
  expect(facts).toEqual({ isOff: true, dumped: '00000000\n' });
});

test('the page comes from our own scheme with the content policy', async ({ desktop }) => {
  const { app, window } = await desktop.open();
  const url = await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.getURL(),
  );
  expect(url).toMatch(/^app:\/\/bundle\//);
  const page = await window.evaluate(fetchPolicy);
  expect(page.status).toBe(200);
  expect(page.policy).toContain("default-src 'none'; script-src 'self'");
  expect(page.policy).toContain("require-trusted-types-for 'script'");
});

test('the page gets no file that is not one of ours', async ({ desktop }) => {
  const { window } = await desktop.open();
  for (const path of [
    '/../package.json',
    '/%2e%2e/main.mjs',
    '/..%2felectron%2fmain.mjs',
    '/assets/..%5c..%5cpackage.json',
    '/index.html%00',
    '/.built',
    '//etc/passwd',
    '/etc/passwd',
  ])
    expect([404, undefined], path).toContain(await window.evaluate(fetchStatus, path));
});

test('scripts and styles of a stranger do not run', async ({ desktop }) => {
  const { window } = await desktop.open();
  expect(await window.evaluate(runStrange)).toBe('nothing');
});

test('the page goes nowhere', async ({ desktop }) => {
  const { app, window } = await desktop.open();
  await expect(window.getByRole('heading', { level: 1 })).toBeVisible();
  for (const url of ['https://attacker.example/', 'http://127.0.0.1:9/', 'file:///etc/passwd']) {
    await window.evaluate(go, url);
  }
  await window.evaluate(clickLink, 'https://attacker.example/');
  await expect(window.getByRole('heading', { level: 1 })).toBeVisible();
  const urls = await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map(({ webContents }) => webContents.getURL()),
  );
  expect(urls).toHaveLength(1);
  expect(urls[0]).toMatch(/^app:\/\/bundle\//);
});

test('the page opens no window', async ({ desktop }) => {
  const { app, window } = await desktop.open();
  expect(await window.evaluate(openWindow, 'https://attacker.example/')).toBe('none');
  expect(await window.evaluate(openWindow, '/')).toBe('none');
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('the page has no permission', async ({ desktop }) => {
  const { window } = await desktop.open();
  expect(await window.evaluate(askPermissions)).toEqual({
    notifications: 'denied',
    place: 'denied',
  });
});

test('the page reaches no network, and main asks nobody for it', async ({ desktop }) => {
  const { app, window } = await desktop.open();
  const urls = ['https://example.com/', 'http://127.0.0.1:9/', 'file:///etc/passwd'];
  expect(await window.evaluate(countReached, urls)).toBe(0);
  // Behind the content policy stands the session: another page would be stopped as well.
  const isStopped = await app.evaluate(async ({ BrowserWindow }) => {
    const other = new BrowserWindow({ show: false, webPreferences: { sandbox: true } });
    const outcome = await other.loadURL('https://example.com/').then(
      () => 'shown',
      () => 'stopped',
    );
    other.destroy();
    return outcome;
  });
  expect(isStopped).toBe('stopped');
});

test('a window that is not ours gets no port and no answer', async ({ desktop }) => {
  const preload = join(desktop.home, 'evil.cjs');
  await writeFile(
    preload,
    `const { contextBridge, ipcRenderer } = require('electron');
     contextBridge.exposeInMainWorld('evil', {
       ask: (channel, argument) => ipcRenderer.invoke(channel, ...argument).then(() => 'answered', (error) => error.message),
     });`,
  );
  const { app } = await desktop.open();
  const answers = await app.evaluate(async ({ BrowserWindow }, file) => {
    const other = new BrowserWindow({
      show: false,
      webPreferences: { preload: file, sandbox: true },
    });
    await other.loadURL('app://bundle/');
    const ask = (channel: string, args: unknown[]) =>
      other.webContents.executeJavaScript(
        `evil.ask(${JSON.stringify(channel)}, ${JSON.stringify(args)})`,
      );
    const all = [
      await ask('portcullis:open-port', []),
      await ask('portcullis:open-external', ['https://github.com/']),
      await ask('portcullis:save-text', ['a.json', 'text']),
      await ask('portcullis:get-autostart', []),
      await ask('portcullis:set-autostart', [true]),
      await ask('portcullis:get-switches', []),
      await ask('portcullis:set-switch', ['closeToTray', false]),
    ];
    other.destroy();
    return all.map(String);
  }, preload);
  expect(answers).toHaveLength(7);
  for (const answer of answers) expect(answer).toMatch(/Refused\.$/);
});

test('a text is kept only where the person says', async ({ desktop }) => {
  const { app, window } = await desktop.open();
  const chosen = join(desktop.home, 'servers.json');
  await app.evaluate(({ dialog }, filePath) => {
    const answers = [
      { canceled: true, filePath: '' },
      { canceled: false, filePath },
      { canceled: false, filePath: `${filePath}/no/folder` },
    ];
    const asked: string[] = [];
    Reflect.set(globalThis, 'asked', asked);
    Reflect.set(dialog, 'showSaveDialog', async ({ defaultPath }: { defaultPath: string }) => {
      asked.push(defaultPath);
      return answers.shift();
    });
  }, chosen);
  const long = 'x'.repeat(100_000);
  expect(await window.evaluate(saveText, { name: 'a.json', text: long })).toBe(false);
  expect(await window.evaluate(saveText, { name: 'a.json', text: long })).toBe(true);
  expect(await readFile(chosen, 'utf8')).toBe(long);
  expect((await stat(chosen)).mode & 0o077).toBe(0);
  expect(await window.evaluate(saveText, { name: 'a.json', text: long })).toBe('refused');
  for (const name of ['../a.json', '/etc/a', 'a\\b', '.bashrc', '', 'a'.repeat(81)])
    expect(await window.evaluate(saveText, { name, text: 'text' }), name).toBe('refused');
  expect(await app.evaluate(() => Reflect.get(globalThis, 'asked'))).toEqual([
    'a.json',
    'a.json',
    'a.json',
  ]);
});

const known = [...issuerAddresses].slice(0, 1);

test('an address is opened only behind TLS, and after it was shown', async ({ desktop }) => {
  const { app, window } = await desktop.open();
  await app.evaluate(({ dialog, shell }) => {
    const seen: string[] = [];
    Reflect.set(globalThis, 'seen', seen);
    Reflect.set(dialog, 'showMessageBox', async ({ detail }: { detail: string }) => {
      seen.push(`asked ${detail}`);
      return { response: detail.includes('good') ? 0 : 1 };
    });
    Reflect.set(shell, 'openExternal', async (url: string) => {
      seen.push(`opened ${url}`);
    });
  });
  await window.evaluate(openExternal, [
    'http://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user:word@example.com/',
    `https://example.com/${'x'.repeat(3000)}`,
    'not an address',
    'https://example.com/bad',
    'https://example.com/good',
    ...known,
  ]);
  expect(await app.evaluate(() => Reflect.get(globalThis, 'seen'))).toEqual([
    'asked https://example.com/bad',
    'asked https://example.com/good',
    'opened https://example.com/good',
    // One that we wrote ourselves.
    ...known.map((url) => `opened ${url}`),
  ]);
});
