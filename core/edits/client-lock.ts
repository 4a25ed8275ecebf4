/**
 * The lock of clients that guard their file with a folder beside it (`<file>.lock`): created
 * exclusively, named for its holder inside, and void when it is older than ten seconds.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Clock, Files } from '../ports.ts';

const staleAfter = 10_000;
const waitAtMost = 15_000;
const poll = 50;

/**
 * Runs `work` while holding the client's own lock. Errors: `file_busy` when the client keeps it longer
 * than 15 seconds, `file_*` when the folder cannot be made.
 */
export async function withClientLock<T>(
  { files, clock }: { files: Files; clock: Clock },
  folder: string,
  work: () => Promise<T>,
): Promise<T> {
  await take(files, clock, folder);
  const owner = join(folder, `owner.${randomBytes(8).toString('hex')}`);
  try {
    await files.createExclusive(owner, new Uint8Array(), 0o600);
    return await work();
  } finally {
    // Gone already when the client took the lock over from us; then it is not ours to remove.
    if ((await files.lstat(owner)) !== undefined) await files.removeFolder(folder);
  }
}

async function take(files: Files, clock: Clock, folder: string): Promise<void> {
  const deadline = clock.monotonic() + waitAtMost;
  for (;;) {
    try {
      return await files.makeFolder(folder, { exclusive: true });
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code !== 'conflict') throw thrown;
    }
    const facts = await files.lstat(folder);
    if (facts === undefined) continue;
    if (facts.kind !== 'folder' || clock.monotonic() > deadline) throw held(folder);
    if (Date.parse(clock.now()) - facts.modified > staleAfter) await files.removeFolder(folder);
    else await clock.sleep(poll);
  }
}

function held(folder: string): AppError {
  return new AppError('file_busy', `The client is holding its lock ${folder}.`, {
    hint: 'Wait a moment or close the client, then try again. If the client is not running, delete the lock.',
    details: { path: folder },
  });
}
