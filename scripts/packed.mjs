// @ts-check
/**
 * `node scripts/packed.mjs FOLDER`: looks at a packed app, as `node scripts/package.mjs --dir` leaves it:
 * its fuses, its parts outside the archive, and that it is nothing but this app to whoever starts it with
 * a debugger's switch or as Node. Prints what is wrong and exits 1, or says what was looked at.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { parse } from 'yaml';
import { bundledNode, root, runScript } from './setup.mjs';

/** Bytes of a fuse in the binary. */
const states = { on: '1'.charCodeAt(0), off: '0'.charCodeAt(0) };

/** Each would open the app to whoever starts it. A packed one ends at once, with this code. */
const openings = ['--inspect=0', '--inspect-brk=0', '--remote-debugging-port=0'];
const refused = 2;

/**
 * Puts the Node that clients' servers run on into an empty folder: npm's package for this system, or,
 * where there is none (macOS), the Node that packs.
 *
 * @param {string} folder
 */
export function copyNode(folder) {
  const node = existsSync(bundledNode()) ? bundledNode() : process.execPath;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  copyFileSync(node, join(folder, basename(node)));
}

/** The fuses that `electron-builder.yml` asks for, by the names of the binary. */
export function wantedFuses() {
  const { electronFuses } = parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8'));
  const { resetAdHocDarwinSignature: _, ...fuses } = electronFuses;
  return Object.entries(fuses).map(([name, isOn]) => ({
    name: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    isOn: isOn === true,
  }));
}

/**
 * Every fuse of the binary that is not as the settings say.
 *
 * @param {string} binary The program, or on macOS the `.app` folder.
 * @returns {Promise<string[]>}
 */
export async function findWrongFuses(binary) {
  /** @type {Readonly<Record<string, unknown>>} */
  const wire = Object.fromEntries(Object.entries(await getCurrentFuseWire(binary)));
  return wantedFuses().flatMap(({ name, isOn }) => {
    const index = Object.entries(FuseV1Options).find(([key]) => key === name)?.[1];
    if (index === undefined) return [`No fuse is called ${name}.`];
    const wanted = isOn ? states.on : states.off;
    return wire[String(index)] === wanted
      ? []
      : [`The fuse ${name} must be ${isOn ? 'on' : 'off'} and is not.`];
  });
}

/**
 * What a packed app needs outside its archive and lacks.
 *
 * @param {string} resources
 * @param {NodeJS.Platform} [platform]
 * @returns {string[]}
 */
export function findMissingParts(resources, platform = process.platform) {
  const node = join('node', platform === 'win32' ? 'node.exe' : 'node');
  const needed = ['app.asar', join('helper', 'keychain-helper.mjs'), node].filter(
    (name) => !existsSync(join(resources, name)),
  );
  return [...needed.map((name) => `${name} is not there.`), ...findWrongLauncher(resources)];
}

/** @param {string} resources */
function findWrongLauncher(resources) {
  const list = join(resources, 'launcher', 'launcher.json');
  if (!existsSync(list)) return ['launcher/launcher.json is not there.'];
  const { files } = JSON.parse(readFileSync(list, 'utf8'));
  const wrong = Object.entries(files).flatMap(([name, hash]) => {
    const file = join(resources, 'launcher', name);
    if (!existsSync(file)) return [`launcher/${name} is not there.`];
    const found = createHash('sha256').update(readFileSync(file)).digest('hex');
    return found === hash ? [] : [`launcher/${name} is not the one that was built.`];
  });
  const surplus = readdirSync(join(resources, 'launcher')).filter(
    (name) => name !== 'launcher.json' && files[name] === undefined,
  );
  return [...wrong, ...surplus.map((name) => `launcher/${name} is in no list.`)];
}

/**
 * The ways to start the packed app as something else that it does not refuse.
 *
 * @param {string} binary
 * @param {number} [patience] Milliseconds: an app that does not refuse opens its window and stays.
 * @returns {string[]}
 */
export function findOpenWays(binary, patience = 20_000) {
  /** @param {readonly string[]} args */
  const start = (args, env = {}) =>
    spawnSync(binary, args, {
      encoding: 'utf8',
      env: { ...process.env, ...env },
      timeout: patience,
    });
  const asNode = start(['-e', 'process.stdout.write("node")'], { ELECTRON_RUN_AS_NODE: '1' });
  const open = openings.filter((name) => start([name]).status !== refused);
  return [
    ...(asNode.stdout === 'node' ? ['It runs as Node.'] : []),
    ...open.map((name) => `It does not refuse ${name}.`),
  ];
}

/**
 * @param {string} folder
 * @param {NodeJS.Platform} [platform]
 */
export function findPackedApp(folder, platform = process.platform) {
  const app = join(folder, 'Portcullis.app');
  const mac = join(app, 'Contents');
  if (platform === 'darwin')
    return {
      resources: join(mac, 'Resources'),
      fused: app,
      binary: join(mac, 'MacOS', 'Portcullis'),
    };
  const name = platform === 'win32' ? 'Portcullis.exe' : 'portcullis-desktop';
  const binary = join(folder, name);
  return { resources: join(folder, 'resources'), fused: binary, binary };
}

if (process.argv[1] === import.meta.filename) {
  await runScript(async () => {
    const [folder = ''] = process.argv.slice(2);
    const { resources, fused, binary } = findPackedApp(folder);
    const problems = [
      ...(await findWrongFuses(fused)),
      ...findMissingParts(resources),
      ...findOpenWays(binary),
    ];
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) return 1;
    console.log(
      `${wantedFuses().length} fuses, the parts and ${openings.length + 1} ways in: as they must be.`,
    );
    return 0;
  });
}
