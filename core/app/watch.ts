/** Turns what other programs do to our records and to clients' files into news. */
import { join } from 'node:path';
import { expandGlob } from '../clients/expand-glob.ts';
import { locateFiles } from '../clients/locate-files.ts';
import { clientTable } from '../clients/table.ts';
import { blockedFile } from '../launch/blocked-line.ts';
import { launchesFile } from '../launch/launch-line.ts';
import type { Files, Machine, Roots, Watch } from '../ports.ts';
import type { RecordsStore } from '../records/records.ts';
import type { Events } from './events.ts';

export interface WatchParts {
  readonly watch: Watch;
  readonly files: Files;
  readonly machine: Machine;
  readonly roots: Roots;
  readonly records: Pick<RecordsStore, 'read'>;
  readonly events: Pick<Events, 'announce'>;
  /** Looks for drift and settles what the policies say. */
  readonly noticed: () => Promise<void>;
}

/** Announces until the answer is called. Says "look again" and nothing else. */
export async function watchOutside(parts: WatchParts): Promise<() => Promise<void>> {
  const { watch, roots, events } = parts;
  const recordsFile = join(roots.config, 'records.json');
  const activity = [launchesFile, blockedFile].map((name) => join(roots.data, 'activity', name));
  const listPaths = async () => [recordsFile, ...activity, ...(await listClientFiles(parts))];

  const tellRecords = async () => {
    try {
      const { revision } = await parts.records.read();
      events.announce({ type: 'records-changed', revision });
      // The projects may be others now.
      watching.replace(await listPaths());
    } catch {
      // News only: whoever reads the records next meets the error with its remedy.
    }
    await lookForDrift();
  };
  const lookForDrift = async () => {
    try {
      await parts.noticed();
    } catch {
      // Whoever looks next meets the error with its remedy.
    }
  };

  const watching = await watch.start(await listPaths(), (changed) => {
    const files = changed.filter((path) => path !== recordsFile && !activity.includes(path));
    if (changed.some((path) => activity.includes(path)))
      events.announce({ type: 'activity-changed' });
    if (files.length > 0) events.announce({ type: 'files-changed', files });
    if (changed.includes(recordsFile)) void tellRecords();
    else if (files.length > 0) void lookForDrift();
  });
  // What happened while nobody watched.
  void lookForDrift();
  return () => watching.close();
}

/** Every file of every client, there or not. A folder that cannot be listed hides only its own. */
async function listClientFiles({
  files,
  machine,
  records,
}: WatchParts): Promise<readonly string[]> {
  // Unreadable records have no projects; the doors show that error, not the watcher.
  const { projectFolders } = await records.read().catch(() => ({ projectFolders: [] }));
  const locations = clientTable.flatMap((row) => locateFiles(row, machine, projectFolders));
  const paths = await Promise.all(
    locations.map(async ({ glob, path }) =>
      glob === undefined ? [path] : expandGlob(files, glob).catch(() => []),
    ),
  );
  return [...new Set(paths.flat())];
}
