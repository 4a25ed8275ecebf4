import { expect, test } from 'vitest';
import { type DiffRow, toHunks } from './hunks.ts';

const row = (kind: DiffRow['kind'], line: number, text = `${kind} ${line}`): DiffRow => ({
  kind,
  line,
  text,
});
const say = (rest: number) => `${rest} more`;

test('what cannot be seen is written out, and what has no end is cut', () => {
  const { hunks } = toHunks(
    [row('added', 1, 'safe\u202Etxt\n</td>'), row('added', 2, 'x'.repeat(6000))],
    true,
    say,
  );
  expect(hunks[0]?.changes.map(({ content }) => content.slice(0, 30))).toEqual([
    'safe\\u{202e}txt\\n</td>',
    'x'.repeat(30),
  ]);
  expect(hunks[0]?.changes[1]?.content.endsWith('… (1000 more)')).toBe(true);
});

test('tabs that indent stay room, tabs within a line are written out', () => {
  const { hunks } = toHunks([row('added', 1, '\t \t"a":\t1\u200b')], true, say);
  expect(hunks[0]?.changes[0]?.content).toBe('\t \t"a":\\t1\\u{200b}');
});

const rows = [
  row('gap', 0),
  row('same', 10),
  row('removed', 11),
  row('removed', 12),
  row('added', 11),
  row('same', 13),
  row('gap', 0),
  row('same', 40),
  row('removed', 41),
  row('added', 40),
  row('removed', 42),
];

test('hunks end at what is left out, and shown numbers follow the changes', () => {
  const { hunks, shown, cutBefore, cutAfter } = toHunks(rows, false, say);
  expect([cutBefore, cutAfter]).toEqual([true, false]);
  expect(hunks).toMatchObject([
    { oldStart: 1, oldLines: 4, newStart: 1, newLines: 3 },
    { oldStart: 5, oldLines: 3, newStart: 4, newLines: 2 },
  ]);
  expect(shown).toEqual({ old: [0, 10, 11, 12, 13, 40, 41, 42], new: [0, 10, 11, 12, 39, 40] });
});

test('two lines that claim one number are both shown', () => {
  const { hunks } = toHunks([row('added', 7, 'one'), row('added', 7, 'two')], true, say);
  expect(hunks[0]?.changes).toMatchObject([
    { content: 'one', lineNumber: 1 },
    { content: 'two', lineNumber: 2 },
  ]);
});

test('only lines that are alike are marked within', () => {
  const { alike } = toHunks(
    [
      row('removed', 1, '  "command": "npx",'),
      row('removed', 2, '  "args": ["-y", "server@1.2.0"]'),
      row('added', 1, '  "command": "/home/ada/.local/bin/portcullis",'),
      row('added', 2, '  "args": ["-y", "server@1.3.0"]'),
    ],
    false,
    say,
  );
  expect(alike[0]?.changes.map(({ content }) => content)).toEqual([
    '  "args": ["-y", "server@1.2.0"]',
    '  "args": ["-y", "server@1.3.0"]',
  ]);
});

test('side by side, a removed line is followed by the one in its place', () => {
  const kinds = (sideBySide: boolean) =>
    toHunks(rows, sideBySide, say).hunks.map(({ changes }) =>
      changes.map(({ content }) => content),
    );
  expect(kinds(true)).toEqual([
    ['same 10', 'removed 11', 'added 11', 'removed 12', 'same 13'],
    ['same 40', 'removed 41', 'added 40', 'removed 42'],
  ]);
  expect(kinds(false)[0]).toEqual(['same 10', 'removed 11', 'removed 12', 'added 11', 'same 13']);
});
