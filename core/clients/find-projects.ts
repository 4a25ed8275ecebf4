/** Project folders that clients' own state names: offered to the person, never looked into by itself. */
import { nodeAt } from '../documents/nodes.ts';
import type { Files, Machine } from '../ports.ts';
import type { ClientSurvey } from './clients.ts';
import { pathsOf } from './locate-files.ts';

/** Those that are there; sorted, each once. */
export async function findProjects(
  surveys: readonly ClientSurvey[],
  { files, machine }: { readonly files: Files; readonly machine: Machine },
): Promise<readonly string[]> {
  const named = surveys.flatMap(foldersOf).filter((folder) => pathsOf(machine).isAbsolute(folder));
  const found = await Promise.all(
    [...new Set(named)].map(async (folder) => ((await isThere(files, folder)) ? [folder] : [])),
  );
  return found.flat().toSorted();
}

/** A folder that may not be looked at is none to offer. */
async function isThere(files: Files, folder: string): Promise<boolean> {
  try {
    return (await files.stat(folder))?.kind === 'folder';
  } catch {
    return false;
  }
}

function foldersOf({ row, files }: ClientSurvey): readonly string[] {
  const { projectsAt } = row;
  if (projectsAt === undefined) return [];
  return files.flatMap(({ document }) => {
    const node = document === undefined ? undefined : nodeAt(document, projectsAt);
    return node?.kind === 'map' ? node.entries.map(({ key }) => key) : [];
  });
}
