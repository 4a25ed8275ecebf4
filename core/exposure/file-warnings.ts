/** Facts about a file with secrets in it that expose them further. */
import type { FileWarning } from '../../shared/models/finding.ts';
import type { FileFacts, Files, Machine, Processes } from '../ports.ts';
import { folderOf, joinPath, nameOf } from './file-list.ts';
import { maskForms } from './mask.ts';

export interface WarningPorts {
  readonly files: Files;
  readonly machine: Machine;
  readonly processes: Processes;
}

const synced =
  /[/\\](?:Dropbox(?: \([^)]*\))?|OneDrive(?: - [^/\\]*)?|Google ?Drive|GoogleDrive-[^/\\]*|My Drive|iCloud ?Drive|Mobile Documents|com~apple~CloudDocs|CloudStorage|Box(?: Sync)?|Nextcloud|ownCloud|pCloudDrive|Syncthing|Sync|MEGA|Proton ?Drive)[/\\]/i;

/** Answers of one scan, by folder. */
export type WorkTrees = Map<string, Promise<boolean>>;

/** Warnings for one file that holds findings. */
export async function warnAbout(
  ports: WarningPorts,
  path: string,
  facts: FileFacts,
  workTrees: WorkTrees,
): Promise<readonly FileWarning[]> {
  const warnings: FileWarning[] = [];
  const file = maskForms(path);
  if (ports.machine.platform !== 'windows' && (facts.mode & 0o077 & 0o44) !== 0) {
    warnings.push({
      file,
      warning: 'readable-by-others',
      message: `Other users of this computer can read this file (mode ${facts.mode.toString(8).padStart(4, '0')}).`,
      fix: 'narrow-mode',
    });
  }
  if (synced.test(path)) {
    warnings.push({
      file,
      warning: 'in-synced-folder',
      message: 'This file lies in a folder that is copied to a cloud.',
      fix: 'edit-by-hand',
    });
  }
  if (await isTracked(ports, path, workTrees)) {
    warnings.push({
      file,
      warning: 'tracked-by-git',
      message: 'Git tracks this file: its secrets are in the history of the repository.',
      fix: 'untrack',
    });
  }
  return warnings;
}

/** Asks git, with its own configuration off, so that nothing a repository says is run. */
async function isTracked(
  { files, machine, processes }: WarningPorts,
  path: string,
  workTrees: WorkTrees,
): Promise<boolean> {
  const folder = folderOf(path);
  if (!(await isInWorkTree(files, folder, workTrees))) return false;
  const env: Record<string, string> = {
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: machine.platform === 'windows' ? 'NUL' : '/dev/null',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
  };
  for (const name of ['PATH', 'SystemRoot', 'PATHEXT']) {
    const value = machine.env[name];
    if (value !== undefined) env[name] = value;
  }
  const quiet = [
    '-c',
    'core.fsmonitor=false',
    '-c',
    'core.hooksPath=/dev/null',
    '-c',
    'safe.directory=*',
  ];
  try {
    const result = await processes.run(
      'git',
      [...quiet, 'ls-files', '--error-unmatch', '--', nameOf(path)],
      { env, cwd: folder, timeout: 5000 },
    );
    return result.exitCode === 0;
  } catch {
    // No git on this computer: nobody committed the file from here.
    return false;
  }
}

function isInWorkTree(files: Files, folder: string, workTrees: WorkTrees): Promise<boolean> {
  const known = workTrees.get(folder);
  if (known !== undefined) return known;
  const answer = askAbove(files, folder, workTrees);
  workTrees.set(folder, answer);
  return answer;
}

async function askAbove(files: Files, folder: string, workTrees: WorkTrees): Promise<boolean> {
  if ((await files.stat(joinPath(folder, '.git'))) !== undefined) return true;
  const above = folderOf(folder);
  return above !== folder && isInWorkTree(files, above, workTrees);
}
