/** What the desktop door is handed of Electron, so that everything but two files runs without it. */
import type * as Everything from 'electron';

export type ElectronParts = Pick<
  typeof Everything,
  | 'app'
  | 'BrowserWindow'
  | 'clipboard'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'MessageChannelMain'
  | 'nativeImage'
  | 'nativeTheme'
  | 'Notification'
  | 'protocol'
  | 'screen'
  | 'session'
  | 'shell'
  | 'Tray'
>;

/** The one origin of our window. */
export const windowOrigin = 'app://bundle';

export function isOurAddress(address: string): boolean {
  // A scheme of our own has no origin in the URL parser; the two parts are compared instead.
  if (!URL.canParse(address)) return false;
  const { protocol, host } = new URL(address);
  return `${protocol}//${host}` === windowOrigin;
}
