/**
 * From the command in a record to a file that the system can start without a shell. A wrong file
 * must be found out here: replacing the process with one that cannot run ends it with a crash.
 */
import { posix, win32 } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Platform, ProgramFiles } from '../ports.ts';
import { splitPath } from './login-path.ts';

export interface ResolvedCommand {
  /** Absolute. */
  readonly file: string;
  /** Goes before the record's own arguments, when the command is a script for another program. */
  readonly firstArgs: readonly string[];
}

export interface CommandSearch {
  readonly platform: Platform;
  /** Folders to look in, joined as the platform does. */
  readonly path: string;
  /** Absolute; what a relative command is relative to. */
  readonly cwd: string;
  /** Windows: endings to try, such as `.EXE;.CMD`. */
  readonly pathExtensions?: string | undefined;
  readonly files: ProgramFiles;
}

const headLimit = 4096;
const shebang = /^#![ \t]*([^ \t\r\n\0]+)/;
const windowsEndings = '.COM;.EXE;.BAT;.CMD';

/**
 * Resolves a command.
 * Errors: `command_not_found`; `server_start_failed` when the file is there but cannot be started.
 */
export function resolveCommand(command: string, search: CommandSearch): ResolvedCommand {
  const found = findCommand(command, search);
  if (found === undefined) throw notFound(command);
  return search.platform === 'windows'
    ? resolveWindowsScript(found, search)
    : resolveUnixScript(found, search);
}

/** The absolute path of a command, or undefined when no folder of the path has it. */
export function findCommand(command: string, search: CommandSearch): string | undefined {
  const paths = search.platform === 'windows' ? win32 : posix;
  const named = search.platform === 'windows' ? /[\\/]/.test(command) : command.includes('/');
  const folders = named ? [''] : splitPath(paths.delimiter, search.path);
  let refused: string | undefined;
  for (const folder of folders) {
    for (const ending of endingsFor(command, search)) {
      const path = paths.resolve(search.cwd, folder, command + ending);
      const { kind, executable } = search.files.probe(path);
      if (kind === 'file' && (executable || search.platform === 'windows')) return path;
      if (kind === 'file') refused ??= path;
    }
  }
  if (refused !== undefined)
    throw new AppError('server_start_failed', `${refused} is there, but may not be executed.`, {
      hint: `Make it executable with \`chmod +x\`, or name another command.`,
      details: { command, file: refused },
    });
  return undefined;
}

function endingsFor(command: string, search: CommandSearch): readonly string[] {
  if (search.platform !== 'windows') return [''];
  const endings = (search.pathExtensions ?? windowsEndings)
    .split(';')
    .filter((ending) => /^\.[A-Za-z0-9]+$/.test(ending));
  const has = endings.some((ending) => command.toLowerCase().endsWith(ending.toLowerCase()));
  // A shell script without an ending often lies beside its `.cmd` twin: only the twin can run.
  return has ? ['', ...endings] : [...endings, ''];
}

/** A script needs its interpreter; one without a first line is for the shell, as everywhere. */
function resolveUnixScript(file: string, search: CommandSearch): ResolvedCommand {
  const head = search.files.head(file, headLimit);
  if (isProgram(head)) return { file, firstArgs: [] };
  const text = new TextDecoder().decode(head);
  if (!text.startsWith('#!')) {
    if (head.includes(0)) throw cannotStart(file, 'it is a program for another kind of machine');
    return { file: '/bin/sh', firstArgs: [file] };
  }
  const interpreter = shebang.exec(text)?.[1];
  if (interpreter === undefined) throw cannotStart(file, 'its first line names no interpreter');
  const probe = search.files.probe(posix.resolve(search.cwd, interpreter));
  if (probe.kind !== 'file' || !probe.executable)
    throw cannotStart(file, `its interpreter ${interpreter} is not installed`);
  return { file, firstArgs: [] };
}

/** ELF, and Mach-O in both widths, both byte orders and the fat form. */
function isProgram(head: Uint8Array): boolean {
  if (head.length < 4) return false;
  const magic = new DataView(head.buffer, head.byteOffset, 4).getUint32(0);
  return [0x7f454c46, 0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, 0xcafebabe].includes(magic);
}

/**
 * A `.cmd` file of the npm kind names a program and a script; these are started directly, because
 * Windows can run `.cmd` only through a shell, which would read the arguments a second time.
 */
function resolveWindowsScript(file: string, search: CommandSearch): ResolvedCommand {
  if (!/\.(cmd|bat)$/i.test(file)) return { file, firstArgs: [] };
  const folder = win32.dirname(file);
  const script = windowsScript(new TextDecoder().decode(search.files.head(file, 65_536)), folder);
  if (script === undefined || search.files.probe(script).kind !== 'file')
    throw cannotStart(file, 'it can only run in a shell, which Portcullis does not use');
  if (/\.exe$/i.test(script)) return { file: script, firstArgs: [] };
  const beside = win32.join(folder, 'node.exe');
  const node =
    search.files.probe(beside).kind === 'file' ? beside : findCommand('node.exe', search);
  if (node === undefined) throw notFound('node.exe');
  return { file: node, firstArgs: [script] };
}

/** The script or program that a `.cmd` file of npm, pnpm, Yarn or uv passes its arguments to. */
export function windowsScript(text: string, folder: string): string | undefined {
  const variables = new Map<string, string>([
    ['~dp0', `${folder}\\`],
    ['dp0', `${folder}\\`],
  ]);
  const fill = (value: string) =>
    value.replace(/%~dp0|%([A-Za-z0-9_~]+)%/gi, (whole, name: string | undefined) =>
      name === undefined ? `${folder}\\` : (variables.get(name.toLowerCase()) ?? whole),
    );
  for (const line of text.split(/\r?\n/)) {
    const set = /^\s*@?SET\s+"?([A-Za-z0-9_]+)=([^"]*)"?\s*$/i.exec(line);
    const name = set?.[1]?.toLowerCase();
    if (name !== undefined && !variables.has(name)) variables.set(name, fill(set?.[2] ?? ''));
    const call = /"([^"]+\.(?:js|cjs|mjs|exe))"\s+%\*/i.exec(line)?.[1];
    if (call !== undefined && !/[\\/]node\.exe$/i.test(call)) return cleanPath(fill(call));
    const variable = /"%([A-Za-z0-9_]+)%"\s+%\*/i.exec(line)?.[1];
    const value = variable === undefined ? undefined : variables.get(variable.toLowerCase());
    if (value !== undefined && /\.(js|cjs|mjs|exe)$/i.test(value)) return cleanPath(fill(value));
  }
  return undefined;
}

function cleanPath(path: string): string | undefined {
  return path.includes('%') ? undefined : win32.normalize(path);
}

function notFound(command: string): AppError {
  return new AppError('command_not_found', `The program "${command}" was not found.`, {
    hint: 'Install it, or run `portcullis doctor`, which reads the search path of your shell anew.',
    details: { command },
  });
}

function cannotStart(file: string, why: string): AppError {
  return new AppError('server_start_failed', `${file} cannot be started: ${why}.`, {
    hint: 'Install the program again, or name another command.',
    details: { file },
  });
}
