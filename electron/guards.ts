/**
 * Closes what a page could reach beyond its own files, for every window and session there is or will
 * be: our window shows words that servers wrote, and one day some of it may run.
 */
import type { App, Session, WebContents } from 'electron';
import { type ElectronParts, isOurAddress, windowOrigin } from './parts.ts';

/** Must run before the app is ready. */
export function guardApp({ app }: Pick<ElectronParts, 'app'>): void {
  app.enableSandbox();
  // A report of a crash holds memory. None is made, so none can be sent.
  app.commandLine.appendSwitch('disable-breakpad');
  app.on('session-created', (session) => guardSession(session, app));
  app.on('web-contents-created', (_event, contents) => guardContents(contents));
}

/** Switches that open a packed app to whoever starts it with them. */
const openings = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'inspect',
  'inspect-brk',
  'js-flags',
];

/** The first switch that a released app does not honour. */
export function findOpening(app: Pick<App, 'isPackaged' | 'commandLine'>): string | undefined {
  return app.isPackaged ? openings.find((name) => app.commandLine.hasSwitch(name)) : undefined;
}

export function guardSession(session: Session, { isPackaged }: Pick<App, 'isPackaged'>): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer(null));
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    const isAllowed = isOurAddress(url) || (!isPackaged && url.startsWith('devtools://'));
    answer({ cancel: !isAllowed });
  });
}

interface Navigation {
  readonly url: string;
  readonly isMainFrame: boolean;
  preventDefault(): void;
}

export function guardContents(contents: WebContents): void {
  const deny = (event: { preventDefault(): void }) => event.preventDefault();
  // The page may load itself anew, which is how it gets over an error of its own.
  const denyOthers = (event: Navigation) => {
    if (!event.isMainFrame || event.url.split('#')[0] !== `${windowOrigin}/`)
      event.preventDefault();
  };
  contents.on('will-navigate', denyOthers);
  contents.on('will-frame-navigate', denyOthers);
  contents.on('will-redirect', deny);
  contents.on('will-attach-webview', deny);
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** What every window of ours says of itself; anything else ends the app. */
export const safePreferences = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInSubFrames: false,
  nodeIntegrationInWorker: false,
  webSecurity: true,
  webviewTag: false,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
} as const;

/** Names of preferences that are not as they must be: what Electron made of them, not what we asked. */
export function findUnsafePreferences(preferences: unknown): readonly string[] {
  const known = typeof preferences === 'object' && preferences !== null ? preferences : {};
  return Object.entries(safePreferences).flatMap(([name, wanted]) => {
    const actual: unknown = Reflect.get(known, name);
    // Electron leaves out what is off.
    return (actual ?? false) === wanted ? [] : [name];
  });
}
