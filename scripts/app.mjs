// @ts-check
/**
 * `npm run app [-- ARGUMENTS]`: from a fresh checkout to a running app. Installs what is missing,
 * builds what changed, and opens the first door in the table that this machine has. With arguments
 * it is the command line; a `--yes` alone opens the app too.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from './build.mjs';
import { fetchElectron, findElectron } from './electron-binary.mjs';
import {
  continueOnNode24,
  installDependencies,
  root,
  run,
  runScript,
  withoutConsent,
} from './setup.mjs';

/**
 * @typedef {object} Door
 * @property {string} name
 * @property {() => Promise<string | undefined>} obstacle Why this machine cannot open it, if it cannot.
 * @property {(args: readonly string[]) => number} open Returns the exit code.
 */

/** @param {readonly string[]} args */
const openTerminal = (args) => run(process.execPath, [join(root, 'bin', 'portcullis'), ...args]);

/** @param {string} name A folder below `out/`. */
const isBuilt = (name) => existsSync(join(root, 'out', name));

const hasScreen =
  process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

/** Best first. @type {readonly Door[]} */
const doors = [
  {
    name: 'desktop',
    obstacle: async () => {
      if (!hasScreen) return 'there is no screen';
      if (process.geteuid?.() === 0) return 'its sandbox does not work for root';
      if (!isBuilt('electron') || !isBuilt('renderer')) return 'it is not built';
      return fetchElectron();
    },
    open: (args) =>
      run(findElectron() ?? 'electron', [join(root, 'out', 'electron', 'main.mjs'), ...args]),
  },
  {
    // Prints the address where there is no screen.
    name: 'browser',
    obstacle: async () =>
      isBuilt('cli') && isBuilt('renderer') ? undefined : 'the window is not built',
    open: (args) => openTerminal(['open', ...args]),
  },
  {
    name: 'terminal',
    obstacle: async () => (isBuilt('cli') ? undefined : 'it is not built'),
    open: openTerminal,
  },
];

await runScript(async () => {
  installDependencies();
  continueOnNode24();
  const { failed } = await buildAll({ ifStale: true });
  for (const name of failed) console.error(`Could not build ${name}; going on without.`);
  const args = withoutConsent(process.argv.slice(2));
  if (args.length > 0) return openTerminal(args);
  for (const door of doors) {
    const obstacle = await door.obstacle();
    if (obstacle === undefined) {
      console.error(`Opening the ${door.name}.`);
      return door.open([]);
    }
    console.error(`Not opening the ${door.name}: ${obstacle}.`);
  }
  return 1;
});
