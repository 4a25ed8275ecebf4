/** The menu bar. Where it is no part of the system there is none, and with it no reload or dev tools. */
import type { ElectronParts } from './parts.ts';

export function setMenu({ Menu }: Pick<ElectronParts, 'Menu'>, platform: NodeJS.Platform): void {
  // On macOS copy and paste work through the menu only.
  const mac = Menu.buildFromTemplate([
    { role: 'appMenu' },
    { role: 'editMenu' },
    { role: 'windowMenu' },
  ]);
  Menu.setApplicationMenu(platform === 'darwin' ? mac : null);
}
