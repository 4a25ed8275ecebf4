/**
 * The clipboard of this machine through the system's own programs. A value travels on standard input
 * only, is marked as nothing to keep where the program knows how, and is taken away again unless the
 * person has copied something else since.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Machine } from '../core/ports.ts';
import { AppError } from '../shared/errors.ts';

/** What gives text to the clipboard and looks at it; the desktop has one of its own. */
export interface ClipboardAccess {
  write(text: string): Promise<void>;
  read(): Promise<string>;
  clear(): Promise<void>;
}

export interface TimedClipboard {
  readonly clearsAfter: number;
  copy(value: { reveal(): string }): Promise<void>;
}

type Command = readonly [program: string, ...args: string[]];

interface ClipboardRow {
  /** Variables of which one must be set: without a display there is no clipboard. */
  readonly display: readonly string[];
  readonly platform: Machine['platform'];
  readonly write: Command;
  readonly read: Command;
  readonly clear: Command;
}

const powershell = ['powershell.exe', '-NoProfile', '-NonInteractive', '-Command'] as const;

/**
 * Kept out of clipboard histories as Windows asks for it: three formats beside the text. The text
 * comes on standard input.
 */
const windowsWrite = [
  'Add-Type -AssemblyName System.Windows.Forms;',
  '[Console]::InputEncoding = [Text.Encoding]::UTF8;',
  '$data = New-Object Windows.Forms.DataObject;',
  '$data.SetText([Console]::In.ReadToEnd(), [Windows.Forms.TextDataFormat]::UnicodeText);',
  '$no = New-Object IO.MemoryStream(,[BitConverter]::GetBytes([int]0));',
  "foreach ($name in 'ExcludeClipboardContentFromMonitorProcessing', 'CanIncludeInClipboardHistory', 'CanUploadToCloudClipboard') { $data.SetData($name, $no) };",
  '[Windows.Forms.Clipboard]::SetDataObject($data, $true)',
].join(' ');

/** Best first. */
const rows: readonly ClipboardRow[] = [
  {
    platform: 'linux',
    display: ['WAYLAND_DISPLAY'],
    // Clipboard histories that know the hint keep nothing of what is marked sensitive.
    write: ['wl-copy', '--sensitive', '--type', 'text/plain;charset=utf-8'],
    read: ['wl-paste', '--no-newline'],
    clear: ['wl-copy', '--clear'],
  },
  {
    platform: 'linux',
    display: ['DISPLAY'],
    write: ['xclip', '-selection', 'clipboard', '-in'],
    read: ['xclip', '-selection', 'clipboard', '-out'],
    clear: ['xclip', '-selection', 'clipboard', '-in', '/dev/null'],
  },
  {
    platform: 'linux',
    display: ['DISPLAY'],
    write: ['xsel', '--clipboard', '--input'],
    read: ['xsel', '--clipboard', '--output'],
    clear: ['xsel', '--clipboard', '--clear'],
  },
  { platform: 'macos', display: [], write: ['pbcopy'], read: ['pbpaste'], clear: ['pbcopy'] },
  {
    platform: 'windows',
    display: [],
    write: [...powershell, windowsWrite],
    read: [...powershell, 'Get-Clipboard -Raw'],
    clear: [...powershell, 'Set-Clipboard -Value $null'],
  },
];

/** Seconds that a value stays. */
const clearsAfter = 30;
/** Milliseconds for one program. */
const timeout = 5000;

/** Undefined where there is no clipboard that we could use. */
export function createClipboard(machine: Machine): TimedClipboard | undefined {
  const row = rows.find(
    ({ platform, display, write }) =>
      platform === machine.platform &&
      (display.length === 0 || display.some((name) => machine.env[name])) &&
      isOnPath(write[0], machine),
  );
  return row === undefined ? undefined : timeClipboard(openPrograms(row, machine));
}

/** A clipboard that forgets: `schedule` calls back after so many milliseconds. */
export function timeClipboard(
  access: ClipboardAccess,
  schedule: (work: () => void, milliseconds: number) => void = scheduleQuietly,
): TimedClipboard {
  let latest = 0;
  return {
    clearsAfter,
    copy: async (value) => {
      const text = value.reveal();
      const mark = digest(text);
      latest += 1;
      const own = latest;
      await access.write(text);
      schedule(() => void clearIfStill(own, mark), clearsAfter * 1000);
    },
  };

  async function clearIfStill(own: number, mark: string): Promise<void> {
    // A later copy has its own 30 seconds.
    if (own !== latest) return;
    try {
      if (digest(await access.read()) === mark) await access.clear();
    } catch {
      // The clipboard went away with its display, and the value with it.
    }
  }
}

/** Does not keep the process alive; a door that closes leaves the rest to the system. */
function scheduleQuietly(work: () => void, milliseconds: number): void {
  setTimeout(work, milliseconds).unref();
}

/** Kept in place of the value, which must not stay in memory for the half minute. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function openPrograms({ write, read, clear }: ClipboardRow, { env }: Machine): ClipboardAccess {
  return {
    write: async (text) => void (await runProgram(write, text, { env, reads: false })),
    read: () => runProgram(read, '', { env, reads: true }),
    clear: async () => void (await runProgram(clear, '', { env, reads: false })),
  };
}

/** No shell, and nothing of the value in arguments or errors. */
function runProgram(
  [program, ...args]: Command,
  input: string,
  { env, reads }: { readonly env: Machine['env']; readonly reads: boolean },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (cause?: unknown) =>
      reject(
        new AppError('unsupported', `The clipboard did not answer (${program}).`, {
          hint: 'Try again, or type the value where it is needed.',
          cause,
        }),
      );
    // Programs that own the clipboard live on in the background: their output must not hold us.
    const child = spawn(program, args, {
      env: { ...env },
      stdio: ['pipe', reads ? 'pipe' : 'ignore', 'ignore'],
      timeout,
    });
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', fail);
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
    child.on(reads ? 'close' : 'exit', (code) =>
      code === 0 ? resolve(Buffer.concat(chunks).toString('utf8')) : fail(),
    );
  });
}

function isOnPath(program: string, { env }: Machine): boolean {
  const path = env.PATH ?? env.Path ?? '';
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}
