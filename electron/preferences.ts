/**
 * What this shell remembers of itself: the window's place and three switches. Nothing of the domain is
 * kept here, and a file that somebody broke costs no more than the place of a window.
 */
import type { Bounds } from './window-place.ts';

export interface Preferences {
  readonly window?: Bounds;
  readonly isMaximized: boolean;
  /** Closing the window leaves the app in the tray. */
  readonly closeToTray: boolean;
  /** Looks for a new version at start. */
  readonly checksForUpdates: boolean;
}

/** What a page may turn on and off. */
const switches = ['closeToTray', 'checksForUpdates'] as const;
export type SwitchName = (typeof switches)[number];

export function isSwitch(name: unknown): name is SwitchName {
  return switches.some((one) => one === name);
}

/** The part of `electron-store` that is used. */
export interface Store {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

export interface PreferenceStore {
  read(): Preferences;
  write(change: Partial<Preferences>): void;
}

export function openPreferences(store: Store): PreferenceStore {
  return {
    read: () => {
      const window = readBounds(store.get('window'));
      return {
        ...(window === undefined ? {} : { window }),
        isMaximized: store.get('isMaximized') === true,
        closeToTray: store.get('closeToTray') !== false,
        checksForUpdates: store.get('checksForUpdates') === true,
      };
    },
    write: (change) => {
      for (const [name, value] of Object.entries(change)) store.set(name, value);
    },
  };
}

function readBounds(value: unknown): Bounds | undefined {
  const number = (name: string): number | undefined => {
    const one: unknown = typeof value === 'object' && value !== null && Reflect.get(value, name);
    return typeof one === 'number' && Number.isInteger(one) && Math.abs(one) < 100_000
      ? one
      : undefined;
  };
  const [x, y, width, height] = [number('x'), number('y'), number('width'), number('height')];
  if (x === undefined || y === undefined || !width || !height) return undefined;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}
