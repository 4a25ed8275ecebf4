import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../shared/secret.ts';
import type { DenyingWorld } from '../../test/support/denied-files-suite.ts';
import { keychainFailure } from '../../test/support/keychain-suite.ts';
import { type Bus, withoutBus } from '../../test/support/keyring.ts';
import { openRealFiles } from '../../test/support/real-files.ts';
import { createProcesses } from '../processes.ts';
import { chooseSystemKeychain, chooseVault } from './choice.ts';
import { createKeychain } from './keychain.ts';

let world: DenyingWorld;
let bus: Bus;

beforeEach(async () => {
  world = await openRealFiles();
  bus = withoutBus();
});
afterEach(async () => {
  await world.close();
  await bus.stop();
});

const roots = () => ({
  config: join(world.root, 'config'),
  data: join(world.root, 'data'),
  cache: join(world.root, 'cache'),
});
const place = () => ({ files: world.files, roots: roots() });

function open(askPassphrase?: () => Promise<Secret>) {
  return createKeychain({
    machine: { platform: 'linux', home: bus.home, env: bus.env },
    ...place(),
    processes: createProcesses('linux'),
    ...(askPassphrase === undefined ? {} : { askPassphrase }),
  });
}

test('without a choice there is no vault, only an error', async () => {
  const keychain = open(async () => new Secret('asked'));
  expect(await keychainFailure(keychain.set('server', new Secret('value')))).toEqual({
    code: 'keychain_unavailable',
    hint: true,
  });
  expect(await world.files.list(world.root)).toEqual([]);
});

test('the choice holds from the next connection on, and back', async () => {
  const keychain = open(async () => new Secret('asked'));
  expect((await keychain.status()).state).toBe('unavailable');
  await chooseVault(place(), { use: 'vault' });
  await keychain.reconnect();
  await keychain.set('server', new Secret('value'));
  expect((await keychain.get('server'))?.reveal()).toBe('value');
  expect((await keychain.status()).state).toBe('vault');
  await chooseSystemKeychain(place());
  await keychain.reconnect();
  expect((await keychain.status()).state).toBe('unavailable');
});

test('a choice that cannot be read is an error, not another keychain', async () => {
  await world.files.makeFolder(roots().config);
  const path = join(roots().config, 'keychain.json');
  await world.files.createExclusive(path, new TextEncoder().encode('{"use":"cloud"}'), 0o600);
  expect(await keychainFailure(open().get('server'))).toEqual({
    code: 'file_unparsable',
    hint: true,
  });
});

test('without anybody to ask, a passphrase command opens the vault', async () => {
  await chooseVault(place(), { use: 'vault' });
  expect(await keychainFailure(open().set('server', new Secret('value')))).toEqual({
    code: 'keychain_locked',
    hint: true,
  });
  await chooseVault(place(), {
    use: 'vault',
    passphraseCommand: ['printf', 'spoken $HOME\\nrest'],
  });
  await open().set('server', new Secret('value'));
  expect((await open().get('server'))?.reveal()).toBe('value');
  // The command ran without a shell: the variable was not filled in.
  await chooseVault(place(), { use: 'vault' });
  const person = open(async () => new Secret('spoken $HOME'));
  expect((await person.get('server'))?.reveal()).toBe('value');
});

test.each([[['false']], [['true']]])(
  'a passphrase command that gives nothing: %j',
  async (passphraseCommand) => {
    await chooseVault(place(), { use: 'vault', passphraseCommand });
    expect(await keychainFailure(open().set('server', new Secret('value')))).toEqual({
      code: 'keychain_locked',
      hint: true,
    });
  },
);
