import { expect, test } from 'vitest';
import { editDotenv, parseDotenv } from './dotenv.ts';

const lived = [
  '# accounts',
  'export A=one # note',
  "B='two # kept'",
  'C="line 1',
  'line 2" # after',
  'D=`back "tick"`',
  'EMPTY=',
  'URL=https://host/#anchor',
  'F="a\\nb\\"c"',
  '  G : seven',
  'not an assignment',
  'LAST=x',
].join('\n');

const values = (text: string) =>
  parseDotenv(text).entries.map((entry) => [entry.name, entry.value]);

test('an unclosed quote takes its own line only', () => {
  const text = 'A="never closed\nB=2\n';
  expect(values(text)).toEqual([
    ['A', '"never closed'],
    ['B', '2'],
  ]);
  expect(editDotenv(text, { remove: ['A'] })).toBe('B=2\n');
});

test('a quoted value that text follows is read as written', () => {
  expect(values('A="x" y\nB=2')).toEqual([
    ['A', '"x" y'],
    ['B', '2'],
  ]);
});

test('reads every form', () => {
  expect(values(lived)).toEqual([
    ['A', 'one'],
    ['B', 'two # kept'],
    ['C', 'line 1\nline 2'],
    ['D', 'back "tick"'],
    ['EMPTY', ''],
    ['URL', 'https://host/#anchor'],
    ['F', 'a\nb"c'],
    ['G', 'seven'],
    ['LAST', 'x'],
  ]);
});

test('places, lines and comments are those of the text', () => {
  const { entries, comments } = parseDotenv(lived);
  expect(
    entries.map((entry) => [entry.line, entry.exported, lived.slice(entry.start, entry.end)]),
  ).toEqual([
    [2, true, 'one'],
    [3, false, "'two # kept'"],
    [4, false, '"line 1\nline 2"'],
    [6, false, '`back "tick"`'],
    [7, false, ''],
    [8, false, 'https://host/#anchor'],
    [9, false, '"a\\nb\\"c"'],
    [10, false, 'seven'],
    [12, false, 'x'],
  ]);
  expect(comments.map((comment) => comment.text)).toEqual(['# accounts', '# note', '# after']);
});

test('removal takes exactly the lines of the names, as often as they stand there', () => {
  expect(editDotenv(lived, { remove: ['A', 'C', 'LAST'] })).toBe(
    [
      '# accounts',
      "B='two # kept'",
      'D=`back "tick"`',
      'EMPTY=',
      'URL=https://host/#anchor',
      'F="a\\nb\\"c"',
      '  G : seven',
      'not an assignment',
      '',
    ].join('\n'),
  );
  expect(editDotenv('A=1\nB=2\nA=3\n', { remove: ['A'] })).toBe('B=2\n');
  expect(editDotenv(lived, { remove: ['NONE'] })).toBe(lived);
});

test('line endings and a byte order mark stay', () => {
  const text = '\uFEFFA=1\r\nB="x\r\ny"\r\nC=3\r\n';
  expect(values(text)).toEqual([
    ['A', '1'],
    ['B', 'x\r\ny'],
    ['C', '3'],
  ]);
  expect(editDotenv(text, { remove: ['A'] })).toBe('\uFEFFB="x\r\ny"\r\nC=3\r\n');
  expect(editDotenv(text, { remove: ['B'] })).toBe('\uFEFFA=1\r\nC=3\r\n');
});

test('an empty value at the end of a line does not take the next line', () => {
  expect(values('A=\nB=2')).toEqual([
    ['A', ''],
    ['B', '2'],
  ]);
});
