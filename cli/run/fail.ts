/** The launcher's own words: one line on stderr, and only when something failed. */
import { writeSync } from 'node:fs';
import { toAppError } from '../../shared/errors.ts';
import { escapeText } from '../ui/escape.ts';
import { leave } from './become.ts';

/** Says what went wrong and leaves with the exit code of the error. */
export function fail(thrown: unknown): never {
  const error = toAppError(thrown);
  const words = [error.message, error.hint ?? ''].join(' ').replaceAll(/\s+/g, ' ').trim();
  say(words);
  return leave(error.exitCode);
}

export function say(words: string): void {
  try {
    // A record may be anybody's words.
    writeSync(2, `portcullis: ${escapeText(words)}\n`);
  } catch {
    // Nobody reads stderr any more.
  }
}
