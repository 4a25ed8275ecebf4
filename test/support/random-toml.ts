/** Random TOML: root pairs, dotted keys, tables, sub-tables, lists of tables, inline values. */

import type { Path } from '../../core/documents/document.ts';
import { type Draw, drawKeys, type Pen, type RandomText, writeRandom } from './random-text.ts';

const scalars = [
  '1',
  '9223372036854775807',
  '20.0',
  '1e3',
  'true',
  '""',
  '"a b # c"',
  "'C:\\path'",
  '"q\\"é\\n"',
  '1979-05-27T07:32:00Z',
  '0xFF',
  '1_000',
];

export function randomToml(draw: Draw): RandomText {
  return writeRandom(draw, (pen) => {
    const equals = pen.pick([' = ', ' = ', '=', '  = ']);
    comments(pen, '');
    writePairs(pen, [], '', equals);
    const names = drawKeys(pen, 4).map((name) => `t-${name}`);
    for (const name of names) {
      if (pen.chance(30)) writeItems(pen, name, equals);
      else writeTables(pen, name, equals);
    }
    if (pen.chance(30)) comments(pen, '');
  });
}

function writeTables(pen: Pen, name: string, equals: string): void {
  const hasOwn = pen.chance(60);
  if (hasOwn) writeTable(pen, [name], [name], '', equals, false);
  const subs = drawKeys(pen, 2).map((sub) => `s-${sub}`);
  const indent = pen.pick(['', '', '  ']);
  for (const sub of subs) {
    writeTable(pen, [name, sub], [name, sub], indent, equals, false);
    if (pen.chance(40))
      writeTable(pen, [name, sub, 'sub'], [name, sub, 'sub'], indent, equals, false);
  }
}

function writeItems(pen: Pen, name: string, equals: string): void {
  const count = 1 + pen.draw(3);
  for (let index = 0; index < count; index += 1) {
    writeTable(pen, [name, index], [name], '', equals, true);
    if (pen.chance(40)) writeTable(pen, [name, index, 'sub'], [name, 'sub'], '', equals, false);
  }
}

function writeTable(
  pen: Pen,
  path: Path,
  names: readonly string[],
  indent: string,
  equals: string,
  isItem: boolean,
): void {
  if (pen.chance(70)) blankLine(pen);
  comments(pen, indent);
  pen.write(indent);
  const start = pen.at();
  pen.write(isItem ? '[[' : '[');
  for (const [index, name] of names.entries()) {
    if (index > 0) pen.write('.');
    writeKey(pen, name);
  }
  pen.write(isItem ? ']]' : ']');
  pen.spot({ path, kind: 'map', start, end: pen.at(), from: start });
  endLine(pen);
  writePairs(pen, path, indent, equals);
}

function writePairs(pen: Pen, path: Path, indent: string, equals: string): void {
  for (const key of drawKeys(pen, 3)) {
    comments(pen, indent);
    pen.write(indent);
    const from = pen.at();
    const isDotted = pen.chance(12);
    writeKey(pen, isDotted ? `d-${key}` : key);
    if (isDotted) {
      pen.write('.');
      writeKey(pen, 'leaf');
    }
    pen.write(equals);
    writeValue(pen, isDotted ? [...path, `d-${key}`, 'leaf'] : [...path, key], from, 0);
    endLine(pen);
  }
}

function writeValue(pen: Pen, path: Path, from: number, depth: number): void {
  const kind =
    depth > 2 ? 'scalar' : pen.pick(['scalar', 'scalar', 'scalar', 'list', 'map'] as const);
  const start = pen.at();
  if (kind === 'scalar') pen.write(pen.pick(scalars));
  if (kind === 'list') writeList(pen, path, depth);
  if (kind === 'map') writeInline(pen, path, depth);
  pen.spot({ path, kind, start, end: pen.at(), from });
}

function writeList(pen: Pen, path: Path, depth: number): void {
  const count = pen.draw(4);
  const lines = depth === 0 && pen.chance(40);
  pen.write('[');
  for (let index = 0; index < count; index += 1) {
    if (lines) {
      pen.eol();
      pen.write('  ');
    }
    writeValue(pen, [...path, index], pen.at(), lines ? depth + 1 : 3);
    if (index < count - 1) pen.write(lines ? ',' : ', ');
    else if (lines && pen.chance(50)) pen.write(',');
    if (lines && pen.chance(20)) pen.comment(' #', '');
  }
  if (lines) pen.eol();
  pen.write(']');
}

function writeInline(pen: Pen, path: Path, depth: number): void {
  const keys = drawKeys(pen, 3);
  pen.write(keys.length === 0 ? '{' : '{ ');
  for (const [index, key] of keys.entries()) {
    const from = pen.at();
    writeKey(pen, key);
    pen.write(' = ');
    writeValue(pen, [...path, key], from, depth + 2);
    if (index < keys.length - 1) pen.write(', ');
  }
  pen.write(keys.length === 0 ? '}' : ' }');
}

function writeKey(pen: Pen, key: string): void {
  if (/^[A-Za-z0-9_-]+$/.test(key) && pen.chance(80)) pen.write(key);
  else pen.write(pen.chance(50) ? `'${key}'` : JSON.stringify(key));
}

function endLine(pen: Pen): void {
  if (pen.chance(20)) pen.comment(pen.pick([' #', '    #']), '');
  pen.eol();
}

function comments(pen: Pen, indent: string): void {
  if (pen.chance(10)) blankLine(pen);
  if (!pen.chance(15)) return;
  pen.write(indent);
  pen.comment('#', '');
  pen.eol();
}

function blankLine(pen: Pen): void {
  pen.eol();
}
