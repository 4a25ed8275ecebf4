/**
 * What the crash and fault loops run: each scene lays out client files in a fresh folder and does one
 * thing to them. The loops stop it, break it and let it recover, at every call.
 */
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EditWorld, type Planted, renderClientFile } from '../support/edit-world.ts';
import { plantSecret } from '../support/planted.ts';

export interface Stage {
  /** Searched for values; client files and our own folders. */
  readonly root: string;
  /** Outside of `root`. */
  readonly keychain: string;
  readonly planted: readonly Planted[];
  readonly originals: ReadonlyMap<string, string>;
}

export interface Scene {
  readonly name: string;
  lay(root: string): readonly Planted[];
  /** Done before the loop begins, with nothing going wrong. */
  readonly before?: (world: EditWorld, stage: Stage) => Promise<unknown>;
  readonly act: (world: EditWorld, stage: Stage) => Promise<unknown>;
}

/** Memory, where there is such a folder: loops that end no process need no disk that obeys fsync. */
export const quickFolder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Lays out a scene in a new folder. */
export function openStage(scene: Scene, where = tmpdir()): Stage & { close(): void } {
  const base = mkdtempSync(join(where, 'portcullis-scene-'));
  const root = join(base, 'world');
  mkdirSync(join(root, 'home'), { recursive: true });
  const planted = scene.lay(join(root, 'home'));
  const files = new Set(planted.map(({ file }) => file));
  const originals = new Map([...files].map((file) => [file, readFileSync(file, 'utf8')]));
  return {
    root,
    keychain: join(base, 'keychain'),
    planted,
    originals,
    close: () => rmSync(base, { recursive: true, force: true }),
  };
}

function plant(file: string, server: string, name = 'TOKEN', value = plantSecret()): Planted {
  return { file, server, name, value };
}

function layTwoFiles(home: string): readonly Planted[] {
  const shared = plantSecret();
  const [one, two] = [join(home, 'one.json'), join(home, 'two.json')];
  const planted = [
    plant(one, 'alpha'),
    plant(one, 'beta', 'TOKEN', shared),
    plant(two, 'beta', 'TOKEN', shared),
  ];
  writeClientFiles(planted, 0o644);
  return planted;
}

function layOneFile(home: string): readonly Planted[] {
  const planted = [plant(join(home, 'one.json'), 'alpha')];
  writeClientFiles(planted);
  return planted;
}

function layLinks(home: string): readonly Planted[] {
  const real = join(home, 'dotfiles.json');
  const planted = [plant(real, 'alpha')];
  writeClientFiles(planted);
  symlinkSync('dotfiles.json', join(home, 'middle.json'));
  symlinkSync(join(home, 'middle.json'), join(home, 'client.json'));
  return planted.map((one) => ({ ...one, file: join(home, 'client.json') }));
}

function layHardLink(home: string): readonly Planted[] {
  const planted = layOneFile(home);
  for (const { file } of planted) linkSync(file, `${file}.twin`);
  return planted;
}

function writeClientFiles(planted: readonly Planted[], mode = 0o600): void {
  for (const [file, theirs] of Map.groupBy(planted, ({ file: path }) => path))
    writeFileSync(file, renderClientFile(theirs), { mode });
}

const protect: Scene['act'] = (world, { planted }) => world.protect(planted);

export const scenes = {
  protect: { name: 'protect two files with three secrets', lay: layTwoFiles, act: protect },
  links: { name: 'protect through a chain of links', lay: layLinks, act: protect },
  hardLink: { name: 'protect a hard-linked file', lay: layHardLink, act: protect },
  undo: {
    name: 'undo in two files',
    lay: layTwoFiles,
    before: protect,
    act: (world, { planted }) => world.undo(planted),
  },
} as const satisfies Record<string, Scene>;
