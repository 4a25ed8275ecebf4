/** The desktop door, driven through Playwright: on the stand-in, or on real Electron where it is. */
import { defineConfig } from '@playwright/test';
import { realElectron } from './desktop-test.ts';

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  // Trays and the strictness of the stand-in cannot be asked of the real one.
  testIgnore: realElectron === undefined ? [] : ['*.stand-in.spec.ts'],
  outputDir: '../../out/playwright-desktop',
  workers: 2,
  fullyParallel: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  reporter: [['list'], ['json', { outputFile: '../../out/playwright-desktop.json' }]],
});
