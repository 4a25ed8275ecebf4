// @ts-check
/**
 * What every script here needs before it can start: the project's dependencies, a Node that is new
 * enough, and the system's programs that the tests drive. Runs on a fresh machine, so: Node 20 or
 * later, nothing imported from npm, and nothing touched outside the checkout without consent.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Oldest Node that runs the app; `engines` in package.json says the same. */
const oldestNode = [24, 14];

/**
 * The programs the tests drive on Linux, with what each is for. `proof` is a program on PATH, or a
 * file below /usr/lib when it holds a slash.
 */
const debianPackages = [
  { name: 'git', proof: 'git', why: 'repositories that a scan walks' },
  { name: 'gnome-keyring', proof: 'gnome-keyring-daemon', why: 'the real keychain' },
  { name: 'dbus-daemon', proof: 'dbus-daemon', why: 'a session bus of its own for each keychain' },
  { name: 'libsecret-1-0', proof: '/libsecret-1.so.0', why: 'reading the keychain from outside' },
  { name: 'libsecret-tools', proof: 'secret-tool', why: 'reading the keychain from outside' },
  { name: 'libglib2.0-bin', proof: 'gdbus', why: 'locking the keychain' },
  { name: 'bubblewrap', proof: 'bwrap', why: 'confinement' },
  { name: 'openssl', proof: 'openssl', why: 'a host with TLS for masked secrets' },
  { name: 'python3', proof: 'python3', why: 'a confined Python server' },
  { name: 'socat', proof: 'socat', why: 'confinement with listed hosts' },
  { name: 'ripgrep', proof: 'rg', why: 'confinement with listed hosts' },
  { name: 'chromium', proof: 'chromium', why: 'the windows' },
];

/** A step failed in a way that the person can mend: print the message, no stack. */
export class SetupError extends Error {}

/**
 * Runs `main` and ends the process with the exit code it returns.
 *
 * @param {() => Promise<number>} main
 */
export async function runScript(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}

/**
 * Runs a program with its output on ours and returns its exit code; a signal counts as 1.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) throw new SetupError(`Cannot run ${command}: ${result.error.message}`);
  return result.status ?? 1;
}

/**
 * Installs the dependencies of the checkout, or of a folder in it, when they are not exactly what
 * the lock file says. No install script runs that `allowScripts` in package.json does not name.
 *
 * @param {string} [folder]
 */
export function installDependencies(folder = root) {
  if (isInstalled(folder)) return;
  console.log(`Installing the packages of ${folder === root ? 'Portcullis' : folder} …`);
  const code = runNpm(['ci', '--strict-allow-scripts', '--no-audit', '--no-fund'], folder);
  if (code !== 0) throw new SetupError(`\`npm ci\` failed in ${folder} (exit ${code}).`);
}

/**
 * Whether node_modules holds what package-lock.json names. npm keeps its own account of what it
 * installed beside the packages; comparing the two also recognises an install done by hand.
 *
 * @param {string} folder
 */
export function isInstalled(folder) {
  const installed = readPackages(join(folder, 'node_modules', '.package-lock.json'));
  const locked = readPackages(join(folder, 'package-lock.json'));
  if (!installed || !locked) return false;
  for (const [path, entry] of Object.entries(locked)) {
    if (path === '') continue;
    const found = installed[path];
    if (!found && !entry.optional) return false;
    if (found && found.integrity !== entry.integrity) return false;
  }
  return Object.keys(installed).every((path) => path in locked);
}

/**
 * @param {string} file
 * @returns {Record<string, { integrity?: string, optional?: boolean }> | undefined}
 */
function readPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}

/**
 * Runs npm with the Node that started it: the one in node_modules may be about to be replaced.
 *
 * @param {readonly string[]} args
 * @param {string} folder
 */
function runNpm(args, folder) {
  const script = process.env.npm_execpath;
  const options = { cwd: folder };
  if (script && /\.c?js$/.test(script)) {
    return run(process.env.npm_node_execpath ?? process.execPath, [script, ...args], options);
  }
  // On Windows npm is a batch file, which only a shell can start.
  return run('npm', args, { ...options, shell: process.platform === 'win32' });
}

