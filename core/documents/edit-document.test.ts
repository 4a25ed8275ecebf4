import { describe, expect, test } from 'vitest';
import { edit, launcher, refusal, remove, set } from '../../test/support/edit-text.ts';
import { plainMap } from './nodes.ts';

describe('refusals', () => {
  test('duplicate keys on the path, naming key and line', () => {
    const text = '{\n "mcpServers": {"a": {"x": 1},\n "a": {"x": 2}},\n "other": {"k": 1, "k": 2}}';
    for (const one of [
      set(['mcpServers', 'a', 'x'], 3),
      remove('mcpServers', 'b'),
      set(['mcpServers', 'b'], 1),
    ]) {
      const error = refusal(() => edit(text, 'json', one));
      expect([error.code, error.details]).toEqual([
        'file_duplicate_keys',
        { file: 'c.json', line: 3, path: ['mcpServers', 'a'] },
      ]);
    }
    expect(edit(text, 'json', set(['new'], 1))).toContain('"new": 1');
    expect(refusal(() => edit('a:\n  b: 1\n  b: 2\n', 'yaml', remove('a', 'b'))).code).toBe(
      'file_duplicate_keys',
    );
  });

  test('YAML anchors, aliases, merged keys, tags and several documents', () => {
    const text = 'base: &b\n  x: 1\nuse: *b\nown:\n  <<: *b\n  y: 3\ntag: !t 1\nplain: 1\n';
    for (const one of [
      set(['base', 'x'], 2),
      remove('base'),
      set(['use', 'x'], 2),
      remove('use'),
      set(['own', 'x'], 2),
      set(['tag'], 2),
    ]) {
      expect(refusal(() => edit(text, 'yaml', one)).code).toBe('file_unsupported');
    }
    expect(edit(text, 'yaml', set(['own', 'y'], 4), set(['plain'], 2))).toBe(
      text.replace('y: 3', 'y: 4').replace('plain: 1', 'plain: 2'),
    );
    expect(refusal(() => edit('a: 1\n---\nb: 2\n', 'yaml', set([0, 'a'], 2))).code).toBe(
      'file_unsupported',
    );
  });

  test('a text edit that touches data', () => {
    const text = '{\n  // note\n  "a": 1\n}';
    const at = text.indexOf('1');
    expect(
      refusal(() => edit(text, 'jsonc', { op: 'text', start: at, end: at + 1, text: '2' })).code,
    ).toBe('file_unsupported');
    expect(
      refusal(() => edit(text, 'jsonc', { op: 'text', start: at, end: at + 1, text: '' })).code,
    ).toBe('file_unsupported');
    const note = text.indexOf('note');
    expect(
      edit(text, 'jsonc', { op: 'text', start: note, end: note + 4, text: 'gone' }, set(['a'], 2)),
    ).toBe('{\n  // gone\n  "a": 2\n}');
  });

  test('what a format cannot write', () => {
    expect(refusal(() => edit('a = 1', 'toml', set(['a'], null))).code).toBe('bad_input');
    expect(refusal(() => edit('{}', 'json', set(['a'], Number.NaN))).code).toBe('bad_input');
    expect(refusal(() => edit('a: 1', 'yaml', set(['a'], '\ud800'))).code).toBe('bad_input');
    expect(refusal(() => edit('a = 1', 'toml', set(['a'], '\ud800'))).code).toBe('bad_input');
    expect(refusal(() => edit('{"a": 1}', 'json', set(['a', 'b'], 1))).code).toBe('bad_input');
    expect(refusal(() => edit('{"a": []}', 'json', set(['a', 1], 1))).code).toBe('bad_input');
    expect(refusal(() => edit('{}', 'json', remove())).code).toBe('bad_input');
  });

  test('removing what is not there changes nothing', () => {
    expect(edit('{"a": 1}', 'json', remove('b'), remove('b', 'c'))).toBe('{"a": 1}');
  });
});

