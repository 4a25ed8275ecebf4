/**
 * Whether others may write in a folder. Who may can put a file or a link of their own in the place of
 * ours at any moment, between two of our looks. Systems that give every person a group of their own
 * let that group write by default, which lets nobody else in.
 */
import { AppError } from '../../shared/errors.ts';
import type { FileFacts, Files } from '../ports.ts';

export async function mayOthersWrite(
  files: Files,
  folder: string,
  { mode, gid }: Pick<FileFacts, 'mode' | 'gid'>,
  ownUid: number,
): Promise<boolean> {
  const isSticky = (mode & 0o1000) !== 0;
  if (isSticky || (mode & 0o022) === 0) return false;
  if ((mode & 0o002) !== 0 || !(await isPrivateGroup(files, gid, ownUid))) return true;
  // With an access list the bits of the group are no more than the most that anybody in it has.
  return files.hasAccessList(folder);
}

/** The group named like its one member. Groups that these files do not know count as shared. */
async function isPrivateGroup(files: Files, gid: number, ownUid: number): Promise<boolean> {
  const users = await readTable(files, '/etc/passwd');
  const groups = await readTable(files, '/etc/group');
  const own = users.find(([, , uid]) => uid === String(ownUid))?.[0];
  const group = groups.find(([, , id]) => id === String(gid));
  if (own === undefined || group?.[0] !== own) return false;
  const members = (group[3] ?? '').split(',').filter((name) => name !== '');
  const firstOf = users.filter(([, , , first]) => first === String(gid)).map(([name]) => name);
  return [...members, ...firstOf].every((name) => name === own);
}

/** Lines of fields with colons between; none where there is no such file. */
async function readTable(files: Files, file: string): Promise<readonly (readonly string[])[]> {
  try {
    const text = new TextDecoder().decode(await files.read(file, { limit: 4_000_000 }));
    return text.split('\n').map((line) => line.split(':'));
  } catch (thrown) {
    if (thrown instanceof AppError) return [];
    throw thrown;
  }
}
