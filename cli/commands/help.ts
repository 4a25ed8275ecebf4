/** Help made from the table: all commands in groups, or one with its examples. */
import type { Action, CommandRow, Context, Group } from '../command.ts';
import { groups } from '../command.ts';
import { nearest } from '../nearest.ts';
import { firstWords } from '../parse.ts';
import { printTable } from '../ui/table.ts';
import type { Terminal } from '../ui/terminal.ts';
import { words } from '../words.ts';
import { badInput } from './interaction.ts';
import { commands } from './table.ts';

export const help: Action = async (context) => {
  printHelp(context, context.input.words);
  return 0;
};

/** Fails with `bad_input` for a command that does not exist. */
export function printHelp(
  { terminal, json }: Pick<Context, 'terminal' | 'json'>,
  asked: readonly string[],
): void {
  const rows = findRows(asked);
  if (json) terminal.json(rows.map(describeRow));
  else if (asked.length === 0) printAll(terminal);
  else if (rows.length === 1 && rows[0] !== undefined) printOne(terminal, rows[0]);
  else printFamily(terminal, rows);
}

function findRows(asked: readonly string[]): readonly CommandRow[] {
  const shown = commands.filter(({ isHidden }) => isHidden !== true);
  const [first = '', second] = asked;
  if (first === '') return shown;
  const exact = shown.filter(({ name }) => name === first || name === `${first} ${second}`);
  if (exact.length > 0) return exact;
  const family = shown.filter(({ name }) => name.startsWith(`${first} `));
  if (family.length > 0) return family;
  const near = nearest(first, firstWords(commands));
  throw badInput(
    `There is no command \`portcullis ${first}\`.`,
    near === undefined ? 'See `portcullis help`.' : `Did you mean \`portcullis help ${near}\`?`,
  );
}

function describeRow({ name, group, summary, about, examples, next, ...row }: CommandRow) {
  return {
    name,
    group,
    summary,
    ...(about === undefined ? {} : { about }),
    arguments: (row.arguments ?? []).map(({ syntax, about: text }) => ({ syntax, about: text })),
    options: (row.options ?? []).map(({ flags, about: text }) => ({ flags, about: text })),
    examples,
    next: next ?? [],
  };
}

function printAll(terminal: Terminal): void {
  terminal.line(words.title);
  terminal.line();
  terminal.line(
    ['Start with ', 'dim'],
    ['portcullis', 'cyan'],
    [', then ', 'dim'],
    ['portcullis protect', 'cyan'],
    ['. Nothing is changed before you say yes.', 'dim'],
  );
  for (const group of Object.keys(groups) as Group[]) {
    const rows = commands.filter((row) => row.group === group && row.isHidden !== true);
    terminal.line();
    terminal.line([groups[group], 'bold']);
    printTable(
      terminal,
      [{ title: '' }, { title: '', mayWrap: true }],
      rows.map(({ name, summary, isDefault }) => [
        [isDefault === true ? name.replace(' list', ' [list]') : name, 'cyan'],
        summary,
      ]),
      { indent: 2 },
    );
  }
  terminal.line();
  terminal.line(
    'Every command but run takes --json. ',
    ['portcullis help COMMAND', 'cyan'],
    ' explains one, with examples.',
  );
}

function printFamily(terminal: Terminal, rows: readonly CommandRow[]): void {
  for (const [at, row] of rows.entries()) {
    if (at > 0) terminal.line();
    printOne(terminal, row);
  }
}

function printOne(terminal: Terminal, row: CommandRow): void {
  const operands = (row.arguments ?? []).map(({ syntax }) => ` ${syntax.toUpperCase()}`).join('');
  terminal.line(
    [`portcullis ${row.name}`, 'bold'],
    operands,
    (row.options ?? []).length > 0 ? ' [OPTIONS]' : '',
  );
  terminal.line(`  ${row.summary}`);
  if (row.about !== undefined) terminal.line(`  ${row.about}`);
  const lines = [
    ...(row.arguments ?? []).map(({ syntax, about }) => [syntax.toUpperCase(), about] as const),
    ...(row.options ?? []).map(({ flags, about }) => [flags, about] as const),
    ...(row.noJson === true ? [] : [['--json', 'one JSON document on stdout'] as const]),
  ];
  if (lines.length > 0) terminal.line();
  printTable(
    terminal,
    [{ title: '' }, { title: '', mayWrap: true }],
    lines.map(([flags, about]) => [[flags, 'cyan'], about]),
    { indent: 2 },
  );
  terminal.line();
  terminal.line(['Examples', 'bold']);
  for (const example of row.examples) terminal.line('  ', example);
  if (row.next !== undefined)
    terminal.line(
      [words.next, 'bold'],
      ` ${row.next.map((name) => `portcullis ${name}`).join(', ')}`,
    );
}