describe('bytes that stay', () => {
  test('byte order mark, line endings, tabs, no final newline', () => {
    const text =
      '\uFEFF{\r\n\t"mcpServers": {\r\n\t\t"a": {\r\n\t\t\t"command": "x"\r\n\t\t}\r\n\t}\r\n}';
    expect(edit(text, 'json', set(['mcpServers', 'b'], launcher))).toBe(
      '\uFEFF{\r\n\t"mcpServers": {\r\n\t\t"a": {\r\n\t\t\t"command": "x"\r\n\t\t},\r\n\t\t"b": {\r\n\t\t\t"command": "/opt/portcullis",\r\n\t\t\t"args": [\r\n\t\t\t\t"run",\r\n\t\t\t\t"x"\r\n\t\t\t]\r\n\t\t}\r\n\t}\r\n}',
    );
  });

  test('mixed line endings: the dominant one is written, the others stay', () => {
    expect(edit('{\r\n  "a": 1,\n  "b": 2\r\n}', 'json', set(['c'], 3))).toBe(
      '{\r\n  "a": 1,\n  "b": 2,\r\n  "c": 3\r\n}',
    );
  });

  test('big integers and float forms elsewhere', () => {
    expect(
      edit('{"n": 12345678901234567890, "f": 20.0, "e": 1E2, "a": 1}', 'json', set(['a'], 2)),
    ).toBe('{"n": 12345678901234567890, "f": 20.0, "e": 1E2, "a": 2}');
    expect(edit('n = 9223372036854775807\nf = 20.0\na = 1 # one\n', 'toml', set(['a'], 2))).toBe(
      'n = 9223372036854775807\nf = 20.0\na = 2 # one\n',
    );
    expect(edit('f = 20.0\n', 'toml', set(['f'], 30))).toBe('f = 30.0\n');
  });

  test('odd indentation is copied from the sibling', () => {
    expect(
      edit(
        '{\n   "m": {\n        "a": { "k": 1 }\n   }\n}',
        'json',
        set(['m', 'b'], plainMap([['k', 2]])),
      ),
    ).toBe('{\n   "m": {\n        "a": { "k": 1 },\n        "b": { "k": 2 }\n   }\n}');
  });

  test('one-line containers stay on one line', () => {
    expect(edit('{"a":{"x":1}}', 'json', set(['b'], launcher))).toBe(
      '{"a":{"x":1},"b":{"command":"/opt/portcullis","args":["run","x"]}}',
    );
    expect(edit('{ "a": [1, 2] }', 'json', set(['a', 2], 3), remove('a', 0))).toBe(
      '{ "a": [2, 3] }',
    );
  });

  test('trailing commas: kept, never introduced', () => {
    expect(edit('{\n  "a": 1, // one\n}', 'jsonc', set(['b'], 2))).toBe(
      '{\n  "a": 1, // one\n  "b": 2,\n}',
    );
    expect(edit('{\n  "a": 1 // one\n}', 'jsonc', set(['b'], 2))).toBe(
      '{\n  "a": 1, // one\n  "b": 2\n}',
    );
    expect(edit('{\n  "a": 1,\n  "b": 2\n}', 'json', remove('b'))).toBe('{\n  "a": 1\n}');
    expect(edit('{\n  "a": 1,\n  "b": 2,\n}', 'jsonc', remove('b'))).toBe('{\n  "a": 1,\n}');
  });

  test("removal takes the entry's own comment and no neighbour's", () => {
    const text =
      '{\n  // above a\n  "a": 1, // a\n  // above b\n  "b": 2, // b\n  // above c\n  "c": 3 // c\n  // end\n}';
    expect(edit(text, 'jsonc', remove('b'))).toBe(text.replace('  "b": 2, // b\n', ''));
    expect(edit(text, 'jsonc', remove('c'))).toBe(
      text.replace('"b": 2,', '"b": 2').replace('  "c": 3 // c\n', ''),
    );
    expect(edit(text, 'jsonc', remove('a'))).toBe(text.replace('  "a": 1, // a\n', ''));
  });

  test('keys named __proto__ and 7, in any order', () => {
    const text = '{"__proto__": {"a": 1}, "7": 1, "b": 2}';
    expect(edit(text, 'json', set(['__proto__', 'a'], 2))).toBe(text.replace('"a": 1', '"a": 2'));
    expect(edit('{}', 'json', set(['__proto__'], launcher))).toContain('"__proto__": {');
  });

  test('a map over a map touches only the keys that differ', () => {
    const text =
      '{\n  "a": {\n    // why\n    "command": "npx", // runs\n    "type": "stdio",\n    "args": ["-y"],\n    "env": {"K": "v"}\n  }\n}';
    const value = plainMap([
      ['type', 'stdio'],
      ['command', 'p'],
      ['args', ['run', 'x']],
    ]);
    expect(edit(text, 'jsonc', set(['a'], value))).toBe(
      '{\n  "a": {\n    // why\n    "command": "p", // runs\n    "type": "stdio",\n    "args": ["run", "x"]\n  }\n}',
    );
  });

  test('JSON5 keeps its quotes and bare keys', () => {
    expect(
      edit(
        "{\n  a: {\n    command: 'x',\n  },\n}",
        'json5',
        set(['a', 'cwd'], "it's"),
        set(['a', 'command'], 'y'),
      ),
    ).toBe("{\n  a: {\n    command: 'y',\n    cwd: 'it\\'s',\n  },\n}");
  });
});

