/** This door's application: real ports, the watcher and the listener, opened and closed as one. */
import { createApp } from '../core/app.ts';
import { createRouter } from '../core/handlers.ts';
import type { Machine } from '../core/ports.ts';
import { type AppPortsOptions, createAppPorts } from '../platform/app-ports.ts';
import { createClipboard } from '../platform/clipboard.ts';
import { readMachine } from '../platform/machine.ts';
import { readBundle } from './bundle.ts';
import { type BrowserDoor, openBrowserDoor } from './serve.ts';

export interface WebDoorOptions extends Pick<AppPortsOptions, 'version' | 'parts' | 'roots'> {
  /** The built window. */
  readonly window: string;
  readonly port?: number | undefined;
}

export interface WebDoor extends BrowserDoor {
  readonly machine: Machine;
}

/** Errors: `not_found` when the window is not built, `conflict` when the port is taken. */
export async function openWebDoor(options: WebDoorOptions): Promise<WebDoor> {
  const bundle = readBundle(options.window);
  const clipboard = createClipboard(readMachine());
  const ports = createAppPorts({ ...options, who: 'browser', clipboard, watches: true });
  const app = createApp(ports);
  const door = await openBrowserDoor({
    router: createRouter(app),
    bundle,
    shell: { clipboard: clipboard !== undefined, openExternal: true },
    clock: ports.clock,
    random: ports.random,
    ...(options.port === undefined ? {} : { port: options.port }),
  });
  // Not waited for: the window opens meanwhile, and reads everything when it does.
  const watching = app.watch();
  return {
    ...door,
    machine: ports.machine,
    close: async () => {
      await door.close();
      await watching.then(
        (stop) => stop(),
        () => undefined,
      );
    },
  };
}
