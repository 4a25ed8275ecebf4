/** This door's application: the real ports and the contract's client, called directly. */
import { fileURLToPath } from 'node:url';
import { createRouterClient } from '@orpc/server';
import { createApp } from '../core/app.ts';
import { createRouter } from '../core/handlers.ts';
import manifest from '../package.json' with { type: 'json' };
import { createAppPorts } from '../platform/app-ports.ts';
import type { Api } from '../shared/api.ts';
import { Secret } from '../shared/secret.ts';
import { launcherFolder } from './places.ts';
import type { Prompt } from './ui/prompt.ts';
import { words } from './words.ts';

/** `prompt` asks for the passphrase of a vault; without it nobody can be asked. */
export function composeApi(prompt: Prompt | undefined): Api {
  const ports = createAppPorts({
    who: 'command line',
    version: manifest.version,
    parts: {
      launcher: launcherFolder(),
      // Beside the bundle; a checkout's sources have their own beside themselves.
      keychainHelper: fileURLToPath(new URL('./keychain-helper.mjs', import.meta.url)),
      node: process.execPath,
      nodeVersion: process.versions.node,
    },
    watches: true,
    ...(prompt === undefined
      ? {}
      : {
          askPassphrase: async () =>
            new Secret(await prompt.ask(words.ask.passphrase, { hidden: true })),
        }),
  });
  return createRouterClient(createRouter(createApp(ports)));
}