describe('empty files', () => {
  test.each([
    ['json', '{\n  "m": {\n    "k": 1\n  }\n}\n'],
    ['jsonc', '{\n  "m": {\n    "k": 1\n  }\n}\n'],
    ['json5', '{\n  "m": {\n    "k": 1\n  }\n}\n'],
    ['toml', '[m]\nk = 1\n'],
    ['yaml', 'm:\n  k: 1\n'],
  ] as const)('%s', (format, expected) => {
    for (const text of ['', ' \n', '\n\n'])
      expect(edit(text, format, set(['m', 'k'], 1))).toBe(expected);
    expect(edit('\uFEFF', format, set(['m', 'k'], 1))).toBe(`\uFEFF${expected}`);
  });
  test('comments only', () => {
    expect(edit('// mine', 'jsonc', set(['k'], 1))).toBe('// mine\n{\n  "k": 1\n}\n');
    expect(edit('# mine', 'toml', set(['k'], 1))).toBe('# mine\nk = 1\n');
    expect(edit('# mine', 'yaml', set(['k'], 1))).toBe('# mine\nk: 1\n');
  });
  test('an empty value where the map should be', () => {
    expect(edit('{"m": null}', 'json', set(['m', 'k'], 1))).toBe('{"m": {"k": 1}}');
    expect(
      edit(
        'm: # none\nn:\nl:\n- # c\n-\n',
        'yaml',
        set(['m'], 1),
        set(['n'], 2),
        set(['l', 0], 'x'),
        set(['l', 1], 'z'),
      ),
    ).toBe('m: 1 # none\nn: 2\nl:\n- x # c\n- z\n');
    expect(edit('m: # servers\nn: 1\n', 'yaml', set(['m', 'k'], 1))).toBe(
      'm: # servers\n  k: 1\nn: 1\n',
    );
  });
});

describe('large JSON files are edited through a window', () => {
  const filler = Array.from({ length: 6000 }, (_, index) => ({
    display: `line ${index} "quoted" \\ {[`,
    pasted: {},
  }));
  const large = (last: boolean): string => {
    const servers = { mcpServers: { a: { command: 'x', args: ['1'] } } };
    const projects = { projects: { '/p': { history: filler, mcpServers: {} } } };
    return JSON.stringify(
      last ? { ...projects, ...servers } : { ...servers, ...projects },
      null,
      2,
    );
  };
  test.each([true, false])('servers last: %s', (last) => {
    const text = large(last);
    expect(text.length).toBeGreaterThan(300_000);
    const added = edit(
      text,
      'json',
      set(['mcpServers', 'b'], launcher),
      set(['mcpServers', 'a', 'command'], 'y'),
      set(['projects', '/p', 'mcpServers', 'c'], launcher),
    );
    const state = JSON.parse(text);
    state.mcpServers.b = launcher;
    state.mcpServers.a.command = 'y';
    state.projects['/p'].mcpServers.c = launcher;
    expect(added).toBe(JSON.stringify(state, null, 2));
    expect(
      edit(
        added,
        'json',
        remove('mcpServers', 'b'),
        set(['mcpServers', 'a', 'command'], 'x'),
        remove('projects', '/p', 'mcpServers', 'c'),
      ),
    ).toBe(text);
    expect(edit(text, 'json', set(['new'], 1))).toBe(
      JSON.stringify({ ...JSON.parse(text), new: 1 }, null, 2),
    );
  });
  test.each([true, false])('behind letters of several bytes, servers last: %s', (last) => {
    const text = `\uFEFF${large(last).replace('line 1 ', 'é€😀')}`.replace('"a"', '"ä"');
    const edited = edit(text, 'json', set(['mcpServers', 'ä', 'command'], 'ö'));
    expect(edited).toBe(text.replace('"command": "x"', '"command": "ö"'));
  });
  test('errors name the line of the whole file', () => {
    const text = large(true).replace('"command": "x",', '"command": "x", "command": "z",');
    const line = text.slice(0, text.indexOf('"command": "z"')).split('\n').length;
    const error = refusal(() => edit(text, 'json', set(['mcpServers', 'a', 'args'], [])));
    expect([error.code, error.details.line]).toEqual(['file_duplicate_keys', line]);
    expect(
      refusal(() =>
        edit(text.replace('"projects"', '"mcpServers"'), 'json', set(['mcpServers', 'c'], 1)),
      ).code,
    ).toBe('file_duplicate_keys');
  });
  test('on one line', () => {
    const text = JSON.stringify(JSON.parse(large(true)));
    const state = JSON.parse(text);
    state.mcpServers.b = launcher;
    expect(edit(text, 'json', set(['mcpServers', 'b'], launcher))).toBe(JSON.stringify(state));
  });
});
