import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { Secret } from '../../shared/secret.ts';
import {
  keychainFailure,
  keychainStatesSuite,
  keychainSuite,
} from '../../test/support/keychain-suite.ts';
import {
  type Bus,
  type Keyring,
  startBus,
  startKeyring,
  withoutBus,
} from '../../test/support/keyring.ts';
import { isAlive } from '../process-list.ts';
import { createSystemKeychain, type SystemKeychain } from './system-keychain.ts';

const quick = { call: 3_000, prompt: 6_000, idle: 30_000 };

function connect(bus: Bus, longestItem?: number): SystemKeychain {
  return createSystemKeychain({
    machine: { platform: 'linux', home: bus.home, env: bus.env },
    limits: quick,
    ...(longestItem === undefined ? {} : { longestItem }),
  });
}

async function openWorld(longestItem?: number) {
  const keyring = await startKeyring();
  const keychain = connect(keyring, longestItem);
  const changes = {
    ready: async () => {
      keyring.thaw();
      await keyring.unlock();
    },
    locked: () => keyring.lock(),
    unavailable: () => keyring.kill(),
    timeout: async () => keyring.freeze(),
  };
  return {
    keychain,
    become: (state: keyof typeof changes) => changes[state](),
    async close() {
      await keychain.close();
      await keyring.stop();
    },
  };
}

keychainSuite('gnome-keyring', () => openWorld());
keychainSuite('gnome-keyring with items of 20 000 characters', () => openWorld(20_000));
keychainStatesSuite('gnome-keyring', () => openWorld());

const opened: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.stop();
});

function keep<T extends Bus>(
  bus: T,
  keychain: SystemKeychain,
): { bus: T; keychain: SystemKeychain } {
  opened.push(bus, { stop: () => keychain.close() });
  return { bus, keychain };
}

async function openKeyring(): Promise<{ bus: Keyring; keychain: SystemKeychain }> {
  const keyring = await startKeyring();
  return keep(keyring, connect(keyring));
}

test.each([
  ['no bus', async () => withoutBus()],
  ['a bus without Secret Service', () => startBus()],
] as const)('%s: unavailable, with the package to install', async (_, start) => {
  const bus = await start();
  const { keychain } = keep(bus, connect(bus));
  for (const ask of [
    () => keychain.get('server'),
    () => keychain.set('server', new Secret('value')),
    () => keychain.delete('server'),
  ]) {
    const thrown: unknown = await ask().catch((cause: unknown) => cause);
    if (!(thrown instanceof AppError)) throw thrown;
    expect(thrown.code).toBe('keychain_unavailable');
    expect(thrown.hint).toMatch('apt install gnome-keyring');
  }
  expect(await keychain.status()).toMatchObject({ state: 'unavailable' });
});

test('a daemon that dies between two calls is an error, never an absent item', async () => {
  const { bus, keychain } = await openKeyring();
  await keychain.set('server', new Secret('value'));
  await bus.kill();
  expect(await keychainFailure(keychain.get('server'))).toEqual({
    code: 'keychain_unavailable',
    hint: true,
  });
  await bus.unlock();
  expect((await keychain.get('server'))?.reveal()).toBe('value');
});

test('a daemon that hangs: the helper is killed and the next call is served', async () => {
  const { bus, keychain } = await openKeyring();
  await keychain.set('server', new Secret('value'));
  const helper = keychain.helperPid() ?? 0;
  expect(isAlive(helper, 'linux')).toBe(true);
  bus.freeze();
  expect(await keychainFailure(keychain.get('server'))).toEqual({
    code: 'keychain_timeout',
    hint: true,
  });
  expect([isAlive(helper, 'linux'), keychain.helperPid()]).toEqual([false, undefined]);
  bus.thaw();
  expect((await keychain.get('server'))?.reveal()).toBe('value');
});

test('a helper that is killed in the middle: work goes on over a new one', async () => {
  const { keychain } = await openKeyring();
  await keychain.set('server', new Secret('value'));
  const killed = <T>(work: Promise<T>): Promise<T> => {
    process.kill(keychain.helperPid() ?? 0, 'SIGKILL');
    return work;
  };
  expect((await killed(keychain.get('server')))?.reveal()).toBe('value');
  await killed(keychain.set('server', new Secret('other')));
  expect((await keychain.get('server'))?.reveal()).toBe('other');
});

