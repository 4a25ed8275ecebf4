import { describe, expect, test } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { createMemoryFiles } from '../../test/support/memory-files.ts';
import { createMemoryKeychain } from '../../test/support/memory-keychain.ts';
import { plantSecret } from '../../test/support/planted.ts';
import type { Roots } from '../ports.ts';
import { createBackups } from './backup.ts';
import { hashBytes, markContent, openSealed, type SealedHeader, sealContent } from './seal.ts';

const roots: Roots = { config: '/own/config', data: '/own/data', cache: '/own/cache' };
const day = 24 * 60 * 60 * 1000;
const file = '/home/me/client.json';

function open() {
  let time = Date.parse('2026-11-23T12:00:00.000Z');
  const clock = {
    now: () => new Date(time).toISOString(),
    monotonic: () => time,
    sleep: async () => undefined,
  };
  const files = createMemoryFiles();
  const keychain = createMemoryKeychain();
  const backups = createBackups({ files, keychain, clock, roots, who: 'test' });
  const seal = (text: string, move?: string) =>
    backups.seal({
      file,
      bytes: new TextEncoder().encode(text),
      mode: 0o644,
      reason: 'protect',
      ...(move === undefined ? {} : { move }),
    });
  return { files, keychain, backups, seal, pass: (milliseconds: number) => (time += milliseconds) };
}

async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'done';
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    expect(thrown.hint).toMatch(/\S/);
    return thrown.code;
  }
}

describe('sealed bytes', () => {
  const key = new Uint8Array(32).fill(7);
  const header: SealedHeader = {
    format: 'portcullis-backup',
    version: 1,
    id: 'one',
    file,
    at: '2026-11-23T12:00:00.000Z',
    size: 5,
    mode: 0o600,
    who: 'test',
    reason: 'protect',
  };
  const content = new TextEncoder().encode('héy!');
  const expected = { id: 'one', place: '/x.sealed' };

  test('every changed byte, every cut, every addition is noticed', async () => {
    const sealed = sealContent(key, header, content);
    expect(openSealed(key, sealed, expected)).toEqual({ header, content });
    for (let at = 0; at < sealed.byteLength; at += 1) {
      const changed = sealed.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(await codeOf(() => openSealed(key, changed, expected))).toBe('backup_unreadable');
      expect(await codeOf(() => openSealed(key, sealed.slice(0, at), expected))).toBe(
        'backup_unreadable',
      );
    }
    const longer = Buffer.concat([sealed, new Uint8Array(1)]);
    expect(await codeOf(() => openSealed(key, longer, expected))).toBe('backup_unreadable');
  });

  test('another key and another name do not open it', async () => {
    const sealed = sealContent(key, header, content);
    const other = new Uint8Array(32).fill(8);
    expect(await codeOf(() => openSealed(other, sealed, expected))).toBe('backup_unreadable');
    expect(await codeOf(() => openSealed(key, sealed, { ...expected, id: 'two' }))).toBe(
      'backup_unreadable',
    );
  });

  test('equal contents look different, and their marks need the key', () => {
    const [one, two] = [sealContent(key, header, content), sealContent(key, header, content)];
    expect(one.subarray(-9)).not.toEqual(two.subarray(-9));
    expect(markContent(key, content)).toBe(markContent(key, content));
    expect(markContent(key, content)).not.toBe(markContent(new Uint8Array(32), content));
    expect(markContent(key, content)).not.toBe(hashBytes(content));
  });
});

