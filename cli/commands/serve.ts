/** `serve` and `open`: the window in the person's browser, until Ctrl-C. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import { AppError } from '../../shared/errors.ts';
import { openWebDoor, type WebDoor } from '../../web/compose.ts';
import { hasDisplay, openAddress } from '../../web/open-address.ts';
import type { Action, Context } from '../command.ts';
import { launcherFolder } from '../places.ts';

/** `serve [--port N] [--open]` */
export const serve: Action = (context) =>
  keepOpen(context, {
    port: readPort(context.input.text('port')),
    opens: context.input.has('open'),
  });

/** `open`: the browser door on any free port, in the browser at once. */
export const open: Action = (context) => keepOpen(context, { port: undefined, opens: true });

async function keepOpen(
  context: Context,
  { port, opens }: { readonly port: number | undefined; readonly opens: boolean },
): Promise<number> {
  const door = await openWebDoor({
    port,
    version: manifest.version,
    window: besideUs('renderer'),
    parts: {
      launcher: launcherFolder(),
      ...findHelper(),
      node: process.execPath,
      nodeVersion: process.versions.node,
    },
  });
  try {
    await present(context, door, opens);
    await waitForEnd(() => present(context, door, opens));
    return 0;
  } finally {
    await door.close();
  }
}

async function present({ terminal }: Context, door: WebDoor, opens: boolean): Promise<void> {
  const address = door.mintAddress();
  const isOpen = opens && hasDisplay(door.machine) && (await openAddress(address, door.machine));
  if (isOpen) {
    terminal.note('Portcullis is open in your browser. Ctrl-C closes it.');
    return;
  }
  // The one line on stdout: a script may read it.
  terminal.line(address);
  terminal.note('Open this address within a minute; it works once. Ctrl-C closes the door.');
}

/** Resolves at Ctrl-C or when the system ends us. Enter asks for another address. */
function waitForEnd(again: () => Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
    if (!process.stdin.isTTY) return;
    process.stdin.on('data', () => void again());
    process.stdin.unref();
  }).then(() => {
    process.stdin.pause();
  });
}

function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new AppError('bad_input', `“${text}” is no port.`, {
    hint: 'Give a number from 1024 to 65535, or leave --port out.',
  });
}

/** A folder of the build: beside the bundle, or in the checkout of these sources. */
function besideUs(name: string): string {
  const fromSources = import.meta.url.endsWith('.ts');
  return fileURLToPath(new URL(fromSources ? `../../out/${name}` : `../${name}`, import.meta.url));
}

function findHelper(): { readonly keychainHelper?: string } {
  const helper = fileURLToPath(new URL('./keychain-helper.mjs', import.meta.url));
  return existsSync(helper) ? { keychainHelper: helper } : {};
}
