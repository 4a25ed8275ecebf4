// @ts-check
/**
 * `node scripts/package.mjs [-- BUILDER ARGUMENTS]`: builds everything and packs the desktop app for
 * this system. The Node inside it is this system's own, which the launcher copies for clients to start.
 */
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildAll } from './build.mjs';
import {
  bundledNode,
  continueOnNode24,
  installDependencies,
  root,
  run,
  runScript,
} from './setup.mjs';

function copyNode() {
  // macOS has no such package: the Node that packs is the Node that is packed.
  const node = existsSync(bundledNode()) ? bundledNode() : process.execPath;
  const folder = join(root, 'out', 'package', 'node');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  copyFileSync(node, join(folder, basename(node)));
}

await runScript(async () => {
  installDependencies();
  continueOnNode24();
  const { failed } = await buildAll({ ifStale: true });
  for (const name of failed) console.error(`Could not build ${name}.`);
  if (failed.length > 0) return 1;
  copyNode();
  const builder = join(root, 'node_modules', 'electron-builder', 'cli.js');
  return run(process.execPath, [builder, '--publish', 'never', ...process.argv.slice(2)]);
});
