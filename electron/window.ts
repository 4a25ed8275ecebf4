/** The one window: closed doors by default, where it was last time, in the colours of the system. */
import type { BrowserWindow } from 'electron';
import { findUnsafePreferences, safePreferences } from './guards.ts';
import { type ElectronParts, windowOrigin } from './parts.ts';
import type { PreferenceStore } from './preferences.ts';
import { placeWindow, smallest } from './window-place.ts';

export interface AppWindow {
  /** Opens it, or brings it to the front. */
  show(): void;
  /** Whether somebody can see it. */
  isSeen(): boolean;
  /** Whether this is the id of its contents. */
  isOurs(id: number): boolean;
  close(): void;
}

export interface WindowOptions {
  /** Absolute path of the built preload. */
  readonly preload: string;
  readonly can: Readonly<Record<string, boolean>>;
  readonly preferences: PreferenceStore;
  /** The page is gone or loads anew: whatever it held is void. */
  readonly onPageGone: (id: number) => void;
  /** False when the whole app ends. */
  readonly mayStay: () => boolean;
}

type WindowParts = Pick<ElectronParts, 'app' | 'BrowserWindow' | 'nativeTheme' | 'screen'>;

/** Read by the preload. */
export const canSwitch = '--portcullis-can=';

export function createWindow(parts: WindowParts, options: WindowOptions): AppWindow {
  let window: BrowserWindow | undefined;
  const open = () => {
    const opened = openWindow(parts, options);
    window = opened;
    opened.on('closed', () => {
      window = undefined;
    });
  };
  return {
    show: () => {
      if (window === undefined) return open();
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
    isSeen: () => window?.isVisible() === true && !window.isMinimized(),
    isOurs: (id) => window?.webContents.id === id,
    close: () => window?.destroy(),
  };
}

function openWindow(parts: WindowParts, options: WindowOptions): BrowserWindow {
  const { app, BrowserWindow, nativeTheme, screen } = parts;
  const { preferences, preload, can } = options;
  const { window: saved, isMaximized } = preferences.read();
  const screens = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()];
  const window = new BrowserWindow({
    ...placeWindow(
      saved,
      screens.map(({ workArea }) => workArea),
    ),
    minWidth: smallest.width,
    minHeight: smallest.height,
    show: false,
    title: 'Portcullis',
    autoHideMenuBar: true,
    // What is seen before the page has painted.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181a' : '#ffffff',
    webPreferences: {
      ...safePreferences,
      preload,
      spellcheck: false,
      devTools: !app.isPackaged,
      additionalArguments: [`${canSwitch}${JSON.stringify(can)}`],
    },
  });
  refuseUnsafe(parts, window);
  if (isMaximized) window.maximize();
  followWindow(window, options);
  window.once('ready-to-show', () => window.show());
  void window.loadURL(`${windowOrigin}/`).catch(() => {
    // The window was closed while it loaded.
  });
  return window;
}

function refuseUnsafe({ app }: Pick<WindowParts, 'app'>, { webContents }: BrowserWindow): void {
  // Electron's own account of what it made; its types leave it out.
  const read: unknown = Reflect.get(webContents, 'getLastWebPreferences');
  if (typeof read !== 'function') return;
  const unsafe = findUnsafePreferences(Reflect.apply(read, webContents, []));
  if (unsafe.length === 0) return;
  process.stderr.write(`portcullis: the window is not safe (${unsafe.join(', ')}).\n`);
  app.exit(70);
}

function followWindow(window: BrowserWindow, options: WindowOptions): void {
  const { preferences, mayStay, onPageGone } = options;
  const { id } = window.webContents;
  const keepPlace = () =>
    preferences.write({ window: window.getNormalBounds(), isMaximized: window.isMaximized() });
  window.on('close', (event) => {
    keepPlace();
    if (!mayStay() || !preferences.read().closeToTray) return;
    event.preventDefault();
    window.hide();
  });
  window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) onPageGone(id);
  });
  window.webContents.on('render-process-gone', () => onPageGone(id));
  window.on('closed', () => onPageGone(id));
}
