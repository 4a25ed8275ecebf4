// @ts-check
/**
 * Runs the tests as an ordinary user when root started them. Root may read and write everything and
 * has no keychain of its own, so permission, keychain and launcher tests would prove nothing. The
 * user gets a copy of the checkout: the real one may lie where only root can go, and tests must not
 * be able to write into it.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { bundledNode, findProgram, root, run, SetupError } from './setup.mjs';

const account = 'portcullis-test';

/** Left out of the copy: made anew there, or not needed. */
const leftOut = new Set([
  '.git',
  'out',
  'dist',
  'coverage',
  'node_modules',
  'test/servers/node_modules',
]);
const packageFolders = ['node_modules', 'test/servers/node_modules'];

/** Passed on to the user; everything else of root's environment stays behind. */
const passedOn =
  /^(CI|TERM|LANG|LC_ALL|NO_COLOR|FORCE_COLOR|PORTCULLIS_.*|NODE_EXTRA_CA_CERTS|(https?|no)_proxy|npm_config_registry)$/i;

/**
 * @param {readonly string[]} args For `scripts/test.mjs`.
 * @returns {number} Its exit code.
 */
export function handToOrdinaryUser(args) {
  const { uid, gid } = findAccount();
  const folder = makeFolderFor(uid, gid);
  console.log(`Running as ${account} in ${folder}, because root would pass tests it should not.`);
  const copy = join(folder, 'checkout');
  try {
    copyCheckout(copy, uid, gid);
    const node = existsSync(bundledNode())
      ? join(copy, relative(root, bundledNode()))
      : process.execPath;
    return run(node, ['scripts/test.mjs', ...args], {
      cwd: copy,
      uid,
      gid,
      env: makeEnvironment(folder, dirname(node)),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The test account, made when it is not there yet. */
function findAccount() {
  if (process.platform !== 'linux') {
    throw new SetupError('Run the tests as an ordinary user: root would pass tests it should not.');
  }
  if (readId('-u') === undefined) {
    const useradd = findProgram('useradd');
    if (!useradd) throw new SetupError(`Make a user named ${account}, or run as an ordinary one.`);
    run(useradd, ['--create-home', '--shell', '/bin/sh', account]);
  }
  const uid = readId('-u');
  const gid = readId('-g');
  if (!uid || !gid) throw new SetupError(`Could not make the user ${account}.`);
  return { uid, gid };
}

/** @param {'-u' | '-g'} option */
function readId(option) {
  const { status, stdout } = spawnSync('id', [option, account], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : undefined;
}

/**
 * A new folder that the user owns and can reach.
 *
 * @param {number} uid
 * @param {number} gid
 */
function makeFolderFor(uid, gid) {
  for (const parent of [tmpdir(), '/tmp', '/var/tmp']) {
    if (!existsSync(parent)) continue;
    const folder = mkdtempSync(join(parent, 'portcullis-test-'));
    chmodSync(folder, 0o755);
    run('chown', [`${uid}:${gid}`, folder]);
    if (spawnSync('test', ['-w', folder], { uid, gid, cwd: '/' }).status === 0) return folder;
    rmSync(folder, { recursive: true, force: true });
  }
  throw new SetupError(`No temporary folder that ${account} can reach.`);
}

/**
 * @param {string} copy
 * @param {number} uid
 * @param {number} gid
 */
function copyCheckout(copy, uid, gid) {
  cpSync(root, copy, {
    recursive: true,
    preserveTimestamps: true,
    verbatimSymlinks: true,
    filter: (source) => !leftOut.has(relative(root, source)),
  });
  mkdirSync(join(copy, 'out'));
  run('chown', ['-R', `${uid}:${gid}`, copy]);
  for (const folder of packageFolders)
    copyPackages(join(root, folder), join(copy, folder), uid, gid);
  run('chmod', ['-R', 'u+rwX', copy], { uid, gid, stdio: 'ignore' });
}

/**
 * Packages are many and never written to: hard links where the file system and the permissions
 * allow it, else a real copy. Only the outermost folder is given to the user.
 *
 * @param {string} from
 * @param {string} to
 * @param {number} uid
 * @param {number} gid
 */
function copyPackages(from, to, uid, gid) {
  if (!existsSync(from)) return;
  const linked = spawnSync('cp', ['-al', from, to]).status === 0;
  const readable = linked && canReadAll(to, uid, gid);
  if (!readable) {
    rmSync(to, { recursive: true, force: true });
    if (run('cp', ['-a', '--reflink=auto', from, to]) !== 0)
      throw new SetupError(`Cannot copy ${from}.`);
    run('chown', ['-R', `${uid}:${gid}`, to]);
  }
  run('chown', [`${uid}:${gid}`, to]);
  // Tools keep caches here; those of root the user could not write to.
  for (const cache of ['.vite', '.vite-temp', '.cache'])
    rmSync(join(to, cache), { recursive: true, force: true });
}

/**
 * npm gives all files of an install one mode, save for programs, so the first level tells.
 *
 * @param {string} folder
 * @param {number} uid
 * @param {number} gid
 */
function canReadAll(folder, uid, gid) {
  const files = readdirSync(folder).map((name) => join(folder, name, 'package.json'));
  const args = files.filter((file) => existsSync(file));
  return spawnSync('cat', args, { uid, gid, cwd: '/', stdio: 'ignore' }).status === 0;
}

/**
 * @param {string} folder
 * @param {string} nodeFolder
 */
function makeEnvironment(folder, nodeFolder) {
  const kept = Object.entries(process.env).filter(([name]) => passedOn.test(name));
  return {
    ...Object.fromEntries(kept),
    PATH: `${nodeFolder}:/usr/local/bin:/usr/bin:/bin`,
    HOME: makeOwned(folder, 'home'),
    TMPDIR: makeOwned(folder, 'tmp'),
    USER: account,
    LOGNAME: account,
    SHELL: '/bin/sh',
  };
}

/**
 * @param {string} folder
 * @param {string} name
 */
function makeOwned(folder, name) {
  const path = join(folder, name);
  mkdirSync(path, { mode: 0o700 });
  run('chown', [`--reference=${folder}`, path]);
  return path;
}
