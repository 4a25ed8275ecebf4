import { policy } from '../renderer-stand/stand.ts';
import { pageRows } from './pages.ts';
import { expect, settle, test } from './window-test.ts';

/** What of the page is wider than the window, or the two are equal. */
const overflow = `(() => {
  const main = document.querySelector('main');
  return [document.documentElement, main]
    .filter((node) => node.scrollWidth > node.clientWidth + 1)
    .map((node) => node.tagName + ' ' + node.scrollWidth + ' > ' + node.clientWidth);
})()`;

const sizes = [
  { name: '380 wide', width: 380, height: 640, text: 100 },
  { name: '1600 wide', width: 1600, height: 950, text: 100 },
  { name: '1120 wide with text at 200 %', width: 1120, height: 760, text: 200 },
] as const;

for (const { name, width, height, text } of sizes) {
  test.describe(name, () => {
    test.use({ viewport: { width, height } });
    for (const [scene, paths] of pageRows) {
      test(`no page of ${scene} scrolls sideways`, async ({ page, open }) => {
        const { stand } = await open(scene, paths[0]);
        for (const path of paths) {
          await page.goto(`${stand.url}#${path}`);
          if (scene !== 'loading') await settle(page);
          await page.evaluate(`document.documentElement.style.fontSize = '${text}%'`);
          expect.soft(await page.evaluate(overflow), path).toEqual([]);
        }
      });
    }
  });
}

test('the policy is the strict one and a breach would be heard', async ({ page, open }) => {
  expect(policy).not.toContain('unsafe');
  const { complaints } = await open('everyday');
  await page.evaluate(
    `document.head.append(Object.assign(document.createElement('style'), { textContent: 'p{}' }))`,
  );
  await expect.poll(() => complaints.length).toBe(1);
  // The breach was ours; what the fixture checks at the end is the page's.
  (complaints as string[]).length = 0;
});

test('text that others wrote is text: nothing hidden, nothing run', async ({ page, open }) => {
  const { stand } = await open('hostile');
  await settle(page);
  await expect(page.getByText('safe\\u{202e}txt.exe').first()).toBeVisible();
  await expect(page.getByText('<img src=x onerror="document.title=1">').first()).toBeVisible();
  for (const path of ['/', '/servers', '/servers/github', '/exposure', '/secrets', '/settings']) {
    await page.goto(`${stand.url}#${path}`);
    await settle(page);
    expect(await page.evaluate('document.querySelectorAll("main img, main script").length')).toBe(
      0,
    );
    const unseen = await page.evaluate(
      String.raw`(document.querySelector('main').innerText.match(/[\u202a-\u202e\u2066-\u2069\u200b\u001b]/g) ?? []).length`,
    );
    expect(unseen).toBe(0);
    expect(await page.title()).toMatch(/Portcullis$/);
  }
});

test('in a contrast theme of Windows, what is chosen is told by a line', async ({ page, open }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await open('everyday', '/settings');
  await settle(page);
  const lineOf = (selector: string) =>
    page.evaluate(
      `(() => {
        const { outlineStyle, borderTopWidth } = getComputedStyle(document.querySelector(${JSON.stringify(selector)}));
        return [outlineStyle, borderTopWidth];
      })()`,
    );
  expect(await lineOf('nav [aria-current]')).toEqual(['solid', '0px']);
  expect(await lineOf('.mantine-SegmentedControl-indicator')).toEqual(['solid', '0px']);
  expect(await lineOf('.mantine-Switch-track')).toEqual(['none', '1px']);
});

const moving = `[...document.querySelectorAll('*')].filter((node) => {
  const { transitionDuration, animationDuration, animationName, animationIterationCount } = getComputedStyle(node);
  if (animationName !== 'none' && animationIterationCount === 'infinite') return true;
  return [...transitionDuration.split(','), ...animationDuration.split(',')].some((text) => Number.parseFloat(text) > 0.001);
}).length`;

test('nothing moves when the system, or the person, asks for less', async ({ page, open }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open('everyday', '/settings');
  await settle(page);
  expect(await page.evaluate(moving)).toBe(0);
  // What waits pulses; not here.
  const { stand } = await open('loading', '/servers');
  expect(await page.evaluate(moving)).toBe(0);
  await page.goto(`${stand.url}#/settings`);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await page.evaluate("document.documentElement.removeAttribute('data-reduce-motion')");
  expect(await page.evaluate(moving)).toBeGreaterThan(0);
  await page.getByRole('switch', { name: 'Reduce motion' }).click({ force: true });
  await expect.poll(() => page.evaluate(moving)).toBe(0);
});
