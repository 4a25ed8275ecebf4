/**
 * The way to the core: one typed client of the contract, over a MessagePort on the desktop and over
 * `fetch` in a browser. This file holds the one `if` that tells the two apart.
 */
import { createORPCClient, DynamicLink } from '@orpc/client';
import { RPCLink as FetchLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import type { Api } from '../shared/api.ts';
import { downloadText, fetchThroughDoor, openBrowserDoor } from './browser-door.ts';
import { isWebAddress, type Shell, type ShellCan } from './shell.ts';

/** What the preload exposes: named functions and plain data, no channel and no event object. */
export interface DesktopBridge
  extends Pick<Shell, 'saveText' | 'getAutostart' | 'setAutostart' | 'getSwitches' | 'setSwitch'> {
  readonly can: ShellCan;
  /** Asks for a port; the preload posts `portcullis:port` to this window with the port attached. */
  readonly openPort: () => void;
  readonly openExternal: (url: string) => Promise<void>;
}

declare global {
  interface Window {
    readonly portcullis?: DesktopBridge;
  }
}

export interface Connection {
  readonly api: Api;
  readonly shell: Shell;
}

/** Throws when the browser door refuses this page (its code was used, or it has been restarted). */
export async function connect(): Promise<Connection> {
  const bridge = window.portcullis;
  return bridge === undefined ? connectByFetch() : connectByPort(bridge);
}

function connectByPort(bridge: DesktopBridge): Connection {
  let link: Promise<PortLink<Record<never, never>>> | undefined;
  const openLink = async () => {
    const port = await receivePort(bridge);
    port.addEventListener('close', () => {
      link = undefined;
    });
    port.start();
    return new PortLink({ port });
  };
  const api: Api = createORPCClient(
    new DynamicLink(() => {
      link ??= openLink();
      return link;
    }),
  );
  return {
    api,
    shell: {
      can: bridge.can,
      openExternal: (url) => void (isWebAddress(url) && bridge.openExternal(url)),
      saveText: (name, text) => bridge.saveText(name, text),
      getAutostart: () => bridge.getAutostart(),
      setAutostart: (on) => bridge.setAutostart(on),
      getSwitches: () => bridge.getSwitches(),
      setSwitch: (name, on) => bridge.setSwitch(name, on),
    },
  };
}

function receivePort(bridge: DesktopBridge): Promise<MessagePort> {
  return new Promise((resolve) => {
    const take = (event: MessageEvent) => {
      const port = event.ports[0];
      if (event.source !== window || event.data !== 'portcullis:port' || port === undefined) return;
      window.removeEventListener('message', take);
      resolve(port);
    };
    window.addEventListener('message', take);
    bridge.openPort();
  });
}

async function connectByFetch(): Promise<Connection> {
  const can = await openBrowserDoor(window);
  const link = new FetchLink({
    url: new URL('/rpc', window.location.origin),
    headers: { 'x-portcullis': '1' },
    fetch: fetchThroughDoor,
  });
  return {
    api: createORPCClient(link),
    shell: {
      can: { ...can, switches: false },
      openExternal: (url) => {
        if (isWebAddress(url)) window.open(url, '_blank', 'noopener,noreferrer');
      },
      saveText: async (name, text) => downloadText(window.document, name, text),
      getAutostart: async () => false,
      setAutostart: async () => undefined,
      getSwitches: async () => ({ closeToTray: false, checksForUpdates: false }),
      setSwitch: async () => undefined,
    },
  };
}
