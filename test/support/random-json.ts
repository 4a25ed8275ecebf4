/** Random JSON, JSONC and JSON5. */

import type { Path } from '../../core/documents/document.ts';
import { type Draw, drawKeys, type Pen, type RandomText, writeRandom } from './random-text.ts';

export interface JsonFreedom {
  readonly comments: boolean;
  readonly extended: boolean;
}

const scalars = [
  '1',
  '-0',
  '1.50',
  '2e3',
  '12345678901234567890',
  'true',
  'null',
  '""',
  '"a b"',
  '"q\\"\\u00e9\\n"',
  '"// no # comment"',
  '"é, ]}"',
];
const extendedScalars = [
  "'it\\'s'",
  '"a\\\nb"',
  '+1',
  '.5',
  '5.',
  '0xFF',
  'Infinity',
  '\'say "x"\'',
];

export function randomJson(draw: Draw, freedom: JsonFreedom): RandomText {
  return writeRandom(draw, (pen) => {
    const unit = pen.pick(['  ', '\t', '    ', ' ']);
    trivia(pen, freedom, '');
    writeContainer(pen, freedom, [], 'map', '', unit, 0, pen.chance(85));
    if (pen.chance(70)) pen.eol();
    trivia(pen, freedom, '');
  });
}

function writeValue(
  pen: Pen,
  freedom: JsonFreedom,
  path: Path,
  indent: string,
  unit: string,
  depth: number,
  lines: boolean,
  from: number,
): void {
  const kind =
    depth > 3 ? 'scalar' : pen.pick(['scalar', 'scalar', 'scalar', 'map', 'list'] as const);
  if (kind !== 'scalar') {
    writeContainer(pen, freedom, path, kind, indent, unit, depth, lines && pen.chance(75), from);
    return;
  }
  const start = pen.at();
  pen.write(pen.pick(freedom.extended ? [...scalars, ...extendedScalars] : scalars));
  pen.spot({ path, kind, start, end: pen.at(), from });
}

function writeContainer(
  pen: Pen,
  freedom: JsonFreedom,
  path: Path,
  kind: 'map' | 'list',
  indent: string,
  unit: string,
  depth: number,
  lines: boolean,
  from: number = pen.at(),
): void {
  const start = pen.at();
  const members =
    kind === 'map' ? drawKeys(pen, 4) : Array.from({ length: pen.draw(4) }, (_, index) => index);
  const deeper = indent + unit;
  const colon = pen.pick([': ', ': ', ':', ' : ']);
  const comma = pen.pick([', ', ', ', ',']);
  pen.write(kind === 'map' ? '{' : '[');
  if (!lines && pen.chance(50)) pen.write(' ');
  for (const [index, key] of members.entries()) {
    if (lines) {
      if (freedom.comments && index === 0 && pen.chance(10)) pen.comment(' //', '');
      pen.eol();
      ownLines(pen, freedom, deeper);
      pen.write(deeper);
    }
    const memberStart = pen.at();
    if (typeof key === 'string') {
      writeKey(pen, freedom, key);
      pen.write(colon);
      if (freedom.comments && pen.chance(5)) pen.comment('/*', '*/ ');
    }
    writeValue(pen, freedom, [...path, key], deeper, unit, depth + 1, lines, memberStart);
    if (freedom.comments && pen.chance(8)) pen.comment(' /*', '*/');
    const isLast = index === members.length - 1;
    if (!isLast || (freedom.comments && pen.chance(30))) pen.write(lines || isLast ? ',' : comma);
    if (freedom.comments && lines && pen.chance(20)) anyComment(pen, ' ');
  }
  if (lines && (members.length > 0 || pen.chance(30))) {
    pen.eol();
    if (freedom.comments) ownLines(pen, freedom, deeper);
    pen.write(indent);
  } else if (!lines && pen.chance(50)) pen.write(' ');
  pen.write(kind === 'map' ? '}' : ']');
  pen.spot({ path, kind, start, end: pen.at(), from });
}

function writeKey(pen: Pen, freedom: JsonFreedom, key: string): void {
  if (freedom.extended && /^[a-z_]+$/.test(key) && pen.chance(60)) pen.write(key);
  else if (freedom.extended && pen.chance(30)) pen.write(`'${key}'`);
  else pen.write(JSON.stringify(key));
}

function ownLines(pen: Pen, freedom: JsonFreedom, indent: string): void {
  if (pen.chance(8)) pen.eol();
  if (!freedom.comments || !pen.chance(15)) return;
  pen.write(indent);
  anyComment(pen);
  pen.eol();
}

function trivia(pen: Pen, freedom: JsonFreedom, indent: string): void {
  if (pen.chance(10)) pen.eol();
  if (freedom.comments && pen.chance(15)) {
    pen.write(indent);
    pen.comment('//', '');
    pen.eol();
  }
}

function anyComment(pen: Pen, before = ''): void {
  if (pen.chance(50)) pen.comment(`${before}//`, '');
  else pen.comment(`${before}/*`, '*/');
}
