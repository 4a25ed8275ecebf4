/** A file of its own, so that it is loaded only when somebody looks for updates. */
import updates from 'electron-updater';

export const { autoUpdater } = updates;
