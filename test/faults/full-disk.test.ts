/**
 * A disk that is really full (F-03): a small one is mounted in a user namespace and filled to every
 * level, page by page. Where such a mount is not allowed this fails: a full disk cannot be pretended.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { expect, test } from 'vitest';
import { plantSecret } from '../support/planted.ts';

/** 288 KiB: more than the pre-check asks for, so that every way to run out of it is met. */
const diskSize = '288k';

test('protect on a disk with any little room leaves the file as it was or moves it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-full-'));
  try {
    const script = join(folder, 'worker.mjs');
    buildSync({
      entryPoints: [join(import.meta.dirname, '../support/full-disk-worker.ts')],
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
    });
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    const mount = `mount -t tmpfs -o size=${diskSize} tmpfs "$1" && exec "$2" "$3" "$1" "$4"`;
    const args = ['-Urm', 'sh', '-c', mount, 'sh', disk, process.execPath, script, plantSecret()];
    const levels: unknown = JSON.parse(execFileSync('unshare', args, { encoding: 'utf8' }));
    expectSurvival(levels);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

interface Level {
  readonly room: number;
  readonly careful: boolean;
  readonly codes: readonly string[];
  readonly same: boolean;
  readonly state: string;
  readonly stored: boolean;
}

function isLevels(levels: unknown): levels is readonly Level[] {
  return Array.isArray(levels) && levels.length > 20;
}

function expectSurvival(levels: unknown): void {
  if (!isLevels(levels)) throw new TypeError('The worker did not answer with its levels.');
  for (const level of levels) {
    const moved = level.state === 'reference';
    expect(level).toEqual({
      ...level,
      same: !moved,
      state: moved ? 'reference' : 'value',
      stored: moved,
      codes: moved ? [] : level.codes.map(() => 'disk_full'),
    });
    if (!moved) expect(level.codes.length).toBeGreaterThan(0);
  }
  for (const careful of [true, false]) {
    const states = new Set(
      levels.filter((one) => one.careful === careful).map(({ state }) => state),
    );
    expect([...states].sort()).toEqual(['reference', 'value']);
  }
}
