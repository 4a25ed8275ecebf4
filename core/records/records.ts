/**
 * The records: our source of truth about servers, in one readable file in the config folder. Every
 * change is one function run under a lock that all our processes share: re-read, parse, change,
 * validate, replace atomically. What the entries in other people's files say is not our business.
 */
import { dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { ServerRecord } from '../../shared/models/server.ts';
import type { Files, Roots } from '../ports.ts';
import { parseRecords, renderRecords } from './parse.ts';
import { readIfThere, removeStrayTemporaries, replaceOwnFile } from './replace-own-file.ts';
import { emptyRecords, type Records, type Run, recordsSchema } from './schema.ts';

/** Looks at one record or run before it is written for the first time, or anew. Throws to refuse it. */
export type RecordsGuard = (written: ServerRecord | Run) => void;

export interface RecordsStore {
  /** Where the records are. */
  readonly file: string;
  /**
   * The records as they are now; empty ones when there are none yet.
   * Errors: `records_unreadable`, `records_newer`.
   */
  read(): Promise<Records>;
  /**
   * Runs `work` on the newest records and writes what it returns. Returning the records it was given
   * writes nothing. `revision` is counted here, whatever `work` puts there. A throw changes nothing.
   * A change that goes with values for the keychain has a `guard` that keeps them out.
   * Errors: as `read`, `records_busy` when another process holds the lock too long, `file_*`, `disk_full`.
   */
  change<T>(
    work: (
      records: Records,
    ) => { records: Records; result: T } | Promise<{ records: Records; result: T }>,
    guard?: RecordsGuard,
  ): Promise<T>;
}

/** Opens the records of `roots`. Touches nothing until the first call. */
export function createRecords({ files, roots }: { files: Files; roots: Roots }): RecordsStore {
  const file = join(roots.config, 'records.json');
  const previous = `${file}.previous`;

  async function load(): Promise<{ records: Records; bytes: Uint8Array | undefined }> {
    const bytes = await readIfThere(files, file);
    if (bytes !== undefined) return { records: parseRecords(bytes, file), bytes };
    if ((await files.stat(previous)) !== undefined)
      throw new AppError(
        'records_unreadable',
        'The records are gone, but their previous state is there.',
        {
          hint: `Rename ${previous} to ${file} to go on, or delete it to begin anew.`,
          details: { file },
        },
      );
    return { records: emptyRecords, bytes: undefined };
  }

  async function store(records: Records, old: Uint8Array | undefined): Promise<void> {
    await removeStrayTemporaries(files, file);
    const bytes = renderRecords(validate(records, file));
    // The first file has no previous state, and must not be missing beside one.
    if (old !== undefined) await replaceOwnFile(files, previous, old);
    await replaceOwnFile(files, file, bytes);
    if (old === undefined) await files.syncFolder(dirname(roots.config));
  }

  return {
    file,
    read: async () => (await load()).records,
    async change(work, guard) {
      await files.makeFolder(roots.config);
      return asRecordsBusy(file, (held) =>
        files.withLock(join(roots.config, 'records'), async () => {
          held();
          const { records: before, bytes } = await load();
          const { records: after, result } = await work(before);
          if (guard !== undefined) listWritten(before, after).forEach(guard);
          if (after !== before) await store({ ...after, revision: before.revision + 1 }, bytes);
          return result;
        }),
      );
    },
  };
}

function listWritten(before: Records, after: Records): readonly (ServerRecord | Run)[] {
  const known = new Set([...before.servers, ...before.runs].map((one) => JSON.stringify(one)));
  return [...after.servers, ...after.runs].filter((one) => !known.has(JSON.stringify(one)));
}

/** A mistake of ours must not make the file unreadable for every later process. */
function validate(records: Records, file: string): Records {
  const parsed = recordsSchema.safeParse(records);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const pointer = `/${(issue?.path ?? []).map(String).join('/')}`;
  throw new AppError(
    'bad_input',
    `The records would not be valid at \`${pointer}\`: ${issue?.message ?? 'invalid'}.`,
    {
      hint: 'Nothing was changed. Correct the value named here and try again.',
      details: { file, pointer },
    },
  );
}

/** Only a lock that could not be had is `records_busy`; an error of the work itself stays what it is. */
async function asRecordsBusy<T>(file: string, work: (held: () => void) => Promise<T>): Promise<T> {
  let held = false;
  try {
    return await work(() => {
      held = true;
    });
  } catch (thrown) {
    if (held || !(thrown instanceof AppError) || thrown.code !== 'file_busy') throw thrown;
    throw new AppError('records_busy', 'Another Portcullis is changing the records.', {
      hint: 'Wait for it to finish and try again.',
      details: { file },
      cause: thrown,
    });
  }
}
