// @ts-check
/**
 * Electron's own program, which its package downloads when it is first asked for. Never asks through
 * the package itself: that would begin the download without a word and wait for ever.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, SetupError } from './setup.mjs';

const folder = join(root, 'node_modules', 'electron');
const programs = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };
const mirror =
  process.env.ELECTRON_MIRROR ?? 'https://github.com/electron/electron/releases/download/';

/** Milliseconds: to find out whether the download can be had, and for the download. */
const probeTime = 3000;
const downloadTime = 300_000;

/** Where the program is, or undefined when it is not there. */
export function findElectron() {
  const named = process.env.ELECTRON_PATH;
  if (named) return existsSync(named) ? named : undefined;
  const name = Reflect.get(programs, process.platform) ?? 'electron';
  const program = join(folder, 'dist', name);
  return existsSync(program) ? program : undefined;
}

/**
 * Downloads it where that is possible.
 *
 * @returns {Promise<string | undefined>} Why it is not there afterwards.
 */
export async function fetchElectron() {
  if (findElectron()) return undefined;
  if (!existsSync(folder)) return 'Electron is not installed';
  if (!(await isReachable())) return 'its program cannot be downloaded from here';
  console.log('Downloading Electron …');
  try {
    run(process.execPath, [join(folder, 'install.js')], { timeout: downloadTime });
  } catch (error) {
    // It took too long; another door is better than no door.
    if (!(error instanceof SetupError)) throw error;
  }
  return findElectron() ? undefined : 'the download of its program failed';
}

/** Whether the release answers at all; a firewall that swallows the question counts as no. */
async function isReachable() {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  try {
    const answer = await fetch(`${mirror}v${version}/SHASUMS256.txt`, {
      method: 'HEAD',
      signal: AbortSignal.timeout(probeTime),
    });
    return answer.ok;
  } catch {
    return false;
  }
}
