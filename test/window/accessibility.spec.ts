import AxeBuilder from '@axe-core/playwright';
import { pages } from './pages.ts';
import { expect, settle, test } from './window-test.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colours`, () => {
    test.use({ colorScheme });
    for (const { scene, path } of pages) {
      test(`${path} of ${scene} has no accessibility fault`, async ({ page, open }) => {
        await open(scene, path);
        if (scene !== 'loading') await settle(page);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const faults = violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
        );
        expect(faults).toEqual([]);
      });
    }
  });
}

const busy = [
  ['the plan', '/exposure', ['See the plan']],
  ['the palette', '/', ['Find Ctrl K']],
  ['setting a secret', '/servers/github', ['Replace GITHUB_TOKEN']],
  ['the history of a file', '/clients/cursor', ['History']],
  ['the plan of leaving', '/settings', ['Plan leaving…']],
] as const;

for (const [what, path, buttons] of busy) {
  test(`${what} has no accessibility fault`, async ({ page, open }) => {
    await open('everyday', path);
    await settle(page);
    for (const name of buttons) await page.getByRole('button', { name }).first().click();
    await settle(page);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });
}
