// @ts-check
/**
 * `node scripts/package.mjs [-- BUILDER ARGUMENTS]`: builds everything and packs the desktop app for
 * this system. The Node inside it is this system's own, which the launcher copies for clients to start.
 */
import { join } from 'node:path';
import { buildAll } from './build.mjs';
import { continueOnNode24, installDependencies, root, run, runScript } from './setup.mjs';

await runScript(async () => {
  installDependencies();
  continueOnNode24();
  const { failed } = await buildAll({ ifStale: true });
  for (const name of failed) console.error(`Could not build ${name}.`);
  if (failed.length > 0) return 1;
  // Not before the dependencies are there, which it reads.
  const { copyNode } = await import('./packed.mjs');
  copyNode(join(root, 'out', 'package', 'node'));
  const builder = join(root, 'node_modules', 'electron-builder', 'cli.js');
  return run(process.execPath, [builder, '--publish', 'never', ...process.argv.slice(2)]);
});
