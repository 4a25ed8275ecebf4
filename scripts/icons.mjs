/**
 * `node scripts/icons.mjs`: makes the raster icons in `assets/` from the SVG sources there, with
 * Chromium. Run it after a source changed, and commit what it makes.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const assets = join(import.meta.dirname, '..', 'assets');
const icoSizes = [16, 24, 32, 48, 64, 256];
/** ICNS types of PNG pictures, by their size in pixels. */
const icnsTypes = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic07', 128],
  ['ic08', 256],
  ['ic09', 512],
  ['ic10', 1024],
];
/** macOS recolours a template image itself; elsewhere the panel is light or dark. */
const trayInks = [
  { suffix: 'Template', ink: '#000000' },
  { suffix: '-on-light', ink: '#1e1d1a' },
  { suffix: '-on-dark', ink: '#f3f2ee' },
];
const trayShapes = ['tray', 'tray-exposed', 'tray-broken'];

const browser = await chromium.launch({
  executablePath: process.env.PORTCULLIS_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
});
try {
  const page = await browser.newPage();
  const icon = readFileSync(join(assets, 'icon.svg'), 'utf8');
  const iconAt = (/** @type {number} */ size) => draw(page, icon, size);
  writeFileSync(join(assets, 'icon.png'), await iconAt(512));
  writeFileSync(join(assets, 'icon.ico'), packIco(await drawAll(icoSizes, iconAt)));
  writeFileSync(join(assets, 'icon.icns'), await packIcns(iconAt));
  mkdirSync(join(assets, 'tray'), { recursive: true });
  for (const shape of trayShapes) {
    const source = readFileSync(join(assets, `${shape}.svg`), 'utf8');
    for (const { suffix, ink } of trayInks) {
      const inked = source.replace('<svg ', `<svg fill="${ink}" `);
      const at = (/** @type {number} */ size) => draw(page, inked, size);
      const name = join(assets, 'tray', `${shape}${suffix}`);
      writeFileSync(`${name}.png`, await at(16));
      writeFileSync(`${name}@2x.png`, await at(32));
      if (suffix !== 'Template') {
        writeFileSync(`${name}.ico`, packIco(await drawAll([16, 24, 32], at)));
      }
    }
  }
} finally {
  await browser.close();
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} svg
 * @param {number} size
 */
async function draw(page, svg, size) {
  await page.setViewportSize({ width: size, height: size });
  const sized = svg.replace('<svg ', `<svg width="${size}" height="${size}" `);
  await page.setContent(`<style>body{margin:0}svg{display:block}</style>${sized}`);
  return page.screenshot({ omitBackground: true });
}

/**
 * @param {readonly number[]} sizes
 * @param {(size: number) => Promise<Buffer>} at
 */
async function drawAll(sizes, at) {
  const drawn = [];
  for (const size of sizes) drawn.push({ size, png: await at(size) });
  return drawn;
}

/** Windows icon: a directory, then PNG pictures. @param {readonly { size: number, png: Buffer }[]} pictures */
function packIco(pictures) {
  const head = Buffer.alloc(6 + 16 * pictures.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(pictures.length, 4);
  let at = head.length;
  for (const [index, { size, png }] of pictures.entries()) {
    const row = 6 + 16 * index;
    head.writeUInt8(size % 256, row);
    head.writeUInt8(size % 256, row + 1);
    head.writeUInt16LE(1, row + 4);
    head.writeUInt16LE(32, row + 6);
    head.writeUInt32LE(png.length, row + 8);
    head.writeUInt32LE(at, row + 12);
    at += png.length;
  }
  return Buffer.concat([head, ...pictures.map(({ png }) => png)]);
}

/** macOS icon: a length, then typed PNG pictures. @param {(size: number) => Promise<Buffer>} at */
async function packIcns(at) {
  const parts = [];
  for (const [type, size] of icnsTypes) {
    const png = await at(Number(size));
    const head = Buffer.alloc(8);
    head.write(String(type), 'latin1');
    head.writeUInt32BE(png.length + 8, 4);
    parts.push(head, png);
  }
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.write('icns', 'latin1');
  head.writeUInt32BE(body.length + 8, 4);
  return Buffer.concat([head, body]);
}