describe('backups', () => {
  test('hold no value in clear, are private, and open to the same bytes', async () => {
    const { files, backups, seal } = open();
    const value = plantSecret();
    const text = JSON.stringify({ value });
    const backup = await seal(text, 'move-1');
    expect(await backups.list(file)).toEqual([backup]);
    const opened = await backups.open(backup.id);
    expect(new TextDecoder().decode(opened.bytes)).toBe(text);
    expect(opened.backup).toEqual(backup);
    expect(backup).toMatchObject({ file, size: Buffer.byteLength(text), mode: 0o644, who: 'test' });
    for (const [path, content] of Object.entries(files.snapshot())) {
      expect(content ?? '').not.toContain(value.slice(0, 30));
      if (content !== null) expect((await files.stat(path))?.mode).toBe(0o600);
      else if (path.startsWith('/own')) expect((await files.stat(path))?.mode).toBe(0o700);
    }
    expect(JSON.stringify(backup)).not.toContain(hashBytes(new TextEncoder().encode(text)));
  });

  test('are listed newest first, also without their index line or with a torn one', async () => {
    const { files, backups, seal, pass } = open();
    const one = await seal('1');
    pass(1_000);
    const two = await seal('2');
    const index = Object.keys(files.snapshot()).find((path) => path.endsWith('index.jsonl')) ?? '';
    const lines = await files.read(index);
    expect((await backups.list(file)).map(({ id }) => id)).toEqual([two.id, one.id]);
    await files.overwrite(index, lines.slice(0, lines.byteLength - 40));
    expect((await backups.list(file)).map(({ id }) => id)).toEqual([two.id, one.id]);
    pass(1_000);
    const three = await seal('3');
    expect(await backups.list(file)).toEqual([three, { ...two, mark: '' }, one]);
    await files.remove(index);
    expect((await backups.list(file)).map(({ id }) => id)).toEqual([three.id, two.id, one.id]);
    expect(await backups.list('/another')).toEqual([]);
  });

  test('a copy that a crash left half is not offered, and goes in time', async () => {
    const { files, backups, seal, pass } = open();
    const one = await seal('1');
    const path = Object.keys(files.snapshot()).find((each) => each.endsWith('.sealed')) ?? '';
    const half = path.replace(/[0-9a-f]{8}\.sealed$/, '00000000.sealed');
    await files.createExclusive(half, (await files.read(path)).slice(0, -3), 0o600);
    expect((await backups.list(file)).map(({ id }) => id)).toEqual([one.id]);
    await backups.prune(new Set());
    expect(await files.stat(half)).toBeDefined();
    pass(31 * day);
    await backups.prune(new Set());
    expect([await files.stat(half), (await files.stat(path))?.kind]).toEqual([undefined, 'file']);
  });

  test('unknown, damaged, or without their key: a clear error', async () => {
    const { files, keychain, backups, seal } = open();
    const { id } = await seal('1');
    for (const unknown of ['', '../../etc/passwd', `${id}x`, id.replace(/^./, 'f'), `${id}/..`])
      expect(await codeOf(() => backups.open(unknown))).toBe('not_found');
    keychain.setState('locked');
    expect(await codeOf(() => backups.open(id))).toBe('keychain_locked');
    expect(await backups.list(file)).toHaveLength(1);
    keychain.setState('ready');
    await keychain.delete(':sealing-key');
    expect(await codeOf(() => backups.open(id))).toBe('backup_unreadable');
    expect(await codeOf(() => seal('2'))).toBe('backup_unreadable');
    const path = Object.keys(files.snapshot()).find((each) => each.endsWith('.sealed')) ?? '';
    await files.overwrite(path, new Uint8Array(5));
    expect(await codeOf(() => backups.open(id))).toBe('backup_unreadable');
  });

  test('go after 30 days beyond the last 20 of a file, never while a move needs them', async () => {
    const { backups, seal, pass } = open();
    const ids: string[] = [];
    for (let n = 0; n < 25; n += 1) {
      ids.push((await seal(`${n}`, `move-${n}`)).id);
      pass(1_000);
    }
    expect(await backups.prune(new Set())).toEqual([]);
    pass(30 * day);
    const gone = await backups.prune(new Set(['move-1', 'move-24']));
    expect([...gone].sort()).toEqual([0, 2, 3, 4].map((n) => ids[n]).sort());
    const left = (await backups.list(file)).map(({ id }) => id);
    expect(left).toEqual(ids.filter((id) => !gone.includes(id)).reverse());
    for (const id of left) expect(await codeOf(() => backups.open(id))).toBe('done');
  });
});
