/** What the person decided besides servers: findings not to see again, project folders to include. */
import { isAbsolute } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Clock, Files } from '../ports.ts';
import type { RecordsStore } from '../records/records.ts';
import type { Suppression } from '../records/schema.ts';

type SuppressionKey = Pick<Suppression, 'file' | 'pointer' | 'fingerprint'>;

export interface Suppressions {
  add(suppression: SuppressionKey & { readonly reason: string }): Promise<void>;
  /** Errors: `not_found`. */
  remove(suppression: SuppressionKey): Promise<void>;
}

export function createSuppressions(ports: { records: RecordsStore; clock: Clock }): Suppressions {
  const { records, clock } = ports;
  return {
    add: (suppression) =>
      records.change((before) => ({
        records: {
          ...before,
          suppressions: [
            ...before.suppressions.filter((one) => !isSame(one, suppression)),
            { ...suppression, at: clock.now() },
          ],
        },
        result: undefined,
      })),
    remove: (suppression) =>
      records.change((before) => {
        const suppressions = before.suppressions.filter((one) => !isSame(one, suppression));
        if (suppressions.length === before.suppressions.length) {
          throw new AppError('not_found', 'This finding is not suppressed.', {
            hint: 'Take file, pointer and fingerprint from the list of suppressions.',
          });
        }
        return { records: { ...before, suppressions }, result: undefined };
      }),
  };
}

function isSame(left: SuppressionKey, right: SuppressionKey): boolean {
  return (
    left.file === right.file &&
    left.pointer === right.pointer &&
    left.fingerprint === right.fingerprint
  );
}

export interface Projects {
  /** Errors: `bad_input` for a relative path, `file_missing`. */
  add(folder: string): Promise<void>;
  /** Errors: `not_found`. */
  remove(folder: string): Promise<void>;
}

export function createProjects(ports: { records: RecordsStore; files: Files }): Projects {
  const { records, files } = ports;
  return {
    async add(folder) {
      if (!isAbsolute(folder)) {
        throw new AppError('bad_input', `“${folder}” is not a full path.`, {
          hint: 'Name the folder from the root of the disk.',
        });
      }
      if ((await files.stat(folder))?.kind !== 'folder') {
        throw new AppError('file_missing', `There is no folder at ${folder}.`, {
          hint: 'Check the path.',
          details: { file: folder },
        });
      }
      await records.change((before) =>
        before.projectFolders.includes(folder)
          ? { records: before, result: undefined }
          : {
              records: { ...before, projectFolders: [...before.projectFolders, folder] },
              result: undefined,
            },
      );
    },
    remove: (folder) =>
      records.change((before) => {
        if (!before.projectFolders.includes(folder)) {
          throw new AppError('not_found', `${folder} is not among the project folders.`, {
            hint: 'See which are: `portcullis clients`.',
          });
        }
        const projectFolders = before.projectFolders.filter((one) => one !== folder);
        return { records: { ...before, projectFolders }, result: undefined };
      }),
  };
}
