/** Our own folders on this machine. */
import { isAbsolute } from 'node:path';
import envPaths from 'env-paths';
import type { Roots } from '../core/ports.ts';
import { AppError } from '../shared/errors.ts';

/**
 * The system's usual places (`XDG_*` and `APPDATA` are honoured), or those given. Fails with
 * `bad_input` when one is not absolute: it would mean another folder for each starting place.
 */
export function chooseRoots(given: Partial<Roots> = {}): Roots {
  const usual = envPaths('portcullis', { suffix: '' });
  const roots = {
    config: given.config ?? usual.config,
    data: given.data ?? usual.data,
    cache: given.cache ?? usual.cache,
  };
  for (const [name, path] of Object.entries(roots)) {
    if (isAbsolute(path)) continue;
    throw new AppError('bad_input', `The ${name} folder "${path}" is not an absolute path.`, {
      hint: `Check XDG_${name.toUpperCase()}_HOME (or APPDATA on Windows) in the environment.`,
      details: { path },
    });
  }
  return roots;
}
