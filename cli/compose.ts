/** This door's application: the real ports and the contract's client, called directly. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createRouterClient } from '@orpc/server';
import { createApp } from '../core/app.ts';
import { createRouter } from '../core/handlers.ts';
import manifest from '../package.json' with { type: 'json' };
import { copyFile } from '../platform/copy-file.ts';
import { createPorts } from '../platform/ports.ts';
import { programFiles } from '../platform/program-files.ts';
import { createRemoteHttp } from '../platform/remote-http.ts';
import { createSandbox } from '../platform/sandbox/sandbox.ts';
import type { Api } from '../shared/api.ts';
import { Secret } from '../shared/secret.ts';
import { launcherFolder } from './places.ts';
import type { Prompt } from './ui/prompt.ts';
import { words } from './words.ts';

/** The helper beside the bundle; a checkout's sources have their own beside themselves. */
function keychainHelper(): { command: string; args: readonly string[] } | undefined {
  const helper = fileURLToPath(new URL('./keychain-helper.mjs', import.meta.url));
  if (!existsSync(helper)) return undefined;
  const library = createRequire(import.meta.url).resolve('@napi-rs/keyring');
  return { command: process.execPath, args: [helper, library] };
}

export function composeApi(prompt: Prompt | undefined): Api {
  const helper = keychainHelper();
  const ports = createPorts({
    ...(helper === undefined ? {} : { keychainHelper: helper }),
    ...(prompt === undefined
      ? {}
      : {
          askPassphrase: async () =>
            new Secret(await prompt.ask(words.ask.passphrase, { hidden: true })),
        }),
  });
  const app = createApp({
    ...ports,
    programFiles,
    sandbox: createSandbox(ports.machine.platform, {
      roots: ports.roots,
      path: ports.machine.env.PATH,
    }),
    openHttp: (server) => createRemoteHttp(server, ports.machine.env),
    pause: async (milliseconds, signal) => {
      await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
    },
    copyFile,
    // Loaded only when something is watched: most commands end before it would be.
    watch: {
      start: async (paths, onChange) => {
        const { createWatch } = await import('../platform/watch.ts');
        return createWatch().start(paths, onChange);
      },
    },
    launcherSource: {
      folder: launcherFolder(),
      node: process.execPath,
      nodeVersion: process.versions.node,
      version: manifest.version,
    },
    version: manifest.version,
    who: 'command line',
  });
  return createRouterClient(createRouter(app));
}
