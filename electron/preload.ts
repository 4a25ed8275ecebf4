/**
 * The bridge between the page and the shell, in the page's process but out of its reach: named
 * functions and plain data. No channel name, no event and no `ipcRenderer` gets through.
 */
import { contextBridge, ipcRenderer } from 'electron';

/** The little of a page that is used here; the rest of the DOM is none of a preload's business. */
declare const window: {
  readonly location: { readonly origin: string };
  postMessage(message: string, origin: string, ports: readonly unknown[]): void;
};

const canSwitch = '--portcullis-can=';
const can: unknown = JSON.parse(
  process.argv.find((argument) => argument.startsWith(canSwitch))?.slice(canSwitch.length) ?? '{}',
);

ipcRenderer.on('portcullis:port', ({ ports }) => {
  window.postMessage('portcullis:port', window.location.origin, [...ports]);
});

contextBridge.exposeInMainWorld('portcullis', {
  can,
  openPort: (): void => {
    // A refusal means that this page is not ours; there is nobody to tell.
    void ipcRenderer.invoke('portcullis:open-port').catch(() => undefined);
  },
  openExternal: async (url: string): Promise<void> => {
    await ipcRenderer.invoke('portcullis:open-external', url);
  },
  saveText: async (name: string, text: string): Promise<boolean> => {
    return (await ipcRenderer.invoke('portcullis:save-text', name, text)) === true;
  },
  getAutostart: async (): Promise<boolean> => {
    return (await ipcRenderer.invoke('portcullis:get-autostart')) === true;
  },
  setAutostart: async (on: boolean): Promise<void> => {
    await ipcRenderer.invoke('portcullis:set-autostart', on);
  },
  getSwitches: (): Promise<unknown> => ipcRenderer.invoke('portcullis:get-switches'),
  setSwitch: async (name: string, on: boolean): Promise<void> => {
    await ipcRenderer.invoke('portcullis:set-switch', name, on);
  },
});
