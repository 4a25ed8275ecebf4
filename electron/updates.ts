/** Looks for a new version once at start, when the person wants that. Never goes back to an old one. */
import type { AppUpdater } from 'electron-updater';

export interface UpdateFacts {
  readonly isPackaged: boolean;
  readonly isWanted: boolean;
  /** Loaded only when it is used: its parts are many. */
  readonly load: () => Promise<Pick<AppUpdater, keyof UpdaterUse>>;
}

interface UpdaterUse {
  autoDownload: boolean;
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
    updater.allowDowngrade = false;
    updater.allowPrerelease = false;
    await updater.checkForUpdatesAndNotify();
  } catch {
    return false;
  }
  return true;
}
