/** `BrowserWindow`: a page with a place on a screen that is only imagined. */
import { EventEmitter } from 'node:events';
import { app, isReady, isSandboxed, onQuit } from './app.ts';
import { WebContents } from './contents.ts';
import { checkWindowOptions } from './strict.ts';

interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}

const windows = new Set<BrowserWindow>();

export class BrowserWindow extends EventEmitter {
  readonly webContents: WebContents;
  #bounds: Bounds;
  #isVisible: boolean;
  #isMaximized = false;
  #isMinimized = false;
  #isGone = false;

  constructor(options: Readonly<Record<string, unknown>> = {}) {
    super();
    if (!isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
    if (!isSandboxed()) throw new Error('Stand-in: the sandbox was not turned on.');
    const preferences = checkWindowOptions(options);
    const number = (name: string, usual: number) => Number(options[name] ?? usual);
    this.#bounds = {
      x: number('x', 100),
      y: number('y', 100),
      width: number('width', 800),
      height: number('height', 600),
    };
    this.#isVisible = options.show !== false;
    this.webContents = new WebContents(preferences);
    this.webContents.on('stand-in-shown', () => this.emit('ready-to-show'));
    windows.add(this);
  }

  static getAllWindows(): BrowserWindow[] {
    return [...windows];
  }
  static fromWebContents(contents: unknown): BrowserWindow | null {
    return [...windows].find(({ webContents }) => webContents === contents) ?? null;
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url);
  }
  show(): void {
    this.#isVisible = true;
  }
  hide(): void {
    this.#isVisible = false;
  }
  focus(): void {}
  restore(): void {
    this.#isMinimized = false;
  }
  minimize(): void {
    this.#isMinimized = true;
  }
  maximize(): void {
    this.#isMaximized = true;
  }
  isVisible(): boolean {
    return this.#isVisible;
  }
  isMinimized(): boolean {
    return this.#isMinimized;
  }
  isMaximized(): boolean {
    return this.#isMaximized;
  }
  isDestroyed(): boolean {
    return this.#isGone;
  }
  getBounds(): Bounds {
    return { ...this.#bounds };
  }
  getNormalBounds(): Bounds {
    return { ...this.#bounds };
  }
  setBounds(bounds: Partial<Bounds>): void {
    this.#bounds = { ...this.#bounds, ...bounds };
  }
  close(): void {
    let isPrevented = false;
    this.emit('close', {
      preventDefault: () => {
        isPrevented = true;
      },
    });
    if (!isPrevented) this.destroy();
  }
  destroy(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    windows.delete(this);
    void this.webContents.destroy();
    this.emit('closed');
    if (windows.size === 0) app.emit('window-all-closed');
  }
}

onQuit(async () => {
  for (const window of [...windows]) window.close();
  return windows.size === 0;
});

export const webContents = {
  getAllWebContents: () => [...windows].map((window) => window.webContents),
  fromDevToolsTargetId: (id: string) =>
    [...windows].find((window) => window.webContents.targetId === id)?.webContents,
};
