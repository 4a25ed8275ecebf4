/** Sees that files changed. No polling: an idle door wakes for nothing. */
import { watch as watchPaths } from 'chokidar';
import type { Watch } from '../core/ports.ts';

/** Milliseconds in which changes gather into one piece of news: saving a file is several steps. */
const gatherTime = 50;

export function createWatch(): Watch {
  return {
    start: (paths, onChange) => {
      let wanted = new Set(paths);
      let changed = new Set<string>();
      let timer: NodeJS.Timeout | undefined;
      const tell = () => {
        timer = undefined;
        const batch = [...changed];
        changed = new Set();
        onChange(batch);
      };
      const watcher = watchPaths([...wanted], {
        ignoreInitial: true,
        ignorePermissionErrors: true,
      });
      watcher.on('all', (_event, path) => {
        // Folders above a file that is not there yet are reported too.
        if (!wanted.has(path)) return;
        changed.add(path);
        timer ??= setTimeout(tell, gatherTime);
      });
      // What cannot be watched (a folder without permission, too many watches) is news that stays
      // away; every screen reads afresh when it is opened.
      watcher.on('error', () => undefined);
      return new Promise((resolve) => {
        watcher.once('ready', () =>
          resolve({
            replace: (next) => {
              const after = new Set(next);
              watcher.add([...after].filter((path) => !wanted.has(path)));
              watcher.unwatch([...wanted].filter((path) => !after.has(path)));
              wanted = after;
            },
            close: async () => {
              clearTimeout(timer);
              await watcher.close();
            },
          }),
        );
      });
    },
  };
}
