import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { Secret } from '../../shared/secret.ts';
import { createSeam, errnos, readSeamPlan, type SeamPlan } from './faulty-files.ts';
import { failure, filesSuite } from './files-suite.ts';
import { keychainFailure, keychainSuite } from './keychain-suite.ts';
import { createMemoryFiles } from './memory-files.ts';
import { createMemoryKeychain } from './memory-keychain.ts';

const bytes = new TextEncoder().encode('whole');

async function openSeam(plan?: SeamPlan) {
  const files = createMemoryFiles();
  await files.makeFolder('/root');
  await files.createExclusive('/root/file', new TextEncoder().encode('old text'), 0o600);
  const keychain = createMemoryKeychain({ server: 'value' });
  return { inner: files, ...createSeam({ files, keychain }, plan) };
}

filesSuite('behind a seam without a plan', async () => {
  const files = createMemoryFiles();
  await files.makeFolder('/root');
  const seam = createSeam({ files, keychain: createMemoryKeychain() });
  const { link, hardLink } = files;
  return { files: seam.files, root: '/root', link, hardLink, close: () => undefined };
});
keychainSuite('behind a seam without a plan', () => {
  const ports = { files: createMemoryFiles(), keychain: createMemoryKeychain() };
  return { keychain: createSeam(ports).keychain, close: () => undefined };
});

test.each(errnos)('%s at one call fails that call and does not do it', async (act) => {
  const { files, inner, fired } = await openSeam({ act, at: 2 });
  await files.stat('/root');
  const failed = failure(files.createExclusive('/root/new', bytes, 0o600));
  expect(await failed).toMatchObject({ path: '/root/new', hint: true });
  expect(await inner.stat('/root/new')).toBe(undefined);
  await files.createExclusive('/root/new', bytes, 0o600);
  expect(fired()).toBe(true);
});

test('a lasting plan fails all later calls', async () => {
  const { files, keychain } = await openSeam({ act: 'ENOSPC', at: 1, lasting: true });
  const full = { code: 'disk_full', path: '/root/file', hint: true };
  expect(await failure(files.overwrite('/root/file', bytes))).toEqual(full);
  expect(await failure(files.overwrite('/root/file', bytes))).toEqual(full);
  expect(await keychainFailure(keychain.get('server'))).toMatchObject({
    code: 'keychain_unavailable',
  });
});

test('a short write tears an overwritten file and leaves no created one whole', async () => {
  const { files, inner } = await openSeam({ act: 'short-write', at: 1 });
  expect(await failure(files.overwrite('/root/file', bytes))).toMatchObject({ code: 'disk_full' });
  expect(new TextDecoder().decode(await inner.read('/root/file'))).toBe('whd text');
  const created = await openSeam({ act: 'short-write', at: 1 });
  const failed = failure(created.files.createExclusive('/root/new', bytes, 0o600));
  expect(await failed).toMatchObject({ code: 'disk_full' });
  expect(await created.inner.stat('/root/new')).toBe(undefined);
});

test('the keychain lies as planned', async () => {
  const lost = await openSeam({ act: 'lost-set', at: 1 });
  await lost.keychain.set('server', new Secret('new'));
  expect((await lost.keychain.get('server'))?.reveal()).toBe('value');
  const empty = await openSeam({ act: 'empty-get', at: 1 });
  expect(await empty.keychain.get('server')).toBe(undefined);
  const other = await openSeam({ act: 'other-get', at: 1 });
  expect((await other.keychain.get('server'))?.reveal()).toBe('another value');
  expect([lost.fired(), empty.fired(), other.fired()]).toEqual([true, true, true]);
});

test('after halt nothing happens any more, and the lock is counted while held', async () => {
  const { files, inner, calls } = await openSeam({ act: 'halt', at: 2 });
  const work = files.withLock('/root/file', async () => {
    await files.overwrite('/root/file', bytes);
    await files.remove('/root/file');
  });
  await expect(work).rejects.toThrow('dead');
  expect(calls.map(({ number, method }) => `${number} ${method}`)).toEqual([
    '1 withLock',
    '2 overwrite',
    '3 remove',
  ]);
  expect(new TextDecoder().decode(await inner.read('/root/file'))).toBe('whole');
});

test('a plan comes from the environment, and a wrong one is refused', () => {
  expect(readSeamPlan({})).toBe(undefined);
  expect(readSeamPlan({ PORTCULLIS_SEAM: 'ENOSPC@3+' })).toEqual({
    act: 'ENOSPC',
    at: 3,
    lasting: true,
  });
  expect(() => readSeamPlan({ PORTCULLIS_SEAM: 'kill@' })).toThrow('no plan');
});

test('kill ends the process after the call, kill-torn in the middle of it', () => {
  const script = `
    import { createSeam, readSeamPlan } from ${JSON.stringify(new URL('./faulty-files.ts', import.meta.url).href)};
    import { createMemoryFiles } from ${JSON.stringify(new URL('./memory-files.ts', import.meta.url).href)};
    const files = createMemoryFiles();
    const seam = createSeam({ files, keychain: undefined }, readSeamPlan(process.env));
    process.on('beforeExit', () => console.log('survived'));
    await seam.files.makeFolder('/root');
    await seam.files.createExclusive('/root/file', new Uint8Array(10), 0o600);
    console.log('survived');`;
  for (const act of ['kill', 'kill-torn']) {
    const args = ['--input-type=module', '-e', script];
    const env = { PORTCULLIS_SEAM: `${act}@2` };
    const { signal, stdout } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
    expect({ signal, stdout }).toEqual({ signal: 'SIGKILL', stdout: '' });
  }
});
