import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { afterEach, expect, test } from 'vitest';
import { Secret } from '../../shared/secret.ts';
import { type Bus, startKeyring, withoutBus } from '../../test/support/keyring.ts';
import { createSystemKeychain } from './system-keychain.ts';

const library = createRequire(import.meta.url).resolve('@napi-rs/keyring');
const opened: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.stop();
});

/** Reads in a process of its own, as the launcher does, and leaves as the launcher does. */
function readIn(env: Bus['env'], account: string, path = library): unknown {
  const script = `
    import { readItem } from ${JSON.stringify(new URL('./direct.ts', import.meta.url).href)};
    const options = { platform: 'linux', library: ${JSON.stringify(path)}, deadline: 4000 };
    const answer = await readItem(${JSON.stringify(account)}, options).then(
      (value) => ({ value: value?.reveal() ?? 'absent' }),
      (error) => ({ code: error.code, reason: error.details?.reason }),
    );
    process.stdout.write(JSON.stringify(answer), () => process.kill(process.pid, 'SIGKILL'));`;
  const args = ['--input-type=module', '-e', script];
  const { stdout } = spawnSync(process.execPath, args, { env, encoding: 'utf8', timeout: 20_000 });
  return JSON.parse(stdout);
}

test('every state of the keychain is told apart without a helper', async () => {
  const keyring = await startKeyring();
  opened.push(keyring);
  const machine = { platform: 'linux', home: keyring.home, env: keyring.env } as const;
  const keychain = createSystemKeychain({ machine, longestItem: 10 });
  opened.push({ stop: () => keychain.close() });
  await keychain.set('server', new Secret('a value of several parts'));
  // The address is left out, as clients that are started by a service do.
  const { DBUS_SESSION_BUS_ADDRESS: _, ...env } = keyring.env;
  expect(readIn(env, 'server')).toEqual({ value: 'a value of several parts' });
  expect(readIn(env, 'absent')).toEqual({ value: 'absent' });
  expect(readIn(env, 'server', '/no/such/keyring.node')).toEqual({
    code: 'keychain_unavailable',
    reason: 'no-library',
  });
  await keyring.lock();
  expect(readIn(env, 'server')).toEqual({ code: 'keychain_locked', reason: 'locked' });
  expect(readIn(env, 'absent')).toEqual({ code: 'keychain_locked', reason: 'locked' });
  keyring.freeze();
  expect(readIn(env, 'server')).toEqual({ code: 'keychain_timeout', reason: 'timeout' });
  keyring.thaw();
  await keyring.kill();
  expect(readIn(env, 'server')).toEqual({ code: 'keychain_unavailable', reason: 'unavailable' });
});

test('no bus at all', () => {
  const bus = withoutBus();
  opened.push(bus);
  expect(readIn(bus.env, 'server')).toEqual({
    code: 'keychain_unavailable',
    reason: 'unavailable',
  });
});
