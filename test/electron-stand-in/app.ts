/** `app`: life, folders, switches and the lock of the one instance. */
import { EventEmitter } from 'node:events';
import { mkdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openChromium } from './chromium.ts';

const switches = new Map(
  process.argv
    .filter((arg) => arg.startsWith('--'))
    .map((arg) => [arg.slice(2).split('=')[0] ?? '', arg.split('=').slice(1).join('=')]),
);
const paths = new Map([
  ['home', process.env.HOME ?? homedir()],
  ['temp', tmpdir()],
  ['appData', process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config')],
]);

const isDriven = switches.has('remote-debugging-port');
const start = Promise.withResolvers<void>();
if (isDriven) {
  // Playwright waits for the address before it says go.
  void openChromium();
  Reflect.set(globalThis, '__playwright_run', () => start.resolve());
} else start.resolve();

const ready = start.promise.then(async () => {
  if (state.isQuitting) await new Promise(() => undefined);
  await openChromium();
  state.isReady = true;
  app.emit('ready', {});
});
ready.catch((error) => {
  process.stderr.write(`${error}\n`);
  process.exit(1);
});

const state = { isReady: false, isQuitting: false, isSandboxed: false };
let closeWindows: () => Promise<boolean> = async () => true;

/** The windows say how they are closed; `false` means that one of them stayed. */
export function onQuit(close: () => Promise<boolean>): void {
  closeWindows = close;
}

export const isSandboxed = () => state.isSandboxed;
export const isReady = () => state.isReady;

class App extends EventEmitter {
  readonly isPackaged = false;
  readonly commandLine = {
    hasSwitch: (name: string) => switches.has(name),
    getSwitchValue: (name: string) => switches.get(name) ?? '',
    appendSwitch: (name: string, value = '') => void switches.set(name, value),
  };
  #loginItem = { openAtLogin: false };

  whenReady(): Promise<void> {
    return ready;
  }
  isReady(): boolean {
    return state.isReady;
  }
  getName(): string {
    return 'portcullis';
  }
  getVersion(): string {
    return '0.0.0';
  }
  getPath(name: string): string {
    const path = paths.get(name);
    if (path === undefined) throw new Error(`Stand-in: no path named ${name}.`);
    return path;
  }
  setPath(name: string, path: string): void {
    if (name !== 'userData') throw new Error(`Stand-in: ${name} is not set here.`);
    mkdirSync(path, { recursive: true });
    paths.set(name, path);
  }
  enableSandbox(): void {
    if (state.isReady) throw new Error('Stand-in: too late for the sandbox.');
    state.isSandboxed = true;
  }
  getLoginItemSettings(): { openAtLogin: boolean } {
    return this.#loginItem;
  }
  setLoginItemSettings({ openAtLogin }: { openAtLogin: boolean }): void {
    this.#loginItem = { openAtLogin };
  }

  /** By a file in the app's own folder: the second instance leaves a note and goes. */
  requestSingleInstanceLock(): boolean {
    const folder = this.getPath('userData');
    const lock = join(folder, 'stand-in.lock');
    const note = join(folder, 'stand-in.second');
    if (isHeld(lock)) {
      writeFileSync(note, String(process.pid));
      return false;
    }
    writeFileSync(lock, String(process.pid));
    process.on('exit', () => rmSync(lock, { force: true }));
    watch(folder, (_event, name) => {
      if (name !== 'stand-in.second') return;
      this.emit('second-instance', {}, [], folder, undefined);
    }).unref();
    return true;
  }

  quit(): void {
    if (state.isQuitting) return;
    state.isQuitting = true;
    this.emit('before-quit', { preventDefault: () => undefined });
    void closeWindows().then((areGone) => {
      if (!areGone) {
        state.isQuitting = false;
        return;
      }
      this.emit('will-quit', { preventDefault: () => undefined });
      this.emit('quit', {}, 0);
      // Whoever asked for this by the inspector is answered first.
      setTimeout(() => this.exit(0), 50);
    });
  }
  exit(code = 0): void {
    process.exit(code);
  }
}

function isHeld(lock: string): boolean {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}

export const app = new App();
