/** This machine and this person, read once at the door and handed on as data. */
import { homedir, userInfo } from 'node:os';
import type { Machine, Platform } from '../core/ports.ts';
import { AppError } from '../shared/errors.ts';

const platforms: Readonly<Partial<Record<NodeJS.Platform, Platform>>> = {
  linux: 'linux',
  darwin: 'macos',
  win32: 'windows',
};

/** Fails with `unsupported` on a system we have no column for. */
export function readMachine(): Machine {
  const platform = platforms[process.platform];
  if (platform === undefined) {
    throw new AppError('unsupported', `Portcullis does not run on ${process.platform}.`, {
      hint: 'It runs on Linux, macOS and Windows.',
    });
  }
  const shell = accountShell();
  const machine = { platform, home: homedir(), env: { ...process.env } };
  return shell === undefined ? machine : { ...machine, shell };
}

function accountShell(): string | undefined {
  try {
    return userInfo().shell || undefined;
  } catch {
    // In a container a number may have no name.
    return undefined;
  }
}
