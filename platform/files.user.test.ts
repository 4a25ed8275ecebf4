// What Linux refuses, and what it refuses only to an ordinary user.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DenyingWorld, deniedFilesSuite } from '../test/support/denied-files-suite.ts';
import { failure } from '../test/support/files-suite.ts';
import { openRealFiles } from '../test/support/real-files.ts';

deniedFilesSuite('on a real disk', openRealFiles);

const run = promisify(execFile);
const encode = (text: string) => new TextEncoder().encode(text);
let world: DenyingWorld;
beforeEach(async () => {
  world = await openRealFiles();
});
afterEach(() => world.close());

test('a named pipe is refused at once instead of waited for', async () => {
  const path = join(world.root, 'pipe');
  await run('mkfifo', [path]);
  expect(await failure(world.files.read(path))).toEqual({
    code: 'file_unsupported',
    path,
    hint: true,
  });
  expect((await world.files.stat(path))?.kind).toBe('other');
});

test('an access list on a folder is seen', async () => {
  const give = [
    'import os, struct, sys',
    "entry = lambda tag, rights, who=0xffffffff: struct.pack('<HHI', tag, rights, who)",
    'rows = [(1, 7), (2, 7, 65534), (4, 5), (16, 7), (32, 5)]',
    "rights = struct.pack('<I', 2) + b''.join(entry(*row) for row in rows)",
    "os.setxattr(sys.argv[1], 'system.posix_acl_access', rights)",
  ];
  expect(await world.files.hasAccessList(world.root)).toBe(false);
  await run('python3', ['-c', give.join('\n'), world.root]);
  expect(await world.files.hasAccessList(world.root)).toBe(true);
});

test('a full device is disk_full, and no half file stays behind', async () => {
  const full = '/dev/full';
  const appended = world.files.append(full, encode('x'), { mode: 0o600, sync: false });
  expect(await failure(appended)).toEqual({ code: 'disk_full', path: full, hint: true });
});

test('files that claim no size are read, and their limit holds', async () => {
  expect((await world.files.read('/proc/self/status')).byteLength).toBeGreaterThan(0);
  expect(await failure(world.files.read('/proc/self/status', { limit: 10 }))).toMatchObject({
    code: 'file_too_large',
  });
});

test('a name longer than the file system allows is bad input', async () => {
  const path = join(world.root, 'x'.repeat(300));
  expect(await failure(world.files.read(path))).toMatchObject({ code: 'bad_input' });
});

test('a failed write leaves nothing under the name', async () => {
  const path = join(world.root, 'limited');
  // The child may write 4 KiB files at most: the kernel refuses the rest (EFBIG).
  const script = `
    import { createFiles } from ${JSON.stringify(new URL('./files.ts', import.meta.url).href)};
    process.on('SIGXFSZ', () => {});
    await createFiles('linux')
      .createExclusive(${JSON.stringify(path)}, new Uint8Array(100_000), 0o600)
      .catch((error) => console.log(error.code));`;
  const { stdout } = await run('sh', [
    '-c',
    'ulimit -f 8; exec "$0" --input-type=module -e "$1"',
    process.execPath,
    script,
  ]);
  expect(stdout).toBe('file_too_large\n');
  expect(await world.files.stat(path)).toBe(undefined);
});
