// @ts-check
/**
 * The table of test runners: which files each takes, on which systems, and whether root may run
 * it. `vitest.config.ts` makes a project of each Vitest row; `scripts/test.mjs` runs the rows of
 * this system in order. What a system cannot run is a row it does not have, never a skipped test.
 */

/** Folders with source files that have their tests beside them. */
const beside = '{shared,core,platform,renderer,electron,web,cli,scripts,bench}';
const neverRoot = 'test/{journeys,promises,faults}/**/*.test.{ts,tsx}';
const user = '**/*.user.test.{ts,tsx}';

/**
 * @typedef {object} Runner
 * @property {string} name Project name for Vitest.
 * @property {'vitest' | 'playwright'} kind
 * @property {readonly NodeJS.Platform[]} platforms
 * @property {boolean} asRoot Whether the row may run as root. Root ignores permission bits and owns
 *   no keychain, so a test of either would pass or fail for the wrong reason.
 * @property {readonly string[]} include
 * @property {readonly string[]} exclude
 * @property {number} timeout Milliseconds for one test.
 * @property {string} [needs] The row exists only when this file does.
 * @property {boolean} [again] Files of other rows once more, as root, where root starts the tests.
 */

/** @type {readonly Runner[]} */
export const runners = [
  {
    name: 'unit',
    kind: 'vitest',
    platforms: ['linux', 'darwin', 'win32'],
    asRoot: true,
    include: [`${beside}/**/*.test.{ts,tsx}`, 'test/architecture.test.ts'],
    exclude: [user],
    timeout: 60_000,
  },
  {
    name: 'span',
    kind: 'vitest',
    platforms: ['linux', 'darwin', 'win32'],
    asRoot: true,
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: [user, neverRoot, 'test/architecture.test.ts', 'test/servers/**'],
    timeout: 60_000,
  },
  {
    // Linux only: these drive the Secret Service, /proc and bubblewrap.
    name: 'user',
    kind: 'vitest',
    platforms: ['linux'],
    asRoot: false,
    include: [user],
    exclude: [neverRoot, 'test/servers/**'],
    timeout: 60_000,
  },
  {
    // Linux only, for the same reason.
    name: 'journeys',
    kind: 'vitest',
    platforms: ['linux'],
    asRoot: false,
    include: [neverRoot],
    exclude: [],
    timeout: 120_000,
  },
  {
    name: 'window',
    kind: 'playwright',
    platforms: ['linux', 'darwin', 'win32'],
    asRoot: false,
    include: [],
    exclude: [],
    timeout: 60_000,
    needs: 'test/window/playwright.config.ts',
  },
  {
    // Linux only: elsewhere Electron's own binary takes the stand-in's place, in a job of its own.
    name: 'desktop',
    kind: 'playwright',
    platforms: ['linux'],
    asRoot: false,
    include: [],
    exclude: [],
    timeout: 60_000,
    needs: 'test/desktop/playwright.config.ts',
  },
  {
    // Linux only: a keyring daemon of their own, and the stand-in where Electron's binary is not.
    name: 'doors',
    kind: 'playwright',
    platforms: ['linux'],
    asRoot: false,
    include: [],
    exclude: [],
    timeout: 180_000,
    needs: 'test/journeys/playwright.config.ts',
  },
  {
    // People run servers as root too, in containers above all: what a sandbox promises must hold there.
    name: 'root',
    kind: 'vitest',
    platforms: ['linux'],
    asRoot: true,
    include: [
      'test/faults/confine*.test.ts',
      'test/promises/p2-own-secrets-only.test.ts',
      'test/promises/p3-confined.test.ts',
    ],
    exclude: [],
    timeout: 120_000,
    again: true,
  },
];

/**
 * Whether root must not run a test file, by its name or folder.
 *
 * @param {string} file
 */
export function isForOrdinaryUser(file) {
  return /\.user\.test\.tsx?$|[\\/]test[\\/](journeys|promises|faults)[\\/]/.test(file);
}
