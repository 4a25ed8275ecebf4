// All ports together, each used once, in a world of their own.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Secret } from '../shared/secret.ts';
import { type Keyring, startKeyring } from '../test/support/keyring.ts';
import { createPorts } from './ports.ts';

let keyring: Keyring;

beforeEach(async () => {
  keyring = await startKeyring();
  for (const [name, value] of Object.entries(keyring.env)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await keyring.stop();
});

test('the ports of this machine work together', async () => {
  const roots = {
    config: join(keyring.home, 'config'),
    data: join(keyring.home, 'data'),
    cache: join(keyring.home, 'cache'),
  };
  const ports = createPorts({ roots });
  expect(ports.roots).toEqual(roots);
  expect(ports.machine).toMatchObject({ platform: 'linux', home: keyring.home });
  await ports.keychain.set('server', new Secret('value'));
  await ports.keychain.reconnect();
  expect((await ports.keychain.get('server'))?.reveal()).toBe('value');
  expect(await ports.keychain.status()).toEqual({
    state: 'ready',
    backend: 'Secret Service (org.freedesktop.secrets)',
  });
  await ports.files.makeFolder(roots.data);
  const env = { PATH: ports.machine.env.PATH ?? '' };
  const { stdout } = await ports.processes.run('pwd', [], { env, cwd: roots.data, timeout: 5_000 });
  expect(stdout).toBe(`${roots.data}\n`);
  expect(ports.clock.now()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const before = ports.clock.monotonic();
  await ports.clock.sleep(1);
  expect(ports.clock.monotonic()).toBeGreaterThan(before);
  expect(ports.random.bytes(32)).toHaveLength(32);
});
