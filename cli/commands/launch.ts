/** `run` from a checkout: hands over to the launcher, which becomes the server. */
import { join } from 'node:path';
import { chooseRoots } from '../../platform/roots.ts';
import type { Action } from '../command.ts';
import { launcherFolder } from '../places.ts';
import { run } from '../run/run.ts';

export const launch: Action = ({ input, home }) =>
  run(input.words[0] ?? '', {
    roots: chooseRoots(),
    home,
    library: join(launcherFolder(), 'keyring.node'),
    stay: input.has('stay'),
  });
