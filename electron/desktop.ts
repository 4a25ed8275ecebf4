/**
 * Door 1: the tray app. Puts the parts of the shell together around one application; what a call means
 * is the core's. Everything of Electron is handed in, so that all of this runs without its binary.
 */
import { createRouterClient } from '@orpc/server';
import { type App, createApp } from '../core/app.ts';
import { createRouter } from '../core/handlers.ts';
import { type AppPortsOptions, createAppPorts } from '../platform/app-ports.ts';
import { timeClipboard } from '../platform/clipboard.ts';
import { emptyCoreDumps } from '../platform/core-dumps.ts';
import type { Api } from '../shared/api.ts';
import type { DriftCounts } from '../shared/models/drift.ts';
import { readBundle } from '../web/bundle.ts';
import { createAlarm } from './alarm.ts';
import { createAutostart, hiddenSwitch } from './autostart.ts';
import { createChannels } from './channels.ts';
import { findOpening, guardApp, guardSession } from './guards.ts';
import { openChannels } from './ipc.ts';
import { setMenu } from './menu.ts';
import type { ElectronParts } from './parts.ts';
import { openPreferences, type PreferenceStore, type Store } from './preferences.ts';
import { registerScheme, serveBundle } from './protocol.ts';
import { createPortDesk } from './rpc-port.ts';
import { type AppTray, createTray } from './tray.ts';
import { lookForUpdate, type UpdateFacts } from './updates.ts';
import { type AppWindow, createWindow } from './window.ts';

export interface DesktopOptions extends Pick<AppPortsOptions, 'version' | 'parts'> {
  /** The built window and preload. */
  readonly bundle: string;
  readonly preload: string;
  /** For autostart on Linux: `XDG_CONFIG_HOME`, and what the person starts. */
  readonly configHome: string;
  readonly program: string;
  /** Opened when the app knows where it keeps its own things. */
  readonly openStore: () => Store;
  readonly loadUpdater: UpdateFacts['load'];
  /** Electron's own folder, with the browser's cache in it. */
  readonly shellFolder: string;
}

/** Resolves when the app stands, or at once when another one already does. */
export async function startDesktop(
  electron: ElectronParts,
  options: DesktopOptions,
): Promise<void> {
  const { app, session } = electron;
  const opening = findOpening(app);
  if (opening !== undefined) {
    process.stderr.write(`portcullis: --${opening} is not honoured.\n`);
    return app.exit(2);
  }
  emptyCoreDumps();
  app.setPath('userData', options.shellFolder);
  if (!app.requestSingleInstanceLock()) return app.quit();
  registerScheme(electron);
  guardApp(electron);
  await app.whenReady();
  guardSession(session.defaultSession, app);
  await openDesktop(electron, options);
}

async function openDesktop(electron: ElectronParts, options: DesktopOptions): Promise<void> {
  const { app } = electron;
  const preferences = openPreferences(options.openStore());
  serveBundle(electron, readBundle(options.bundle));
  setMenu(electron, process.platform);
  const core = composeApp(electron, options);
  const router = createRouter(core);
  const now = () => core.ports.clock.monotonic();
  const ports = createPortDesk(electron, router, now);
  const life = { isEnding: false };
  const window = createWindow(electron, {
    preload: options.preload,
    can: { switches: true, clipboard: true, openExternal: true },
    preferences,
    onPageGone: (id) => ports.close(id),
    mayStay: () => !life.isEnding,
  });
  const autostart = createAutostart(app, {
    platform: process.platform,
    config: options.configHome,
    program: options.program,
  });
  const channels = createChannels({ electron, ports, autostart, preferences });
  openChannels(electron, channels, window.isOurs, now);
  app.on('before-quit', () => {
    life.isEnding = true;
  });
  app.on('will-quit', () => ports.closeAll());
  followApp(electron, window, preferences);
  if (!app.commandLine.hasSwitch(hiddenSwitch)) window.show();
  await openTray(electron, core, createRouterClient(router), window);
  void lookForUpdate({
    isPackaged: app.isPackaged,
    isWanted: preferences.read().checksForUpdates,
    load: options.loadUpdater,
  });
}

/** The tray, kept true by the news. */
async function openTray(
  electron: ElectronParts,
  core: App,
  api: Api,
  window: AppWindow,
): Promise<void> {
  const { app } = electron;
  const look = createRefresh(api, (counts) => tray.show(counts));
  const actions = {
    open: window.show,
    scan: () => {
      // Every screen that is open looks again too.
      core.events.announce({ type: 'files-changed', files: [] });
      void look();
    },
    quit: () => app.quit(),
  };
  const tray = createTray(electron, actions, process.platform);
  const end = new AbortController();
  app.on('will-quit', () => {
    end.abort();
    tray.close();
  });
  void look();
  void followNews(core, look, end.signal);
  void hearAlarms(electron, core, window, end.signal);
  const stopWatching = await core.watch();
  app.on('will-quit', () => void stopWatching());
}

type Look = (drift?: DriftCounts) => Promise<void>;

async function followNews(core: App, look: Look, end: AbortSignal): Promise<void> {
  for await (const event of core.events.subscribe(end)) {
    // A start of a server changes nothing of what the tray counts.
    if (event.type === 'hello' || event.type === 'activity-changed') continue;
    await look(event.type === 'drift-changed' ? event.counts : undefined);
  }
}

async function hearAlarms(
  electron: ElectronParts,
  core: App,
  { isSeen, show }: AppWindow,
  end: AbortSignal,
): Promise<void> {
  const alarm = createAlarm(electron, { isSeen, open: show, later: setImmediate });
  for await (const event of core.events.subscribe(end))
    if (event.type === 'exposed-again') alarm(event);
}

function composeApp({ clipboard }: ElectronParts, options: DesktopOptions): App {
  return createApp(
    createAppPorts({
      version: options.version,
      parts: options.parts,
      who: 'desktop',
      watches: true,
      clipboard: timeClipboard({
        write: async (text) => clipboard.writeText(text),
        read: async () => clipboard.readText(),
        clear: async () => clipboard.clear(),
      }),
    }),
  );
}

/** Another start of the app and a click on its icon mean the same: show me the window. */
function followApp({ app }: ElectronParts, window: AppWindow, preferences: PreferenceStore): void {
  // What the other start was given is not looked at: nothing from outside is carried out.
  app.on('second-instance', () => window.show());
  app.on('activate', () => window.show());
  // Without a listener the app would always end with its window.
  app.on('window-all-closed', () => {
    if (!preferences.read().closeToTray) app.quit();
  });
}

/** Looks at how things are. Drift is looked for once; from then on the news brings its counts. */
function createRefresh(api: Api, show: AppTray['show']): Look {
  let drift: Promise<DriftCounts> | undefined;
  return async (news) => {
    try {
      if (news !== undefined) drift = Promise.resolve(news);
      drift ??= api.drift.look({}).then(({ counts }) => counts);
      const { exposed, protected: kept, broken } = await api.overview.get({});
      const { drifted, exposedAgain } = await drift;
      const others = Math.max(0, drifted - exposedAgain);
      show({ exposed, protected: kept, broken: broken.length, drifted: others });
    } catch {
      drift = undefined;
      // The window shows what is wrong; the tray only says that something is.
      show(undefined);
    }
  };
}
