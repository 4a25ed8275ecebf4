/**
 * The tray's picture, drawn here: a gate of one colour on nothing, which every system can tint or
 * place on its own bar. A dot says that something needs the person.
 */
import { crc32, deflateSync } from 'node:zlib';

export type TrayState = 'calm' | 'exposed' | 'broken';

export interface Ink {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

export const black: Ink = { red: 0, green: 0, blue: 0 };
export const white: Ink = { red: 255, green: 255, blue: 255 };

/** Rows of 16 pixels: the arch, the bars, the points. */
const gate = [
  '................',
  '.....######.....',
  '...####..####...',
  '..###.#..#.###..',
  '..##..#..#..##..',
  '.##...#..#...##.',
  '.##############.',
  '.##...#..#...##.',
  '.##...#..#...##.',
  '.##############.',
  '.##...#..#...##.',
  '.##...#..#...##.',
  '.##############.',
  '.##...#..#...##.',
  '..#...#..#...#..',
  '................',
];

/** A PNG of `16 × scale` pixels. */
export function drawTray(state: TrayState, ink: Ink, scale: 1 | 2): Buffer {
  const size = 16 * scale;
  const rows = Array.from({ length: size }, (_, y) => {
    const pixels = Array.from({ length: size }, (_, x) =>
      isInked(state, x / scale, y / scale) ? [ink.red, ink.green, ink.blue, 255] : [0, 0, 0, 0],
    );
    // Each row begins with its filter: none.
    return [0, ...pixels.flat()];
  });
  return encodePng(size, Buffer.from(rows.flat()));
}

function isInked(state: TrayState, x: number, y: number): boolean {
  const distance = state === 'calm' ? 99 : Math.hypot(x + 0.5 - 12, y + 0.5 - 12);
  // A ring of nothing keeps the dot apart from the bars.
  if (distance < 4.6) return distance < 3.4 && (state === 'exposed' || distance > 1.6);
  return gate[Math.floor(y)]?.[Math.floor(x)] === '#';
}

function encodePng(size: number, pixels: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  // 8 bits a channel, with alpha.
  header.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
