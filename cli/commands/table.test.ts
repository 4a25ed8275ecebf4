import { expect, test } from 'vitest';
import { parseWords } from '../parse.ts';
import { commands } from './table.ts';

test('no two rows have one name, and no family lacks a meaning of its first word', () => {
  const names = commands.map(({ name }) => name);
  expect(names.length).toBe(new Set(names).size);
  const families = [
    ...new Set(names.filter((name) => name.includes(' ')).map((name) => name.split(' ')[0])),
  ];
  const usual = commands.filter(({ isDefault }) => isDefault).map(({ name }) => name.split(' ')[0]);
  expect(families.filter((name) => !usual.includes(name))).toEqual(['vault']);
});

test('every example is understood, as far as a shell leaves it to us', () => {
  for (const { name, examples } of commands) {
    expect(examples.length, name).toBeGreaterThan(0);
    for (const example of examples) {
      const own = example.replace(/^source <\((.*)\)$/, '$1').replace(/ [<>] .*$/, '');
      const [program, ...words] = own.match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
      expect(program, example).toBe('portcullis');
      const parsed = parseWords(words, commands);
      if (parsed.kind === 'run') expect(parsed.request.row.name, example).toBe(name);
    }
  }
});

test('every row loads what it does', async () => {
  for (const { name, load } of commands) expect(typeof (await load()), name).toBe('function');
});

test('what is recommended next exists', () => {
  const names = new Set(
    commands.flatMap(({ name, isDefault }) => (isDefault ? [name, name.split(' ')[0]] : [name])),
  );
  expect(commands.flatMap(({ next = [] }) => next.filter((name) => !names.has(name)))).toEqual([]);
});
