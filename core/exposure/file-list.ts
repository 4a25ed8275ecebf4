/** Which files a scan opens: what a person named, expanded; what stands beside a client's files. */
import { posix, win32 } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Place, Skipped } from '../../shared/models/finding.ts';
import type { ParsedDocument } from '../documents/document.ts';
import type { Files, Machine } from '../ports.ts';
import { isBackupName } from './detect-bytes.ts';
import type { KnownServer } from './detect-document.ts';

export interface FileToScan {
  readonly path: string;
  readonly client?: string;
  readonly where?: Place;
  readonly servers?: readonly KnownServer[];
  /** As it was read just before. */
  readonly document?: ParsedDocument;
}

const passedOver = new Set(['node_modules', '.git', '.hg', '.svn', '.venv', '__pycache__']);
const deepest = 40;
const mostFiles = 50_000;

interface Listing {
  readonly files: Files;
  readonly found: Map<string, FileToScan>;
  readonly skipped: Skipped[];
  readonly seen: Set<string>;
  readonly signal: AbortSignal | undefined;
}

/** Files under the given paths, links followed once, devices and link loops left out and named. */
export async function listFiles(
  files: Files,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<{ readonly files: readonly FileToScan[]; readonly skipped: readonly Skipped[] }> {
  const listing: Listing = { files, found: new Map(), skipped: [], seen: new Set(), signal };
  for (const path of paths) {
    if ((await files.lstat(path)) === undefined) {
      throw new AppError('file_missing', `There is nothing at ${path}.`, {
        hint: 'Check the path.',
        details: { file: path },
      });
    }
    await addPath(listing, path, 0);
  }
  return { files: [...listing.found.values()], skipped: listing.skipped };
}

async function addPath(listing: Listing, path: string, depth: number): Promise<void> {
  listing.signal?.throwIfAborted();
  const { files, found, skipped, seen } = listing;
  try {
    const facts = await files.stat(path);
    if (facts === undefined) return void skipped.push({ path, reason: 'The link leads nowhere.' });
    if (facts.kind === 'file') return void found.set(path, withPlace(path));
    if (facts.kind !== 'folder')
      return void skipped.push({ path, reason: 'It is a device, a socket or a pipe, not a file.' });
    const real = await files.realpath(path);
    if (seen.has(real))
      return void skipped.push({
        path,
        reason: 'The folder was already looked at under another name.',
      });
    seen.add(real);
    if (depth > deepest || found.size > mostFiles)
      return void skipped.push({ path, reason: 'The folder is too deep or holds too many files.' });
    for (const name of [...(await files.list(path))].sort()) {
      if (!passedOver.has(name)) await addPath(listing, joinPath(path, name), depth + 1);
    }
  } catch (thrown) {
    skipped.push({ path, reason: describeFailure(thrown) });
  }
}

function withPlace(path: string): FileToScan {
  return isBackupName(path) ? { path, where: 'backup' } : { path };
}

/** Why something could not be read, without its content. */
export function describeFailure(thrown: unknown): string {
  if (thrown instanceof DOMException && thrown.name === 'AbortError') throw thrown;
  return thrown instanceof AppError ? thrown.message : 'It could not be read.';
}

export function joinPath(folder: string, name: string): string {
  return /^[A-Za-z]:|\\/.test(folder) ? win32.join(folder, name) : posix.join(folder, name);
}

export function folderOf(path: string): string {
  return /^[A-Za-z]:|\\/.test(path) ? win32.dirname(path) : posix.dirname(path);
}

export function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

async function namesIn(files: Files, folder: string): Promise<readonly string[]> {
  try {
    return (await files.stat(folder))?.kind === 'folder'
      ? [...(await files.list(folder))].sort()
      : [];
  } catch {
    // A folder that cannot be listed has no siblings that we could read.
    return [];
  }
}

/** Old copies of the given files: beside them, and in a `backups` folder beside them. */
export async function listCopies(
  files: Files,
  paths: readonly string[],
  machine: Machine,
): Promise<readonly FileToScan[]> {
  const copies = new Map<string, FileToScan>();
  const originals = new Set(paths);
  const folders = new Map<string, Set<string>>();
  for (const path of paths) {
    const folder = folderOf(path);
    folders.set(folder, (folders.get(folder) ?? new Set()).add(nameOf(path)));
  }
  for (const [folder, names] of folders) {
    const siblings = await namesIn(files, folder);
    for (const sibling of siblings) {
      const path = joinPath(folder, sibling);
      if (!originals.has(path) && [...names].some((name) => isCopyOf(sibling, name)))
        copies.set(path, { path, where: 'backup' });
    }
    if (siblings.includes('backups') && folder !== machine.home)
      await addFolder(files, joinPath(folder, 'backups'), copies);
  }
  await addFolder(files, joinPath(joinPath(machine.home, '.claude'), 'backups'), copies);
  return [...copies.values()];
}

async function addFolder(
  files: Files,
  folder: string,
  copies: Map<string, FileToScan>,
): Promise<void> {
  for (const name of await namesIn(files, folder)) {
    const path = joinPath(folder, name);
    copies.set(path, { path, where: 'backup' });
  }
}

/** `mcp.json.bak`, `mcp.json~`, `mcp copy.json`, `.mcp.json.swp`, `#mcp.json#`. */
function isCopyOf(sibling: string, name: string): boolean {
  if (sibling === name) return false;
  const dot = name.lastIndexOf('.');
  const stem = dot > 0 ? name.slice(0, dot) : name;
  if (sibling.startsWith(`.${name}.sw`) || sibling === `#${name}#`) return true;
  if (!sibling.startsWith(stem)) return false;
  const rest = sibling.slice(stem.length);
  return (
    isBackupName(sibling) ||
    /(?:^|[^a-z])(?:copy|backup|bak|old|orig|save|corrupted|broken|\([0-9]+\))/i.test(rest)
  );
}

/** Shell histories of this person, whether they exist or not. */
export function historyFiles({ home, env, platform }: Machine): readonly string[] {
  const inHome = [
    '.bash_history',
    '.zsh_history',
    '.zhistory',
    '.histfile',
    '.history',
    '.local/share/fish/fish_history',
    '.config/fish/fish_history',
    '.local/share/powershell/PSReadLine/ConsoleHost_history.txt',
  ];
  const roaming = env.APPDATA ?? joinPath(home, 'AppData/Roaming');
  const windows = [
    joinPath(roaming, 'Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt'),
  ];
  const named = env.HISTFILE === undefined ? [] : [env.HISTFILE];
  return [
    ...new Set([
      ...named,
      ...inHome.map((path) => joinPath(home, path)),
      ...(platform === 'windows' ? windows : []),
    ]),
  ];
}

/** Transcripts, client logs and editors' local histories: folders to walk in a deep scan. */
export function deepFolders({
  home,
  env,
  platform,
}: Machine): readonly { readonly path: string; readonly where: Place }[] {
  const config =
    platform === 'windows'
      ? (env.APPDATA ?? joinPath(home, 'AppData/Roaming'))
      : platform === 'macos'
        ? joinPath(home, 'Library/Application Support')
        : (env.XDG_CONFIG_HOME ?? joinPath(home, '.config'));
  const logs =
    platform === 'macos' ? joinPath(home, 'Library/Logs/Claude') : joinPath(config, 'Claude/logs');
  const share = env.XDG_DATA_HOME ?? joinPath(home, '.local/share');
  const transcripts = [
    '.claude/projects',
    '.claude/history.jsonl',
    '.claude/todos',
    '.claude/shell-snapshots',
    '.claude/debug',
    '.codex/sessions',
    '.codex/history.jsonl',
    '.codex/log',
    '.gemini/tmp',
    '.cursor/projects',
    '.copilot/logs',
  ];
  const editors = ['Code', 'Code - Insiders', 'VSCodium', 'Cursor', 'Windsurf', 'Trae', 'Kiro'];
  return [
    ...transcripts.map((path) => ({ path: joinPath(home, path), where: 'log' as const })),
    ...[
      logs,
      joinPath(share, 'goose/sessions'),
      joinPath(share, 'opencode/log'),
      joinPath(share, 'opencode/storage'),
    ].map((path) => ({ path, where: 'log' as const })),
    ...editors.map((editor) => ({
      path: joinPath(config, `${editor}/User/History`),
      where: 'backup' as const,
    })),
  ];
}

const envFileNames =
  /(?:envFile|env_file|env-file|--env-file|dotenv_path)["']?\s*[:=,]?\s*\[?\s*["']?((?:\$\{[^}]{1,60}\})?[^"'\s,\]}]{1,400})/g;

/** Env files that a config names, as paths; variables of clients for the project folder are filled. */
export function envFilesIn(text: string, file: string, home: string): readonly string[] {
  if (!/env[-_]?file|dotenv_path/i.test(text)) return [];
  const folder = folderOf(file);
  const project = /[/\\]\.[a-z-]+$/.test(folder) ? folderOf(folder) : folder;
  return [...text.matchAll(envFileNames)].flatMap((match) => {
    const name = (match[1] ?? '')
      .replace(/\$\{(?:workspaceFolder|workspaceRoot|projectRoot|CLAUDE_PROJECT_DIR)\}/g, project)
      .replace(/\$\{(?:userHome|HOME|env:HOME|env:USERPROFILE)\}|^\$HOME\b|^~(?=[/\\])/g, home)
      .replaceAll('\\\\', '\\');
    if (name.includes('${') || /^(?:true|false|null)$/.test(name)) return [];
    return [/^(?:[/\\]|[A-Za-z]:)/.test(name) ? name : joinPath(project, name)];
  });
}
