/** The parts of a desktop that have no page: they remember what they were told. */
import { EventEmitter } from 'node:events';

export interface MenuItem {
  readonly label?: string;
  readonly type?: string;
  readonly role?: string;
  readonly enabled?: boolean;
  readonly click?: () => void;
}

const itemNames = new Set(['label', 'type', 'role', 'enabled', 'click']);

export class Menu {
  static current: Menu | null = null;
  readonly items: readonly MenuItem[];

  constructor(items: readonly MenuItem[]) {
    for (const item of items)
      for (const name of Object.keys(item))
        if (!itemNames.has(name)) throw new TypeError(`Stand-in: unknown menu option ${name}.`);
    this.items = items;
  }
  static buildFromTemplate(items: readonly MenuItem[]): Menu {
    return new Menu(items);
  }
  static setApplicationMenu(menu: Menu | null): void {
    Menu.current = menu;
  }
  static getApplicationMenu(): Menu | null {
    return Menu.current;
  }
}

class NativeImage {
  readonly scales: number[] = [];
  #isTemplate = false;

  addRepresentation({ scaleFactor, buffer }: { scaleFactor: number; buffer: Buffer }): void {
    if (buffer.toString('latin1', 1, 4) !== 'PNG') throw new TypeError('Stand-in: no PNG.');
    this.scales.push(scaleFactor);
  }
  isEmpty(): boolean {
    return this.scales.length === 0;
  }
  setTemplateImage(on: boolean): void {
    this.#isTemplate = on;
  }
  isTemplateImage(): boolean {
    return this.#isTemplate;
  }
}

export const nativeImage = { createEmpty: () => new NativeImage() };

export class Tray extends EventEmitter {
  static readonly all = new Set<Tray>();
  image: NativeImage;
  menu: Menu | null = null;
  toolTip = '';

  constructor(image: NativeImage) {
    super();
    this.image = image;
    Tray.all.add(this);
  }
  setImage(image: NativeImage): void {
    if (image.isEmpty()) throw new TypeError('Stand-in: an empty picture cannot be seen.');
    this.image = image;
  }
  setToolTip(text: string): void {
    this.toolTip = text;
  }
  setContextMenu(menu: Menu | null): void {
    this.menu = menu;
  }
  destroy(): void {
    Tray.all.delete(this);
  }
}

const notificationOptions = new Set(['title', 'body']);

export class Notification extends EventEmitter {
  /** Those that are on the screen. */
  static readonly all = new Set<Notification>();
  readonly title: string;
  readonly body: string;

  constructor(options: { readonly title: string; readonly body: string }) {
    super();
    for (const name of Object.keys(options))
      if (!notificationOptions.has(name))
        throw new TypeError(`Stand-in: unknown notification option ${name}.`);
    this.title = options.title;
    this.body = options.body;
  }
  static isSupported(): boolean {
    return true;
  }
  show(): void {
    Notification.all.add(this);
  }
  close(): void {
    if (Notification.all.delete(this)) this.emit('close');
  }
}

export const nativeTheme = Object.assign(new EventEmitter(), { shouldUseDarkColors: false });

const display = { workArea: { x: 0, y: 0, width: 1600, height: 900 } };
export const screen = { getPrimaryDisplay: () => display, getAllDisplays: () => [display] };

let text = '';
export const clipboard = {
  writeText: (next: string) => {
    text = next;
  },
  readText: () => text,
  clear: () => {
    text = '';
  },
};

/** Nobody is there to answer: a test puts its own in place. */
export const dialog = {
  showMessageBox: async (_options: unknown): Promise<{ response: number }> => {
    throw new Error('Stand-in: nobody answers this dialog.');
  },
  showErrorBox: (title: string, content: string) => {
    process.stderr.write(`${title}: ${content}\n`);
  },
};

export const shell = {
  openExternal: async (_url: string): Promise<void> => {
    throw new Error('Stand-in: there is no browser.');
  },
};
