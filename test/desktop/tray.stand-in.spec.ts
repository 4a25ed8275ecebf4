/** The tray, whose menu nobody can read on a real desktop, and what the stand-in refuses. */
import { expect, test } from './desktop-test.ts';

interface StandInTray {
  readonly menu: {
    readonly items: readonly { readonly label?: string; readonly click?: () => void }[];
  };
  readonly toolTip: string;
}

test('says how things are and does what it offers', async ({ desktop }) => {
  const token = Buffer.from(crypto.getRandomValues(new Uint8Array(18))).toString('hex');
  const server = { command: 'hub', args: [], env: { HUB_TOKEN: token } };
  const { app } = await desktop.open();
  const read = () =>
    app.evaluate(({ Tray }) => {
      const [tray] = Reflect.get(Tray, 'all') as Set<StandInTray>;
      return { labels: tray?.menu.items.map(({ label }) => label), toolTip: tray?.toolTip };
    });
  await expect.poll(async () => (await read()).toolTip).toMatch(/^Portcullis: /);
  expect((await read()).labels?.slice(2)).toEqual([
    'Open Portcullis',
    'Scan now',
    undefined,
    'Quit',
  ]);
  // Another program writes a secret into a client's file: the tray hears of it by itself.
  await desktop.write('.cursor/mcp.json', JSON.stringify({ mcpServers: { hub: server } }));
  await expect.poll(async () => (await read()).toolTip).toContain('1 secret in plain text');
  const click = (label: string) =>
    app.evaluate(({ Tray }, wanted) => {
      const [tray] = Reflect.get(Tray, 'all') as Set<StandInTray>;
      tray?.menu.items.find((item) => item.label === wanted)?.click?.();
    }, label);
  const isVisible = () =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  expect(await isVisible()).toBe(false);
  await click('Open Portcullis');
  expect(await isVisible()).toBe(true);
  await click('Scan now');
  const ended = app.waitForEvent('close');
  await click('Quit');
  await ended;
});

test('the stand-in refuses what is unknown or unsafe', async ({ desktop }) => {
  const { app } = await desktop.open();
  const refusals = await app.evaluate(({ BrowserWindow, Menu, protocol }) => {
    const tries: readonly (() => unknown)[] = [
      () => new BrowserWindow({ webPreferences: { nodeIntegration: true } }),
      () => new BrowserWindow({ webPreferences: { contextIsolation: false } }),
      () => new BrowserWindow({ webPreferences: { sandbox: false } }),
      () => new BrowserWindow({ webPreferences: { webviewTag: true } }),
      () => new BrowserWindow(Object.fromEntries([['widht', 3]])),
      () => Menu.buildFromTemplate([Object.fromEntries([['lable', 'x']])]),
      () => protocol.registerSchemesAsPrivileged([{ scheme: 'late' }]),
    ];
    return tries.map((attempt) => {
      try {
        attempt();
        return 'taken';
      } catch (error) {
        return error instanceof Error ? error.message : 'thrown';
      }
    });
  });
  expect(refusals).toHaveLength(7);
  for (const refusal of refusals) expect(refusal).not.toBe('taken');
});
