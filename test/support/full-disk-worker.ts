/**
 * Fills a small disk to each level and protects a file on it. Run inside the mount: `node
 * full-disk-worker FOLDER`; prints one line of JSON with what became of each level.
 */
import { mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Files } from '../../core/ports.ts';
import { createClock } from '../../platform/clock.ts';
import { createFiles } from '../../platform/files.ts';
import { openEditWorld, type Planted, readPlace, renderClientFile } from './edit-world.ts';
import { createMemoryKeychain } from './memory-keychain.ts';

const [disk = '', secret = ''] = process.argv.slice(2);
/** Believes that there is room, so that the disk itself says no. */
const trusting: Files = { ...createFiles('linux'), freeSpace: async () => 1e12 };
const step = 4_096;

interface Level {
  readonly room: number;
  readonly careful: boolean;
  readonly codes: readonly string[];
  readonly same: boolean;
  readonly state: 'value' | 'reference' | 'lost';
  readonly stored: boolean;
}

async function tryLevel(room: number, careful: boolean): Promise<Level> {
  const root = join(disk, 'world');
  rmSync(root, { recursive: true, force: true });
  rmSync(join(disk, 'filler'), { force: true });
  mkdirSync(join(root, 'home'), { recursive: true });
  const file = join(root, 'home', 'client.json');
  const planted: Planted = { file, server: 'alpha', name: 'TOKEN', value: secret };
  const text = `${renderClientFile([planted])}${' '.repeat(9_000)}\n`;
  writeFileSync(file, text);
  fill(room);
  const files = careful ? createFiles('linux') : trusting;
  const keychain = createMemoryKeychain();
  const ports = { files, keychain, root, clock: createClock() };
  const codes = await codesOf(openEditWorld(ports).protect([planted]));
  // The person makes room, and the next start looks at what happened.
  rmSync(join(disk, 'filler'), { force: true });
  const next = openEditWorld(ports);
  await next.edits.recover(next.recovery());
  const after = readFileSync(file, 'utf8');
  const found = readPlace(after, planted);
  const state = found === secret ? 'value' : found === undefined ? 'lost' : 'reference';
  const stored = (await next.secrets.read('alpha'))?.get('TOKEN')?.reveal() === secret;
  return { room, careful, codes, same: after === text, state, stored };
}

/** Leaves that many bytes, as the file system counts them. */
function fill(room: number): void {
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - room)));
}

async function codesOf(move: ReturnType<ReturnType<typeof openEditWorld>['protect']>) {
  try {
    const { files, error } = await move;
    return [...files, { error }].flatMap((one) => one.error?.code ?? []);
  } catch (thrown) {
    return [thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown'];
  }
}

const { blocks, bsize } = statfsSync(disk);
const levels: Level[] = [];
for (let room = 0; room <= blocks * bsize - 8 * step; room += step) {
  for (const careful of [true, false]) levels.push(await tryLevel(room, careful));
}
process.stdout.write(`${JSON.stringify(levels)}\n`);
