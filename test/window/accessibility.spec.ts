import { findFaults } from './find-faults.ts';
import { pageRows } from './pages.ts';
import { expect, settle, test } from './window-test.ts';

/** Few enough pages for one test that the most crowded ones fit its time on a busy machine. */
const pagesAtOnce = 3;

function chunksOf(paths: readonly string[]): readonly (readonly string[])[] {
  return paths.flatMap((_, at) =>
    at % pagesAtOnce === 0 ? [paths.slice(at, at + pagesAtOnce)] : [],
  );
}

const parts = pageRows.flatMap(([scene, paths]) =>
  chunksOf(paths).map((some) => [scene, some] as const),
);

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colours`, () => {
    test.use({ colorScheme });
    for (const [scene, paths] of parts) {
      test(`no page of ${scene} has an accessibility fault: ${paths.join(', ')}`, async ({
        page,
        open,
      }) => {
        const { stand } = await open(scene, paths[0]);
        for (const path of paths) {
          await page.goto(`${stand.url}#${path}`);
          if (scene !== 'loading') await settle(page);
          expect.soft(await findFaults(page), path).toEqual([]);
        }
      });
    }
  });
}

const busy = [
  ['the plan', '/exposure', 'See the plan'],
  ['the palette', '/', 'Find Ctrl K'],
  ['setting a secret', '/servers/github', 'Replace GITHUB_TOKEN'],
  ['the history of a file', '/clients/cursor', 'History'],
  ['a cell of the matrix', '/clients', 'linear in'],
  ['a trial start', '/servers/github/scope', 'Try it'],
  ['trials of several servers', '/servers/view/upgrade', 'Try 6 servers'],
  ['the plan of leaving', '/settings', 'Plan leaving…'],
] as const;

for (const [what, path, button] of busy) {
  test(`${what} has no accessibility fault`, async ({ page, open }) => {
    await open('everyday', path);
    await settle(page);
    await page.getByRole('button', { name: button }).first().click();
    await settle(page);
    expect(await findFaults(page)).toEqual([]);
  });
}