test('reconnecting ends the helper, after the calls that came before', async () => {
  const { keychain } = await openKeyring();
  await keychain.set('server', new Secret('value'));
  const first = keychain.helperPid() ?? 0;
  const before = keychain.get('server');
  const renewed = keychain.reconnect();
  const after = keychain.get('server');
  expect((await before)?.reveal()).toBe('value');
  await renewed;
  expect(isAlive(first, 'linux')).toBe(false);
  expect((await after)?.reveal()).toBe('value');
  expect(keychain.helperPid()).not.toBe(first);
});

test('calls of several parts at once never end each other, however often one reconnects', async () => {
  const { keychain } = await openKeyring();
  const work = async (account: string) => {
    for (let round = 0; round < 10; round += 1) {
      await keychain.set(account, new Secret(`${account} ${round}`));
      await keychain.reconnect();
      expect((await keychain.get(account))?.reveal()).toBe(`${account} ${round}`);
    }
  };
  await Promise.all(['a', 'b', 'c'].map(work));
});

test('closing cuts a hanging call short', async () => {
  const { bus, keychain } = await openKeyring();
  await keychain.set('server', new Secret('value'));
  bus.freeze();
  const hanging = keychainFailure(keychain.get('server'));
  await new Promise((resolve) => setImmediate(resolve));
  await keychain.close();
  expect(await hanging).toMatchObject({ code: 'keychain_unavailable' });
  bus.thaw();
});

test('what another program does to our items is said, and can be put right', async () => {
  const { bus, keychain } = await openKeyring();
  const tool = (args: readonly string[], input?: string | Buffer) =>
    execFileSync('secret-tool', args, { env: bus.env, ...(input === undefined ? {} : { input }) });
  const item = ['service', 'portcullis', 'username', 'server'];
  const unreadable = { code: 'keychain_item_unreadable', hint: true };

  tool(['store', '--label=x', ...item], Buffer.from([0xff, 0xfe, 0x41]));
  expect(await keychainFailure(keychain.get('server'))).toEqual(unreadable);
  await keychain.set('server', new Secret('value'));
  expect(tool(['lookup', ...item]).toString()).toBe('value');

  tool(['store', '--label=x', ...item], 'other');
  expect((await keychain.get('server'))?.reveal()).toBe('other');

  tool(['store', '--label=x', ...item, 'twin', 'yes'], 'two of them');
  expect(await keychainFailure(keychain.get('server'))).toEqual(unreadable);
  tool(['clear', ...item]);
  expect(await keychain.get('server')).toBe(undefined);
});

test('the helper sees no value in its arguments or environment', async () => {
  const { keychain } = await openKeyring();
  const value = `planted-${process.pid}-value`;
  await keychain.set('server', new Secret(value));
  const helper = keychain.helperPid() ?? 0;
  const seen = execFileSync('cat', [`/proc/${helper}/cmdline`, `/proc/${helper}/environ`], {
    encoding: 'latin1',
  });
  expect(seen.includes(value)).toBe(false);
  expect(seen).toMatch('helper.ts');
});

/** A process of its own that reads an item, tells its helper, and then does what `last` says. */
function startReader(bus: Bus, last: string) {
  const script = `
    import { createSystemKeychain } from ${JSON.stringify(new URL('./system-keychain.ts', import.meta.url).href)};
    const machine = { platform: 'linux', home: '/', env: process.env };
    const keychain = createSystemKeychain({ machine });
    await keychain.get('server');
    console.log(keychain.helperPid());
    ${last}`;
  const args = ['--input-type=module', '-e', script];
  return spawn(process.execPath, args, { env: bus.env, stdio: ['ignore', 'pipe', 'inherit'] });
}

test.each([
  ['ends by itself', '', [0, null]],
  ['is killed', 'setInterval(() => {}, 1000);', [null, 'SIGKILL']],
] as const)('a program that %s leaves no helper behind', async (_, last, ended) => {
  const bus = await startKeyring();
  opened.push(bus);
  const reader = startReader(bus, last);
  const exited = once(reader, 'exit');
  const [line] = await once(reader.stdout, 'data');
  const helper = Number(line);
  expect(helper).toBeGreaterThan(0);
  if (ended[1] !== null) reader.kill('SIGKILL');
  expect(await exited).toEqual(ended);
  await vi.waitFor(() => expect(isAlive(helper, 'linux')).toBe(false), { timeout: 5_000 });
});
