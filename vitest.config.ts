import { defineConfig } from 'vitest/config';
import { runners } from './scripts/runners.mjs';

/** One project for each Vitest row of `scripts/runners.mjs`; the window has Playwright. */
export default defineConfig({
  cacheDir: 'out/cache/vitest',
  test: {
    // Each file in a process of its own: tests change HOME and start servers.
    pool: 'forks',
    maxWorkers: 2,
    globals: false,
    attachmentsDir: 'out/attachments',
    projects: runners
      .filter(({ kind }) => kind === 'vitest')
      .filter(({ again = false }) => !again || process.geteuid?.() === 0)
      .map(({ name, include, exclude, timeout, again = false }) => ({
        extends: true,
        test: {
          name,
          include: [...include],
          exclude: ['**/node_modules/**', 'out/**', ...exclude],
          testTimeout: timeout,
          hookTimeout: timeout,
          setupFiles: again ? [] : ['./scripts/never-as-root.mjs'],
        },
      })),
  },
});
