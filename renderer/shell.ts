/** What the door around the window can do. Screens ask `shell.can`, never where they run. */

export interface ShellCan {
  /** Start with the computer can be turned on and off. */
  readonly autostart: boolean;
  /** There is a clipboard on the machine that the core runs on. */
  readonly clipboard: boolean;
  readonly openExternal: boolean;
}

export interface Shell {
  readonly can: ShellCan;
  readonly openExternal: (url: string) => void;
  readonly getAutostart: () => Promise<boolean>;
  readonly setAutostart: (on: boolean) => Promise<void>;
}

/** Only addresses of web pages leave the window; anything else is dropped. */
export function isWebAddress(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'https:';
}
