/** The parts of a packed app at work, far from any checkout: nothing of `node_modules` is in reach. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSystemKeychain } from '../../platform/keychain/system-keychain.ts';
import { findOpenWays } from '../../scripts/packed.mjs';
import { Secret } from '../../shared/secret.ts';
import { secretTemplate } from '../../shared/template.ts';
import {
  type LauncherWorld,
  openLauncherWorld,
  plantedValue,
  serverRecord,
} from '../support/launcher.ts';
import { type PackedApp, packApp } from '../support/packed-app.ts';

let packed: PackedApp;
let world: LauncherWorld;
const inPacked = (...names: readonly string[]) => join(packed.resources, ...names);

beforeAll(async () => {
  packed = await packApp();
  world = await openLauncherWorld({ folder: inPacked('launcher'), node: inPacked('node', 'node') });
}, 120_000);
afterAll(async () => {
  await world.stop();
  await packed.remove();
});

test('the launcher installs from a packed app, and a client starts a server by it', async () => {
  expect(await world.launcher.check()).toEqual({ state: 'ready', version: expect.any(String) });
  const value = plantedValue();
  world.writeRecords(
    serverRecord('plain', {
      command: '/bin/sh',
      args: ['-c', 'printf %s "$TOKEN"'],
      env: { TOKEN: secretTemplate('TOKEN') },
    }),
  );
  await world.storeSecrets('plain', { TOKEN: value });
  expect(await world.run('plain')).toMatchObject({ exitCode: 0, stdout: value });
});

test('each part that few launches need loads by itself', () => {
  const { files } = JSON.parse(readFileSync(inPacked('launcher', 'launcher.json'), 'utf8'));
  const bundles = Object.keys(files).filter(
    (name) => name.endsWith('.cjs') && name !== 'portcullis.cjs',
  );
  const script = `for (const file of process.argv.slice(1)) console.log(Object.keys(require(file)).length > 0)`;
  const answer = execFileSync(
    inPacked('node', 'node'),
    ['-e', script, ...bundles.map((name) => inPacked('launcher', name))],
    { encoding: 'utf8', cwd: packed.folder },
  );
  expect(answer.trim().split('\n')).toEqual(bundles.map(() => 'true'));
});

test('a program that refuses every way in passes', async () => {
  const program = join(packed.folder, 'refuses');
  await writeFile(program, '#!/bin/sh\nexit 2\n', { mode: 0o755 });
  expect(findOpenWays(program)).toEqual([]);
});

test('the packed helper reaches the keychain', async () => {
  const { keyring } = world;
  const keychain = createSystemKeychain({
    machine: { platform: 'linux', home: keyring.home, env: keyring.env },
    helper: {
      command: inPacked('node', 'node'),
      args: [inPacked('helper', 'keychain-helper.mjs'), inPacked('launcher', 'keyring.node')],
    },
  });
  const value = plantedValue();
  await keychain.set('packed', new Secret(value));
  expect((await keychain.get('packed'))?.reveal()).toBe(value);
  await keychain.close();
});
