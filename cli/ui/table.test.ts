import { expect, test } from 'vitest';
import { createScreen } from '../../test/support/screen.ts';
import { printTable } from './table.ts';
import { createTerminal, type Span } from './terminal.ts';
import { widthOf } from './width.ts';

const columns = [{ title: 'name', mayCut: true }, { title: 'file' }];

function print(rows: readonly (readonly Span[])[], width?: number): readonly string[] {
  const out = createScreen(width === undefined ? {} : { isTTY: true, columns: width });
  printTable(createTerminal(out, createScreen(), { NO_COLOR: '1' }), columns, rows);
  return out.text().split('\n').slice(0, -1);
}

const file = '/home/ada/.cursor/mcp.json';
const long = 'a-very-long-server-name-that-goes-on-and-on';

test('nothing is cut where nobody looks at a screen', () => {
  expect(print([[long.repeat(4), file]])).toEqual([
    `name${' '.repeat(long.length * 4 - 2)}file`,
    `${long.repeat(4)}  ${file}`,
  ]);
});

test('a long name is cut in the middle and a path never', () => {
  const lines = print([[long, file]], 50);
  expect(lines[1]).toBe(`a-very-long…-on-and-on  ${file}`);
  expect(lines.every((line) => widthOf(line) <= 50)).toBe(true);
});

test('a row that cannot fit stands in lines of its own, whole', () => {
  expect(print([[long, file]], 30)).toEqual([long, `  file: ${file}`]);
});

test('a text goes on in the next line, under itself', () => {
  const out = createScreen({ isTTY: true, columns: 40 });
  const texts = [{ title: '' }, { title: '', mayWrap: true }];
  const text = 'one two three four five six seven eight nine';
  printTable(createTerminal(out, createScreen(), {}), texts, [['--flag', text]]);
  expect(out.text()).toBe('--flag  one two three four five six\n        seven eight nine\n');
});

test('wide characters keep the columns straight', () => {
  expect(
    print([
      ['日本', 'x'],
      ['ab', 'y'],
    ]),
  ).toEqual(['name  file', '日本  x', 'ab    y']);
});

test('a name cannot break the table or the terminal', () => {
  expect(print([['a\nb\u001b[2J', 'x']])[1]).toBe('a\\nb\\u{1b}[2J  x');
});
