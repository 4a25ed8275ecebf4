/** Everything that an application of any door needs from this machine. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Watch } from '../core/ports.ts';
import type { TimedClipboard } from './clipboard.ts';
import { copyFile } from './copy-file.ts';
import { createPorts, type PortsOptions } from './ports.ts';
import { programFiles } from './program-files.ts';
import { createRemoteHttp } from './remote-http.ts';
import { createSandbox } from './sandbox/sandbox.ts';

export interface AppPortsOptions extends Pick<PortsOptions, 'roots' | 'askPassphrase'> {
  /** Which door this is, in the history of files. */
  readonly who: 'command line' | 'desktop' | 'browser';
  readonly version: string;
  /** What the build has made: `launcher/`, and the keychain's helper where it is bundled. */
  readonly parts: {
    readonly launcher: string;
    /** Absent when our own sources run. */
    readonly keychainHelper?: string;
    /** The Node that the helper and the launcher run on. */
    readonly node: string;
    readonly nodeVersion: string;
  };
  readonly clipboard?: TimedClipboard | undefined;
  /** A door that stays open hears of what other programs change. */
  readonly watches: boolean;
}

export function createAppPorts(options: AppPortsOptions) {
  const { parts, version, who, clipboard } = options;
  const helper = findHelper(parts);
  const ports = createPorts({
    ...(options.roots === undefined ? {} : { roots: options.roots }),
    ...(options.askPassphrase === undefined ? {} : { askPassphrase: options.askPassphrase }),
    ...(helper === undefined ? {} : { keychainHelper: helper }),
  });
  return {
    ...ports,
    programFiles,
    sandbox: createSandbox(ports.machine.platform, {
      roots: ports.roots,
      path: ports.machine.env.PATH,
    }),
    openHttp: (server: string) => createRemoteHttp(server, ports.machine.env),
    pause: async (milliseconds: number, signal: AbortSignal) => {
      await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
    },
    copyFile,
    launcherSource: {
      folder: parts.launcher,
      node: parts.node,
      nodeVersion: parts.nodeVersion,
      version,
    },
    ...(clipboard === undefined ? {} : { clipboard }),
    ...(options.watches ? { watch: lazyWatch } : {}),
    version,
    who,
  };
}

/** Loaded only when something is watched: most commands end before it would be. */
const lazyWatch: Watch = {
  start: async (paths, onChange) => {
    const { createWatch } = await import('./watch.ts');
    return createWatch().start(paths, onChange);
  },
};

function findHelper({ keychainHelper, node, launcher }: AppPortsOptions['parts']) {
  if (keychainHelper === undefined || !existsSync(keychainHelper)) return undefined;
  const beside = join(launcher, 'keyring.node');
  const library = existsSync(beside)
    ? beside
    : createRequire(import.meta.url).resolve('@napi-rs/keyring');
  return { command: node, args: [keychainHelper, library] };
}
