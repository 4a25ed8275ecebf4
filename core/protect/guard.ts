/** Looks again at files of running clients that write them from memory, and redoes what they undid. */
import { AppError } from '../../shared/errors.ts';
import type { Clients } from '../clients/clients.ts';
import type { Clock, Files } from '../ports.ts';
import type { FileWork } from './file-work.ts';

export interface GuardPorts {
  readonly clients: Clients;
  readonly files: Files;
  readonly clock: Clock;
}

/**
 * Milliseconds before each look. A rewriting client has usually written again at the first; the third
 * is only taken where the second still found old text.
 */
const looks = [2_000, 8_000, 8_000];

/** Answers the files that are still written back after two redos; at once when no such client runs. */
export function createGuard({ clients, files, clock }: GuardPorts) {
  return async (
    work: readonly FileWork[],
    redo: (undone: readonly FileWork[]) => Promise<void>,
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
    for (const [at, pause] of looks.entries()) {
      if (at > 1 && undone.length === 0) return [];
      await clock.sleep(pause);
      undone = await findUndone(files, watched);
      if (undone.length > 0 && at < looks.length - 1) await redo(undone);
    }
    return undone.map(({ file }) => file);
  };
}

/** Files in which old text is back: there the work would change something again. */
async function findUndone(
  files: Files,
  watched: readonly FileWork[],
): Promise<readonly FileWork[]> {
  const states = await Promise.all(watched.map((work) => isUndone(files, work)));
  return watched.filter((_, at) => states[at]);
}

async function isUndone(files: Files, { file, redo }: FileWork): Promise<boolean> {
  try {
    if (redo === undefined || (await files.stat(file)) === undefined) return false;
    const bytes = await files.read(file);
    return Buffer.compare(redo(bytes), bytes) !== 0;
  } catch (thrown) {
    // Half written at this moment, or not readable: nothing that a redo could mend.
    if (thrown instanceof AppError) return false;
    throw thrown;
  }
}
