/** The two doors of the window, for one journey through both: the browser's and the desktop's. */
import { join } from 'node:path';
import { _electron, type Browser, type ElectronApplication, type Page } from '@playwright/test';
import { realElectron } from '../desktop/desktop-test.ts';
import type { Env } from '../support/cli.ts';
import { recordHttp, recordPorts, type Traffic } from '../support/record-traffic.ts';
import { startServe } from '../support/serve.ts';

export interface OpenWindow {
  readonly page: Page;
  readonly traffic: Traffic;
  /** Behind the desktop door. */
  readonly app?: ElectronApplication;
  close(): Promise<void>;
}

export interface Door {
  readonly name: string;
  open(env: Env, browser: Browser): Promise<OpenWindow>;
}

const root = join(import.meta.dirname, '../..');

export const browserDoor: Door = {
  name: 'browser',
  open: async (env, browser) => {
    const door = await startServe(env);
    const context = await browser.newContext({ viewport: { width: 1120, height: 900 } });
    const page = await context.newPage();
    const traffic = await recordHttp(page);
    await page.goto(door.address);
    return {
      page,
      traffic,
      close: async () => {
        await context.close();
        await door.stop();
      },
    };
  },
};

export const desktopDoor: Door = {
  name: realElectron === undefined ? 'desktop, on the stand-in' : 'desktop',
  open: async (env) => {
    const app = await _electron.launch({
      executablePath: realElectron ?? join(root, 'test/electron-stand-in/electron.mjs'),
      args: [join(root, 'out/electron/main.mjs')],
      env: { ...passedOn(), ...env },
    });
    const page = await app.firstWindow();
    await page.getByRole('heading', { level: 1 }).waitFor();
    const traffic = await recordPorts(app, page);
    return { page, traffic, app, close: () => closeApp(app) };
  },
};

async function closeApp(app: ElectronApplication): Promise<void> {
  await app.close();
}

/** What a window needs of the person's own environment. */
function passedOn(): Record<string, string> {
  const kept = ['PATH', 'DISPLAY', 'WAYLAND_DISPLAY', 'LANG', 'PORTCULLIS_CHROMIUM'];
  const pairs = kept.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(pairs);
}
