/** This machine and this person, read once at the door and handed on as data. */
import { homedir } from 'node:os';
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
  return { platform, home: homedir(), env: { ...process.env } };
}
