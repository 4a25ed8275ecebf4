/**
 * What `import … from 'electron'` gives in the stand-in: the names our shell uses, over pages of a real
 * Chromium. It is stricter than the real one: an option it does not know is an error, since nobody
 * would notice a misspelt one. What it cannot show is listed in `README.md` beside it.
 */
import { app } from './app.ts';
import { ipcMain } from './ipc-main.ts';
import { MessageChannelMain } from './ports.ts';
import { protocol } from './protocol.ts';
import { session } from './session.ts';
import { contextOnly } from './strict.ts';
import {
  clipboard,
  dialog,
  Menu,
  Notification,
  nativeImage,
  nativeTheme,
  screen,
  shell,
  Tray,
} from './system.ts';
import { BrowserWindow, webContents } from './window.ts';

export const contextBridge = contextOnly('contextBridge');
export const ipcRenderer = contextOnly('ipcRenderer');
export {
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
  webContents,
};
export default {
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
  webContents,
};
