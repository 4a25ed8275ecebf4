/** The real browser door over the application in memory, with a clock that a test turns. */
import { randomBytes } from 'node:crypto';
import { createRouter } from '../../core/handlers.ts';
import type { Bundle } from '../../web/bundle.ts';
import { type BrowserDoor, type BrowserDoorOptions, openBrowserDoor } from '../../web/serve.ts';
import { type MemoryApp, openMemoryApp } from './memory-app.ts';
import { requestText, sendRaw } from './raw-http.ts';

export interface TestDoor extends BrowserDoor {
  readonly world: MemoryApp;
  /** Calls that reached the contract. */
  readonly reached: () => number;
  /** Moves the clock of the door, in milliseconds. */
  readonly wait: (milliseconds: number) => void;
  /** Enters as the page does; answers `name=value` of the cookie. */
  readonly enter: () => Promise<string>;
}

const bytes = (text: string) => new TextEncoder().encode(text);

export const testBundle: Bundle = new Map([
  ['/', { type: 'text/html; charset=utf-8', bytes: bytes('<!doctype html>'), isImmutable: false }],
  [
    '/assets/index-abcd1234.js',
    { type: 'text/javascript; charset=utf-8', bytes: bytes('1'), isImmutable: true },
  ],
]);

export async function openTestDoor(
  options: Partial<BrowserDoorOptions> = {},
  texts: Readonly<Record<string, string>> = {},
): Promise<TestDoor> {
  const world = await openMemoryApp(texts);
  let now = 0;
  let calls = 0;
  const app = {
    ...world.app,
    overview: () => {
      calls += 1;
      return world.app.overview();
    },
  };
  const door = await openBrowserDoor({
    router: createRouter(app),
    bundle: testBundle,
    shell: { clipboard: false, openExternal: true },
    clock: { monotonic: () => now },
    random: { bytes: (count) => randomBytes(count) },
    ...options,
  });
  return {
    ...door,
    world,
    reached: () => calls,
    wait: (milliseconds) => {
      now += milliseconds;
    },
    enter: () => enter(door),
  };
}

async function enter(door: BrowserDoor): Promise<string> {
  const answer = await exchange(door, codeOf(door.mintAddress()));
  return answer.headers['set-cookie']?.split(';')[0] ?? '';
}

export function codeOf(address: string): string {
  return new URL(address).hash.slice('#code='.length);
}

export function exchange({ port, origin }: Pick<BrowserDoor, 'port' | 'origin'>, code: string) {
  const body = JSON.stringify({ code });
  return sendRaw(
    port,
    requestText(
      'POST /door/exchange HTTP/1.1',
      [
        ['host', `127.0.0.1:${port}`],
        ['origin', origin],
        ['x-portcullis', '1'],
        ['content-type', 'application/json'],
        ['content-length', String(body.length)],
      ],
      body,
    ),
  );
}
