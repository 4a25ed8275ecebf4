/** Looks again at files of running clients that write them from memory, and redoes what they undid. */
import type { Clients } from '../clients/clients.ts';
import type { Clock, Files } from '../ports.ts';
import type { FileWork } from './file-work.ts';

export interface GuardPorts {
  readonly clients: Clients;
  readonly files: Files;
  readonly clock: Clock;
}

/** Milliseconds after the write at which a rewriting client has usually written again. */
const looks = [2_000, 8_000];

/** Files that a client still writes back after two redos. Returns at once when no such client runs. */
export function createGuard({ clients, files, clock }: GuardPorts) {
  return async (
    work: readonly FileWork[],
    redo: () => Promise<void>,
  ): Promise<readonly string[]> => {
    const surveys = await clients.survey([]);
    const restless = new Set(
      surveys
        .filter(({ row, running }) => running && row.rewriting === 'constant')
        .map(({ row }) => row.id),
    );
    const watched = work.filter(({ client }) => client !== undefined && restless.has(client));
    if (watched.length === 0) return [];
    let undone: readonly FileWork[] = [];
    for (const pause of looks) {
      await clock.sleep(pause);
      undone = await findUndone(files, watched);
      if (undone.length > 0) await redo();
    }
    return (await findUndone(files, watched)).map(({ file }) => file);
  };
}

/** Files in which the planned edit would change something again: the old text is back. */
async function findUndone(
  files: Files,
  watched: readonly FileWork[],
): Promise<readonly FileWork[]> {
  const states = await Promise.all(
    watched.map(async (work) => {
      if ((await files.stat(work.file)) === undefined) return false;
      try {
        work.edit(await files.read(work.file));
        // The edit applies only where the old entry stands.
        return true;
      } catch {
        return false;
      }
    }),
  );
  return watched.filter((_, at) => states[at]);
}
