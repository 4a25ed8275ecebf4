/**
 * A home behind a link, with spaces and letters beyond ASCII in its name, and what a confined server
 * finds around itself there: no bus, no folder of the session, processes of its own only.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProcesses } from '../../platform/processes.ts';
import { secretTemplate } from '../../shared/template.ts';
import { scopeOf } from '../support/isolation.ts';
import {
  finish,
  type LauncherWorld,
  openLauncherWorld,
  plantedValue,
  serverRecord,
} from '../support/launcher.ts';

const outer = mkdtempSync(join(tmpdir(), 'home behind ünï-'));
const real = join(outer, 'the disk', 'ada');
const home = join(outer, 'home of ada');
const canary = plantedValue();
let world: LauncherWorld;
beforeAll(async () => {
  const files = ['.ssh/id_rsa', '.cursor/mcp.json', '.bash_history', 'portcullis/data/note'];
  for (const name of files) {
    mkdirSync(join(real, name, '..'), { recursive: true });
    writeFileSync(join(real, name), canary);
  }
  mkdirSync(join(real, 'my work'));
  writeFileSync(join(real, 'my work', 'note.txt'), 'a note');
  symlinkSync(real, home);
  world = await openLauncherWorld(undefined, { home });
}, 60_000);
afterAll(async () => {
  await world.stop();
  rmSync(outer, { recursive: true, force: true });
});

function shell(id: string, script: string, more: Parameters<typeof scopeOf>[1] = {}) {
  const env = { KEY: secretTemplate('KEY') };
  const launch = { command: '/bin/sh', args: ['-c', script, 'sh', home, real], env };
  return serverRecord(id, launch, { scope: scopeOf('confined', more) });
}

test('a folder in it is there under both names, and nothing beside it', async () => {
  await world.storeSecrets('one', { KEY: 'value' });
  const path = join(home, 'my work');
  const folders = [{ path, access: 'write', target: join(real, 'my work') }] as const;
  world.writeRecords(
    shell(
      'one',
      'cat "$1/my work/note.txt" "$2/my work/note.txt"; echo x > "$1/my work/made"; cat "$2/my work/made"; ls -A "$1" "$2"',
      { folders },
    ),
  );
  const { stdout, stderr, exitCode } = await world.run('one');
  expect({ stdout, stderr, exitCode }).toEqual({
    stdout: `a notea notex\n${home}:\nmy work\n\n${real}:\nmy work\n`,
    stderr: '',
    exitCode: 0,
  });
});

test('the whole of it granted: known places stay hidden under both names', async () => {
  await world.storeSecrets('all', { KEY: 'value' });
  const folders = [{ path: home, access: 'read', target: real }] as const;
  const hidden = ['.ssh/id_rsa', '.cursor/mcp.json', '.bash_history', 'portcullis/data/note'];
  const list = hidden.flatMap((name) => [`"$1/${name}"`, `"$2/${name}"`]).join(' ');
  world.writeRecords(shell('all', `cat "$1/my work/note.txt"; cat ${list}`, { folders }));
  const { stdout, stderr } = await world.run('all');
  expect(stdout).toBe('a note');
  expect(stderr).not.toContain(canary);
});

test('no bus, no session, no process but its own, in whatever a client hands on', async () => {
  await world.storeSecrets('alone', { KEY: 'value' });
  world.writeRecords(
    shell(
      'alone',
      'env | cut -d= -f1 | sort | tr "\\n" " "; echo; ls /proc | grep -c "^[0-9]"; ls -A /run /tmp /var/tmp | tr "\\n" " "; echo; hostname; ls -A /proc/1; id -un',
    ),
  );
  const env = { XDG_RUNTIME_DIR: '/run/user/1', SSH_AUTH_SOCK: '/x', DISPLAY: ':0' };
  const { stdout } = await world.run('alone', { env });
  const [names, processes, folders, ...rest] = stdout.trim().split('\n');
  expect(names).toBe('HOME KEY PATH PWD TMPDIR ');
  // Itself, the sandbox's first process, and the two programs that count.
  expect(Number(processes)).toBeLessThanOrEqual(4);
  expect(folders).toBe('/run:  /tmp:  /var/tmp: ');
  // Nothing of the first process.
  expect(rest).toEqual(['confined', 'mcp']);
});

test('the memory of our process beside a server with listed hosts is measured', async () => {
  await world.storeSecrets('listed', { KEY: 'value' });
  const script = 'echo up; read line';
  world.writeRecords({ ...shell('listed', script), scope: scopeOf('listed hosts') });
  const child = world.start('listed');
  const ended = finish(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  const { pid, level } = world.launches().at(-1) ?? {};
  expect({ pid, level }).toEqual({ pid: child.pid, level: 'listed-hosts' });
  const { memoryOf } = createProcesses('linux');
  // A Node with a proxy: more than a megabyte, and no gigabyte.
  expect(memoryOf(pid ?? 0)).toBeGreaterThan(1e6);
  expect(memoryOf(pid ?? 0)).toBeLessThan(1e9);
  child.stdin?.end('end\n');
  await ended;
  expect(memoryOf(pid ?? 0)).toBeUndefined();
});
