/** What the door around the window can do. Screens ask `shell.can`, never where they run. */

export interface ShellCan {
  /** The app around the window has switches of its own: its start, its tray, its updates. */
  readonly switches: boolean;
  /** There is a clipboard on the machine that the core runs on. */
  readonly clipboard: boolean;
  readonly openExternal: boolean;
}

export interface Shell {
  readonly can: ShellCan;
  readonly openExternal: (url: string) => void;
  /** Hands a text to the person as a file; false when they thought otherwise. */
  readonly saveText: (name: string, text: string) => Promise<boolean>;
  readonly getAutostart: () => Promise<boolean>;
  readonly setAutostart: (on: boolean) => Promise<void>;
  readonly getSwitches: () => Promise<Switches>;
  readonly setSwitch: (name: keyof Switches, on: boolean) => Promise<void>;
}

export interface Switches {
  /** Closing the window leaves the app in the tray. */
  readonly closeToTray: boolean;
  /** Looks for a new version at start. */
  readonly checksForUpdates: boolean;
}

/** Only addresses of web pages leave the window; anything else is dropped. */
export function isWebAddress(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'https:';
}
