/** One app with a home of its own for each test, on the real binary where there is one. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import {
  _electron,
  test as base,
  type ElectronApplication,
  expect,
  type Page,
} from '@playwright/test';

const root = resolve(import.meta.dirname, '../..');
const standIn = join(root, 'test/electron-stand-in/electron.mjs');

export const realElectron = findRealElectron();

function findRealElectron(): string | undefined {
  const named = process.env.ELECTRON_PATH;
  if (named !== undefined) return named;
  const folder = join(root, 'node_modules/electron');
  // Where its own installer notes what it has downloaded; asking the package would download.
  const note = join(folder, 'path.txt');
  if (!existsSync(note)) return undefined;
  const programs: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
    darwin: 'Electron.app/Contents/MacOS/Electron',
    win32: 'electron.exe',
  };
  return join(folder, 'dist', programs[process.platform] ?? 'electron');
}

export interface Desktop {
  readonly home: string;
  readonly env: Record<string, string>;
  /** The running app; the first call starts it. */
  open(args?: readonly string[]): Promise<{ app: ElectronApplication; window: Page }>;
  /** Writes a file below the home. */
  write(path: string, text: string): Promise<void>;
  read(path: string): Promise<string>;
}

export const test = base.extend<{ desktop: Desktop }>({
  // Playwright reads the names of the first argument; there is none.
  // biome-ignore lint/correctness/noEmptyPattern: see above
  desktop: async ({}, use, info) => {
    info.annotations.push({ type: 'electron', description: realElectron ?? 'stand-in' });
    const home = await mkdtemp(join(tmpdir(), 'portcullis-desktop-'));
    const env = environmentIn(home);
    const running: ElectronApplication[] = [];
    await use({
      home,
      env,
      open: async (args = []) => {
        const app = await _electron.launch({
          executablePath: realElectron ?? standIn,
          args: [join(root, 'out/electron/main.mjs'), ...args],
          env,
        });
        running.push(app);
        const window = await app.firstWindow();
        await window.getByRole('heading', { level: 1 }).waitFor();
        return { app, window };
      },
      write: async (path, text) => {
        await mkdir(dirname(join(home, path)), { recursive: true });
        await writeFile(join(home, path), text);
      },
      read: (path) => readFile(join(home, path), 'utf8'),
    });
    for (const app of running) await app.close().catch(() => undefined);
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  },
});

function environmentIn(home: string): Record<string, string> {
  const kept = ['PATH', 'DISPLAY', 'WAYLAND_DISPLAY', 'LANG', 'PORTCULLIS_CHROMIUM'];
  const passed = kept.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(passed),
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local/share'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_RUNTIME_DIR: home,
  };
}

export { expect };
