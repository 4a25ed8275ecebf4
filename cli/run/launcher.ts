/**
 * Entry of the installed launcher, `<data>/bin/portcullis`. It serves `run` and `--version` and takes
 * our folders from a file beside itself: a client in a Snap or Flatpak has a `HOME` of its own.
 */
import { join } from 'node:path';
import type { Roots } from '../../core/ports.ts';
import { AppError } from '../../shared/errors.ts';
import { readTextIfThere } from './disk.ts';
import { fail } from './fail.ts';
import { run, runTrial } from './run.ts';

/** Put in by the bundler. */
declare const portcullisVersion: string;

const usage = 'Use `portcullis run ID`. All other commands are in the Portcullis app.';

function main(args: readonly string[]): Promise<never> {
  if (args[0] === '--version') {
    process.stdout.write(`${portcullisVersion}\n`);
    process.exit(0);
  }
  const [command, ...rest] = args;
  if (command === 'run' && rest[0] === '--trial' && rest[1] !== undefined) {
    return runTrial(rest[1], { ...readRoots(), library: join(__dirname, 'keyring.node') });
  }
  const stay = rest[0] === '--stay';
  const ids = stay ? rest.slice(1) : rest;
  const [id] = ids;
  if (command !== 'run' || id === undefined || ids.length > 1)
    return fail(
      new AppError('bad_input', 'The launcher did not understand its arguments.', { hint: usage }),
    );
  return run(id, { ...readRoots(), library: join(__dirname, 'keyring.node'), stay });
}

function readRoots(): { readonly roots: Roots; readonly home?: string } {
  const file = join(__dirname, 'roots.json');
  try {
    const parsed: unknown = JSON.parse(readTextIfThere(file) ?? '');
    if (isRoots(parsed)) {
      const { config, data, cache, home } = parsed;
      return { roots: { config, data, cache }, ...(home === undefined ? {} : { home }) };
    }
  } catch {
    // Said below.
  }
  return fail(
    new AppError('launcher_missing', 'The launcher does not know its folders.', {
      hint: 'Run `portcullis doctor` to install the launcher again.',
      details: { file },
    }),
  );
}

function isRoots(value: unknown): value is Roots & { readonly home?: string } {
  if (typeof value !== 'object' || value === null) return false;
  const roots: Readonly<Record<string, unknown>> = { ...value };
  return (
    ['config', 'data', 'cache'].every((name) => typeof roots[name] === 'string') &&
    (roots.home === undefined || typeof roots.home === 'string')
  );
}

void main(process.argv.slice(2));
