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
      undone = await findUndone({ files, clock }, watched);
      if (undone.length > 0 && at < looks.length - 1) await tryRedo(() => redo(undone));
    }
    return undone.map(({ file }) => file);
  };
}

/** The files are written already: what keeps a redo from being done shows at the next look. */
async function tryRedo(redo: () => Promise<void>): Promise<void> {
  try {
    await redo();
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
  }
}

type LookPorts = Pick<GuardPorts, 'files' | 'clock'>;

/** Files in which old text is back: there the work would change something again. */
async function findUndone(
  ports: LookPorts,
  watched: readonly FileWork[],
): Promise<readonly FileWork[]> {
  const states = await Promise.all(watched.map((work) => isUndone(ports, work)));
  return watched.filter((_, at) => states[at]);
}

/** A client that writes in place leaves half a file for a moment. */
const halfWritten = { tries: 10, pause: 50 };

async function isUndone({ files, clock }: LookPorts, { file, redo }: FileWork): Promise<boolean> {
  if (redo === undefined) return false;
  for (let tries = 1; ; tries += 1) {
    try {
      if ((await files.stat(file)) === undefined) return false;
      const bytes = await files.read(file);
      return Buffer.compare(redo(bytes), bytes) !== 0;
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      // It stays broken or shut: nothing that a redo could mend.
      if (tries === halfWritten.tries) return false;
    }
    await clock.sleep(halfWritten.pause);
  }
}
