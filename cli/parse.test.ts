import { expect, test } from 'vitest';
import { AppError } from '../shared/errors.ts';
import { commands } from './commands/table.ts';
import { parseWords, wantsJson } from './parse.ts';

function parse(...words: string[]) {
  const parsed = parseWords(words, commands);
  if (parsed.kind !== 'run') return parsed;
  const { row, input, json } = parsed.request;
  return { name: row.name, words: input.words, json };
}

function refuse(...words: string[]): { message: string; hint: string | undefined } {
  try {
    parseWords(words, commands);
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'bad_input')
      return { message: thrown.message, hint: thrown.hint };
    throw thrown;
  }
  throw new Error(`Understood: ${words.join(' ')}`);
}

test.each([
  [[], { name: 'overview', words: [], json: false }],
  [['--json'], { name: 'overview', words: [], json: true }],
  [['servers'], { name: 'servers list', words: [], json: false }],
  [['--json', 'servers'], { name: 'servers list', words: [], json: true }],
  [['servers', '--json'], { name: 'servers list', words: [], json: true }],
  [['servers', 'show', 'github'], { name: 'servers show', words: ['github'], json: false }],
  [['scan', 'a', '--client', 'x', 'b'], { name: 'scan', words: ['a', 'b'], json: false }],
  [
    ['servers', 'add', 'x', '--', 'npx', '-y', '--json'],
    { name: 'servers add', words: ['x', 'npx', '-y', '--json'], json: false },
  ],
  [['--version'], { kind: 'version' }],
  [['-V'], { kind: 'version' }],
  [['--help'], { kind: 'help', words: [] }],
  [['servers', 'add', '-h'], { kind: 'help', words: ['servers', 'add'] }],
])('%j', (words, parsed) => {
  expect(parse(...words)).toEqual(parsed);
});

test('options that repeat, with commas, and those that begin with no', () => {
  const parsed = parseWords(
    ['protect', '--client', 'a,b', '--client=c', '--no-item', '-x', '--item', 'y', '--yes'],
    commands,
  );
  if (parsed.kind !== 'run') throw new Error('Not understood.');
  const { input } = parsed.request;
  expect(input.list('client')).toEqual(['a', 'b', 'c']);
  expect(input.all('client')).toEqual(['a,b', 'c']);
  expect([input.list('no-item'), input.list('item')]).toEqual([['-x'], ['y']]);
  expect([input.has('yes'), input.has('all'), input.text('choose')]).toEqual([
    true,
    false,
    undefined,
  ]);
});

test.each([
  [['servrs'], 'There is no command `portcullis servrs`.', 'Did you mean `portcullis servers`?'],
  [['xyzzy'], 'There is no command `portcullis xyzzy`.', 'See `portcullis help`.'],
  [
    ['servers', 'shw'],
    'There is no command `portcullis servers shw`.',
    'Did you mean `portcullis servers show`?',
  ],
  [['vault'], '`portcullis vault` needs one of: create, open.', 'See `portcullis help vault`.'],
  [
    ['scan', '--frmat', 'jsonl'],
    '`portcullis scan` has no option --frmat.',
    'Did you mean --format? See `portcullis help scan`.',
  ],
  [
    ['run', 'x', '--json'],
    '`portcullis run` has no --json.',
    'Its output belongs to the server that it starts.',
  ],
  [
    ['secrets', 'set', 'x'],
    "Missing required argument 'name'.",
    'For example: `portcullis secrets set github GITHUB_TOKEN`. See `portcullis help secrets set`.',
  ],
])('%j is refused with its remedy', (words, message, hint) => {
  expect(refuse(...words)).toEqual({ message, hint });
});

test('a value that was typed in the wrong place is not repeated', () => {
  const planted = `planted-${crypto.randomUUID()}`;
  const refused = [
    refuse('servers', 'add', 'x', `--api-key=${planted}`),
    refuse('secrets', 'set', 'x', 'NAME', planted),
  ];
  expect(JSON.stringify(refused)).not.toContain(planted);
});

test('--json behind -- belongs to the server', () => {
  expect([
    wantsJson(['scan', '--json']),
    wantsJson(['servers', 'add', 'x', '--', 'y', '--json']),
  ]).toEqual([true, false]);
});
