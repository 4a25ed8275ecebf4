/** Start with the computer: the system's own switch, or on Linux the file that stands for it. */
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { App } from 'electron';

export interface Autostart {
  get(): Promise<boolean>;
  set(on: boolean): Promise<void>;
}

export interface AutostartPlace {
  readonly platform: NodeJS.Platform;
  /** `XDG_CONFIG_HOME` or its usual value. */
  readonly config: string;
  /** What the person starts: the AppImage rather than the file inside it. */
  readonly program: string;
}

/** Starts without a window. */
export const hiddenSwitch = 'hidden';

export function createAutostart(
  app: Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>,
  place: AutostartPlace,
): Autostart {
  return place.platform === 'linux' ? createDesktopFile(place) : createLoginItem(app);
}

function createLoginItem(
  app: Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>,
): Autostart {
  const args = [`--${hiddenSwitch}`];
  return {
    get: async () => app.getLoginItemSettings({ args }).openAtLogin,
    set: async (on) => app.setLoginItemSettings({ openAtLogin: on, args }),
  };
}

function createDesktopFile({ config, program }: AutostartPlace): Autostart {
  const file = join(config, 'autostart', 'portcullis.desktop');
  return {
    get: async () => {
      try {
        return (await stat(file)).isFile();
      } catch (thrown) {
        if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return false;
        throw thrown;
      }
    },
    set: async (on) => {
      if (!on) return rm(file, { force: true });
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, renderDesktopFile(program), { mode: 0o644 });
    },
  };
}

export function renderDesktopFile(program: string): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Portcullis',
    `Exec=${quote(program)} --${hiddenSwitch}`,
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/** As the Desktop Entry Specification quotes arguments; `%` would begin a field code. */
function quote(program: string): string {
  // Two layers: the quoted argument, then the string that holds it.
  const argument = program.replaceAll(/["`$\\]/g, '\\$&').replaceAll('%', '%%');
  return `"${argument.replaceAll('\\', '\\\\')}"`;
}
