// @ts-check
/**
 * `npm run screenshots`: pictures of every page in every state, from the stand, into
 * `docs/screenshots/`, with a page that shows them all. The clock stands still and the fonts are our own,
 * so that one version of Chromium makes the same bytes each time. `npm run screenshots -- WORD…` makes
 * only those whose names hold one of the words, into `out/screenshots/`, to look at while you work.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { buildAll } from './build.mjs';
import { continueOnNode24, root, runScript, SetupError } from './setup.mjs';

/** Smallest at which small text is still sharp. */
const quality = 82;
const mostAttempts = 20;
/** What the pictures show as today. */
const today = Date.parse('2026-11-23T10:00:00Z');

/** A blinking caret would be there or not. As a script's own sheet it needs no wider policy. */
const hideCaret = `{
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { caret-color: transparent }');
  document.adoptedStyleSheets.push(sheet);
}`;

await runScript(async () => {
  continueOnNode24();
  const { failed } = await buildAll({ ifStale: true });
  if (failed.includes('renderer')) return 1;
  Date.now = () => today;
  const { shots } = await import('../test/renderer-stand/shots.ts');
  const twice = shots.find(
    ({ name }, index) => shots.findIndex((one) => one.name === name) !== index,
  );
  if (twice !== undefined) throw new SetupError(`Two pictures are called ${twice.name}.`);
  const words = process.argv.slice(2);
  const all = words.length === 0;
  const folder = join(root, all ? 'docs/screenshots' : 'out/screenshots');
  if (all && existsSync(folder))
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  mkdirSync(folder, { recursive: true });
  const wanted = shots.filter(({ name }) => all || words.some((word) => name.includes(word)));
  await takeAll(wanted, folder);
  if (all) writeFileSync(join(folder, 'README.md'), renderIndex(wanted.map(({ name }) => name)));
  console.log(`${wanted.length} pictures in ${folder}`);
  return 0;
});

/**
 * @param {readonly import('../test/renderer-stand/shots.ts').Shot[]} wanted
 * @param {string} folder
 */
async function takeAll(wanted, folder) {
  const browser = await chromium.launch({
    executablePath: process.env.PORTCULLIS_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      ...['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync'],
      // Of the machine: its way to smooth text, its idea of colours, and the bars beside lists.
      ...['--font-render-hinting=none', '--disable-lcd-text', '--force-color-profile=srgb'],
      '--hide-scrollbars',
      // A part that is drawn anew by itself has other edges than one that is drawn with the whole.
      ...['--disable-partial-raster', '--disable-checker-imaging', '--disable-threaded-animation'],
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
  try {
    for (const shot of wanted)
      writeFileSync(join(folder, `${shot.name}.webp`), await take(browser, shot));
  } finally {
    await browser.close();
  }
}

/**
 * @param {import('playwright-core').Browser} browser
 * @param {import('../test/renderer-stand/shots.ts').Shot} shot
 */
async function take(browser, shot) {
  const { openStand } = await import('../test/renderer-stand/stand.ts');
  const { name, scene, path, scheme = 'light', width = 1120, height = 760 } = shot;
  const stand = await openStand({ scene, stepTime: shot.stepTime ?? 15 });
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    forcedColors: shot.contrast ? 'active' : 'none',
    deviceScaleFactor: 1,
    timezoneId: 'UTC',
    locale: 'en-US',
  });
  page.setDefaultTimeout(15_000);
  try {
    const isQuiet = followCalls(page);
    await page.clock.setFixedTime(today);
    // Calls that wait at the stand would hold every connection, and the fonts would wait behind them.
    if (scene === 'loading') await page.route('**/rpc/**', () => undefined);
    await page.goto(`${stand.url}#${path}`);
    await page.waitForSelector('main h1');
    const loading = page.getByRole('status', { name: 'Loading' });
    while (scene !== 'loading' && (await loading.count()) > 0)
      await loading.first().waitFor({ state: 'detached' });
    await shot.prepare?.(page, stand);
    await page.evaluate('document.fonts.ready');
    await page.evaluate(hideCaret);
    console.log(name);
    return await captureStill(page, scene === 'loading' ? () => true : isQuiet);
  } finally {
    await page.close();
    await stand.close();
  }
}

/**
 * Whether every call of the page has its answer, but for the news, which never end.
 *
 * @param {import('playwright-core').Page} page
 */
function followCalls(page) {
  const open = new Set();
  page.on('request', (request) => {
    if (/\/rpc\/(?!events\/)/.test(request.url())) open.add(request);
  });
  page.on('requestfinished', (request) => open.delete(request));
  page.on('requestfailed', (request) => open.delete(request));
  return () => open.size === 0;
}

/**
 * Takes pictures until two are the same and no call is open: a count in the navigation may come after
 * the screen.
 *
 * @param {import('playwright-core').Page} page
 * @param {() => boolean} isQuiet
 */
async function captureStill(page, isQuiet) {
  const cdp = await page.context().newCDPSession(page);
  let before = '';
  // What shows a run in its middle never stands still.
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const { data } = await cdp.send('Page.captureScreenshot', { format: 'webp', quality });
    if (data === before && isQuiet()) break;
    before = data;
  }
  return Buffer.from(before, 'base64');
}

/** @param {readonly string[]} names */
function renderIndex(names) {
  const groups = Map.groupBy(names, (name) => name.split('-')[0] ?? name);
  const sections = [...groups].map(([page, all]) => {
    const pictures = all.map(
      (name) => `<img src="${name}.webp" width="32%" alt="${name}" title="${name}">`,
    );
    return `## ${page}\n\n${pictures.join('\n')}\n`;
  });
  return `# Every page in every state\n\nMade by \`npm run screenshots\`; what is pictured stands in \`test/renderer-stand/shots.ts\`.\n\n${sections.join('\n')}`;
}
