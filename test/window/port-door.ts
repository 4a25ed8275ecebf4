/** The desktop's transport without a desktop: the page's bridge is ours, its port ends in this process. */

import { RPCHandler } from '@orpc/server/message-port';
import type { Page } from '@playwright/test';
import { createFixtureApi } from '../renderer-stand/fixture-api.ts';
import { type SceneName, scenes } from '../renderer-stand/scenes.ts';

export interface PortDoor {
  /** How many ports the page has asked for. */
  readonly ports: () => number;
  /** Every message towards the page. */
  readonly outwards: readonly string[];
  /** Closes the port that the page has now. */
  readonly cut: () => Promise<void>;
}

interface Listeners {
  message: ((event?: { data: unknown }) => void)[];
  close: ((event?: { data: unknown }) => void)[];
}

/** Before the page is loaded. Nothing goes over HTTP but the bundle. */
export async function openPortDoor(page: Page, scene: SceneName): Promise<PortDoor> {
  const outwards: string[] = [];
  let ports = 0;
  let current: Listeners = { message: [], close: [] };
  const handler = new RPCHandler(
    createFixtureApi({
      world: scenes[scene].make(),
      mood: 'works',
      tell: () => undefined,
      listen: quietNews,
      pace: async () => undefined,
    }),
  );
  await page.exposeFunction('openFixturePort', () => {
    ports += 1;
    const mine: Listeners = { message: [], close: [] };
    const number = ports;
    current = mine;
    handler.upgrade({
      on: (event: string, callback: (event?: { data: unknown }) => void) => {
        if (event === 'message' || event === 'close') mine[event].push(callback);
      },
      postMessage: (data: unknown) => {
        outwards.push(String(data));
        void page
          .evaluate(`window.toPage(${number}, ${JSON.stringify(data)})`)
          .catch(() => undefined);
      },
    });
    return number;
  });
  await page.exposeFunction('fromPage', (data: unknown) => {
    for (const hear of current.message) hear({ data });
  });
  await page.addInitScript(`(() => {
    const ports = new Map();
    window.toPage = (number, data) => ports.get(number)?.postMessage(data);
    // Electron tells a page when the other end closes; Chromium by itself does not.
    const received = [];
    window.addEventListener('message', ({ ports: [port] }) => port && received.push(port));
    window.cutPort = () => {
      for (const port of received.splice(0)) port.dispatchEvent(new Event('close'));
    };
    window.portcullis = {
      can: { switches: true, clipboard: true, openExternal: true },
      openPort: async () => {
        const number = await window.openFixturePort();
        const { port1, port2 } = new MessageChannel();
        ports.set(number, port1);
        port1.onmessage = ({ data }) => window.fromPage(data);
        window.postMessage('portcullis:port', window.location.origin, [port2]);
      },
      openExternal: async () => undefined,
      saveText: async () => true,
      getAutostart: async () => true,
      setAutostart: async () => undefined,
      getSwitches: async () => ({ closeToTray: true, checksForUpdates: false }),
      setSwitch: async () => undefined,
    };
  })()`);
  return {
    ports: () => ports,
    outwards,
    cut: async () => {
      for (const hear of current.close) hear();
      await page.evaluate('window.cutPort()');
    },
  };
}

async function* quietNews(signal: AbortSignal | undefined) {
  yield { type: 'hello' as const, at: new Date().toISOString() };
  await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
}
