import { describe, expect, test } from 'vitest';
import { edit, remove, set } from '../../test/support/edit-text.ts';
import { plainMap } from './nodes.ts';

describe('YAML', () => {
  const goose =
    'extensions: # all\r\n  dev: # d\r\n    cmd: npx # c\r\n    args:\r\n    - -y\r\n    - "q" # q\r\n    envs: {A: b}\r\n\r\n# tail\r\nz: 1';
  test('a new entry takes the indentation and list style of its siblings', () => {
    const after = edit(
      goose,
      'yaml',
      set(
        ['extensions', 'x y'],
        plainMap([
          ['cmd', 'p'],
          ['args', ['1', 'run']],
        ]),
      ),
    );
    expect(after).toBe(
      goose.replace(
        '{A: b}\r\n',
        '{A: b}\r\n  x y:\r\n    cmd: p\r\n    args:\r\n    - "1"\r\n    - run\r\n',
      ),
    );
    expect(edit(after, 'yaml', remove('extensions', 'x y'))).toBe(goose);
  });
  test('removal and list items', () => {
    expect(
      edit(
        goose,
        'yaml',
        remove('extensions', 'dev', 'cmd'),
        remove('extensions', 'dev', 'args', 0),
      ),
    ).toBe(goose.replace('    cmd: npx # c\r\n', '').replace('    - -y\r\n', ''));
    expect(edit(goose, 'yaml', remove('extensions', 'dev'))).toBe(
      'extensions: {} # all\r\n\r\n# tail\r\nz: 1',
    );
    expect(edit(goose, 'yaml', set(['extensions', 'dev', 'envs', 'B'], 'x,y'))).toBe(
      goose.replace('{A: b}', '{A: b, B: "x,y"}'),
    );
  });
  test.each([
    ['true', '"true"'],
    ['no', '"no"'],
    ['null', '"null"'],
    ['~', '"~"'],
    ['', '""'],
    ['12', '"12"'],
    ['1e3', '"1e3"'],
    ['0x1F', '"0x1F"'],
    ['-', '"-"'],
    ['- a', '"- a"'],
    ['a: b', '"a: b"'],
    ['a #b', '"a #b"'],
    ['#a', '"#a"'],
    ['*a', '"*a"'],
    ['&a', '"&a"'],
    ['!a', '"!a"'],
    ['%a', '"%a"'],
    ['@a', '"@a"'],
    ['{a', '"{a"'],
    ['a\nb', '"a\\nb"'],
    [' a', '" a"'],
    ['a ', '"a "'],
    ['2026-11-23', '"2026-11-23"'],
    ['---', '"---"'],
    ['\u0085', '"\\u0085"'],
    ['plain words', 'plain words'],
    ['https://host/#x', 'https://host/#x'],
    ['-y', '-y'],
    ['/opt/x', '/opt/x'],
    ['$TOKEN', '$TOKEN'],
    ['a{b}', 'a{b}'],
  ])('%j is written %s', (value, written) => {
    expect(edit('a: x\n', 'yaml', set(['a'], value))).toBe(`a: ${written}\n`);
  });
});
