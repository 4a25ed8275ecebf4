/**
 * `node scripts/screenshots.mjs [WORD…]`: pictures of every screen and state, from the stand. Those
 * marked `keep` go to `docs/screenshots/`, the rest to `out/screenshots/`. With words, only the shots
 * whose names hold one of them.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { shots } from '../test/renderer-stand/shots.ts';
import { openStand } from '../test/renderer-stand/stand.ts';

const root = join(import.meta.dirname, '..');
const folders = { keep: join(root, 'docs/screenshots'), rest: join(root, 'out/screenshots') };
for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
const window = process.env.PORTCULLIS_WINDOW ?? join(root, 'out/renderer');
if (!existsSync(join(window, 'index.html'))) {
  console.error('Build the window first: npm run build.');
  process.exit(1);
}

const words = process.argv.slice(2);
const wanted = shots.filter(
  ({ name }) => words.length === 0 || words.some((w) => name.includes(w)),
);
const browser = await chromium.launch({
  executablePath: process.env.PORTCULLIS_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ],
});
try {
  for (const shot of wanted) await take(shot);
} finally {
  await browser.close();
}

/** @param {import('../test/renderer-stand/shots.ts').Shot} shot */
async function take(shot) {
  const { name, scene, path, scheme = 'light', width = 1120, height = 760 } = shot;
  const stand = await openStand({ scene, stepTime: shot.stepTime ?? 15 });
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    deviceScaleFactor: 1,
  });
  page.setDefaultTimeout(15_000);
  try {
    await page.goto(`${stand.url}#${path}`);
    await page.waitForSelector('main h1');
    if (!['loading'].includes(scene)) {
      await page.waitForFunction('!document.querySelector("[role=status][aria-label=Loading]")');
    }
    await shot.prepare?.(page, stand);
    await page.evaluate('document.fonts.ready');
    const folder = shot.keep ? folders.keep : folders.rest;
    await page.screenshot({ path: join(folder, `${name}.png`) });
    console.log(name);
  } finally {
    await page.close();
    await stand.close();
  }
}