/** @param {string} version */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldMajor = 0, oldMinor = 0] = oldestNode;
  return major > oldMajor || (major === oldMajor && minor >= oldMinor);
}

/** The Node that came with the dependencies, where its package exists for this machine. */
export function bundledNode() {
  const windows = process.platform === 'win32';
  const name = `node-${windows ? 'win' : process.platform}-${process.arch}`;
  return join(root, 'node_modules', name, 'bin', windows ? 'node.exe' : 'node');
}

/**
 * Returns when this process is a new enough Node with itself first on PATH; otherwise runs the same
 * script again under the Node that the dependencies brought and ends with its exit code.
 */
export function continueOnNode24() {
  if (isNewEnough(process.versions.node)) {
    const first = dirname(process.execPath);
    process.env.PATH = [first, process.env.PATH].join(delimiter);
    return;
  }
  const node = bundledNode();
  if (!existsSync(node)) {
    throw new SetupError(
      `Portcullis needs Node ${oldestNode.join('.')} or later; this is ${process.versions.node}, ` +
        `and no Node package exists for ${process.platform}-${process.arch}. Install Node 24.`,
    );
  }
  process.exit(run(node, process.argv.slice(1), { cwd: process.cwd() }));
}

/**
 * Makes sure that the programs the tests drive are there, installing what is missing on Debian and
 * its kin. Elsewhere it says what is missing and goes on: the table of runners leaves out what the
 * system cannot run.
 *
 * @param {{ yes: boolean }} options
 */
export async function installSystemPackages({ yes }) {
  if (process.platform !== 'linux') return;
  const missing = debianPackages.filter(({ proof }) => !isPresent(proof));
  if (missing.length === 0) return;
  console.log('The tests need these programs, which are not installed:');
  for (const { name, why } of missing) console.log(`  ${name.padEnd(16)} ${why}`);
  const steps = aptSteps(missing.map(({ name }) => name));
  const command = steps.map((step) => step.join(' ')).join(' && ');
  if (!findProgram('apt-get')) {
    throw new SetupError('This system has no apt-get: install them with its own package manager.');
  }
  if (!yes && !(await askConsent(command))) {
    throw new SetupError(`Install them, then try again:\n  ${command}`);
  }
  for (const [program = '', ...args] of steps) {
    const code = run(program, args);
    if (code !== 0) throw new SetupError(`\`${program} ${args.join(' ')}\` failed (exit ${code}).`);
  }
}

/** @param {readonly string[]} names */
function aptSteps(names) {
  const asRoot = process.geteuid?.() === 0 ? [] : ['sudo'];
  return [
    [...asRoot, 'apt-get', 'update', '-q'],
    [...asRoot, 'apt-get', 'install', '-qy', '--no-install-recommends', ...names],
  ];
}

/** @param {string} command */
async function askConsent(command) {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return false;
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await prompt.question(`Run this now?\n  ${command}\n[y/N] `);
  prompt.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** @param {string} proof */
function isPresent(proof) {
  if (!proof.startsWith('/')) return findProgram(proof) !== undefined;
  const folders = ['x86_64-linux-gnu', 'aarch64-linux-gnu', '.'];
  return folders.some((folder) => existsSync(join('/usr/lib', folder, proof)));
}

/**
 * Full path of a program on PATH, also in the system folders that an ordinary user's PATH leaves out.
 *
 * @param {string} name
 */
export function findProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

/**
 * What is left for the command line of `npm run app -- …`: a `--yes` in front is the answer to our own
 * questions, one further back belongs to the command before it.
 *
 * @param {readonly string[]} args
 * @returns {readonly string[]}
 */
export function withoutConsent(args) {
  return args[0] === '--yes' ? args.slice(1) : args;
}

/**
 * Consent given ahead: on the command line, or because a CI machine belongs to the run.
 *
 * @param {readonly string[]} args
 */
export function hasConsent(args) {
  return args.includes('--yes') || process.env.CI === 'true';
}
