/** Random YAML: block and flow collections, all scalar styles, comments, odd indentation. */

import type { Path } from '../../core/documents/document.ts';
import { type Draw, drawKeys, type Pen, type RandomText, writeRandom } from './random-text.ts';

const scalars = [
  '',
  '1',
  '-2.50',
  '12345678901234567890',
  'true',
  '~',
  'plain text',
  '"quoted # text"',
  "'it''s'",
  '"q\\"\\u00e9\\n"',
  'no',
  '0x1F',
  'a:b',
  'https://host/#x',
];
const flowScalars = ['1', 'true', 'plain', '"a, b"', "'x'", 'null'];

interface Depth {
  readonly path: Path;
  readonly indent: string;
  readonly depth: number;
}

export function randomYaml(draw: Draw): RandomText {
  return writeRandom(draw, (pen) => {
    if (pen.chance(15)) {
      pen.write('---');
      pen.eol();
    }
    ownLines(pen, '');
    const start = pen.at();
    writeMap(pen, { path: [], indent: '', depth: 0 }, start, drawKeys(pen, 4).concat('last'));
    ownLines(pen, '');
  });
}

function writeMap(pen: Pen, at: Depth, from: number, keys: readonly string[]): void {
  const start = pen.at();
  for (const [index, key] of keys.entries()) {
    if (index > 0) {
      ownLines(pen, at.indent);
      pen.write(at.indent);
    }
    const memberStart = pen.at();
    pen.write(
      /^[\p{L}_]/u.test(key) && pen.chance(70)
        ? key
        : pen.chance(50)
          ? `'${key}'`
          : JSON.stringify(key),
    );
    pen.write(':');
    writeChild(
      pen,
      { path: [...at.path, key], indent: at.indent, depth: at.depth + 1 },
      memberStart,
      true,
    );
  }
  pen.spot({ path: at.path, kind: 'map', start, end: pen.at(), from });
}

function writeList(pen: Pen, at: Depth, from: number, count: number): void {
  const start = pen.at();
  for (let index = 0; index < count; index += 1) {
    if (index > 0) {
      ownLines(pen, at.indent);
      pen.write(at.indent);
    }
    const memberStart = pen.at();
    pen.write('-');
    writeChild(
      pen,
      { path: [...at.path, index], indent: at.indent, depth: at.depth + 1 },
      memberStart,
      false,
    );
  }
  pen.spot({ path: at.path, kind: 'list', start, end: pen.at(), from });
}

/** The value behind a colon or a dash, to the end of its line. */
function writeChild(pen: Pen, at: Depth, from: number, inMap: boolean): void {
  const kind =
    at.depth > 3
      ? 'scalar'
      : pen.pick(['scalar', 'scalar', 'scalar', 'block', 'flow', 'map', 'list'] as const);
  const unit = pen.pick(['  ', '  ', '    ', '   ']);
  if (kind === 'map' && !inMap) {
    pen.write(' ');
    writeMap(pen, { ...at, indent: `${at.indent}  ` }, from, drawKeys(pen, 3).concat('name'));
    return;
  }
  if (kind === 'map' || (kind === 'list' && inMap)) {
    endLine(pen);
    const indent = kind === 'list' && pen.chance(40) ? at.indent : at.indent + unit;
    ownLines(pen, indent);
    pen.write(indent);
    if (kind === 'map') writeMap(pen, { ...at, indent }, from, drawKeys(pen, 3).concat('name'));
    else writeList(pen, { ...at, indent }, from, 1 + pen.draw(3));
    return;
  }
  pen.write(' ');
  if (kind === 'flow') writeFlow(pen, at.path, from, 0);
  else if (kind === 'block' && inMap) writeBlockScalar(pen, at, from, unit);
  else writeScalar(pen, at.path, from, scalars);
  if (kind !== 'block' || !inMap) endLine(pen);
}

function writeBlockScalar(pen: Pen, at: Depth, from: number, unit: string): void {
  const start = pen.at();
  pen.write(pen.pick(['|', '>', '|-']));
  pen.eol();
  pen.write(`${at.indent}${unit}first # no comment`);
  pen.eol();
  pen.write(`${at.indent}${unit}second`);
  pen.spot({ path: at.path, kind: 'scalar', start, end: pen.at(), from });
  pen.eol();
}

function writeScalar(pen: Pen, path: Path, from: number, pool: readonly string[]): void {
  const start = pen.at();
  pen.write(pen.pick(pool));
  pen.spot({ path, kind: 'scalar', start, end: pen.at(), from });
}

function writeFlow(pen: Pen, path: Path, from: number, depth: number): void {
  const start = pen.at();
  const kind = pen.pick(['map', 'list'] as const);
  const members =
    kind === 'map' ? drawKeys(pen, 2) : Array.from({ length: pen.draw(3) }, (_, index) => index);
  const pad = members.length > 0 && pen.chance(50) ? ' ' : '';
  pen.write((kind === 'map' ? '{' : '[') + pad);
  for (const [index, key] of members.entries()) {
    const memberStart = pen.at();
    if (typeof key === 'string') pen.write(`${JSON.stringify(key)}: `);
    if (depth < 1 && pen.chance(20)) writeFlow(pen, [...path, key], memberStart, depth + 1);
    else writeScalar(pen, [...path, key], memberStart, flowScalars);
    if (index < members.length - 1) pen.write(', ');
  }
  pen.write(pad + (kind === 'map' ? '}' : ']'));
  pen.spot({ path, kind, start, end: pen.at(), from });
}

function endLine(pen: Pen): void {
  if (pen.chance(20)) pen.comment(pen.pick([' #', '   #']), '');
  pen.eol();
}

function ownLines(pen: Pen, indent: string): void {
  if (pen.chance(10)) pen.eol();
  if (!pen.chance(12)) return;
  pen.write(indent);
  pen.comment('#', '');
  pen.eol();
}
