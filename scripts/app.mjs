// @ts-check
/**
 * `npm run app [-- ARGUMENTS]`: from a fresh checkout to a running app. Installs what is missing,
 * builds what changed, and opens the first door in the table that this machine has. With arguments
 * it is the command line.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from './build.mjs';
import { continueOnNode24, installDependencies, root, run, runScript } from './setup.mjs';

/**
 * @typedef {object} Door
 * @property {string} name
 * @property {() => string | undefined} obstacle Why this machine cannot open it, if it cannot.
 * @property {(args: readonly string[]) => number} open Returns the exit code.
 */

/** @param {readonly string[]} args */
const openTerminal = (args) => run(process.execPath, [join(root, 'bin', 'portcullis'), ...args]);

/** Best first. @type {readonly Door[]} */
const doors = [
  {
    name: 'terminal',
    obstacle: () => (existsSync(join(root, 'out', 'cli')) ? undefined : 'it is not built'),
    open: openTerminal,
  },
];

await runScript(async () => {
  installDependencies();
  continueOnNode24();
  const { failed } = await buildAll({ ifStale: true });
  for (const name of failed) console.error(`Could not build ${name}; going on without.`);
  const args = process.argv.slice(2);
  if (args.length > 0) return openTerminal(args);
  for (const door of doors) {
    const obstacle = door.obstacle();
    if (obstacle === undefined) return door.open([]);
    console.error(`Not opening the ${door.name}: ${obstacle}.`);
  }
  return 1;
});
