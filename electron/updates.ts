/** Looks for a new version once at start, when the person wants that. Never goes back to an old one. */
import type { AppUpdater } from 'electron-updater';

const nobody = '00000000-0000-0000-0000-000000000000';

export interface UpdateFacts {
  readonly isPackaged: boolean;
  readonly isWanted: boolean;
  /** Loaded only when it is used: its parts are many. */
  readonly load: () => Promise<Pick<AppUpdater, keyof UpdaterUse>>;
}

interface UpdaterUse {
  autoDownload: boolean;
  requestHeaders: unknown;
  allowDowngrade: boolean;
  allowPrerelease: boolean;
  checkForUpdatesAndNotify: unknown;
}

/** True when it looked. A failed look is tried again at the next start and disturbs nobody. */
export async function lookForUpdate({ isPackaged, isWanted, load }: UpdateFacts): Promise<boolean> {
  if (!isPackaged || !isWanted) return false;
  try {
    const updater = await load();
    updater.autoDownload = true;
    // The library would send a number of its own that stays the same for this computer.
    updater.requestHeaders = { 'x-user-staging-id': nobody };
    updater.allowDowngrade = false;
    updater.allowPrerelease = false;
    await updater.checkForUpdatesAndNotify();
  } catch {
    return false;
  }
  return true;
}
