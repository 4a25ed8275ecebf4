/** From words to a row of the table and what was typed for it. Commander reads the options. */
import { Command, CommanderError, Option } from 'commander';
import { AppError } from '../shared/errors.ts';
import type { CommandRow, Input } from './command.ts';
import { nearest } from './nearest.ts';
import { count } from './ui/say.ts';

export interface Request {
  readonly row: CommandRow;
  readonly input: Input;
  readonly json: boolean;
}

export type Parsed =
  | { readonly kind: 'run'; readonly request: Request }
  | { readonly kind: 'help'; readonly words: readonly string[] }
  | { readonly kind: 'version' };

const version = ['--version', '-V'];
const help = ['--help', '-h'];

/** Fails with `bad_input`. Nothing of what stands behind `--` is ours. */
export function parseWords(words: readonly string[], rows: readonly CommandRow[]): Parsed {
  const end = words.indexOf('--');
  const ours = end < 0 ? words : words.slice(0, end);
  const names = ours.filter((word) => !word.startsWith('-'));
  if (ours.some((word) => help.includes(word))) return { kind: 'help', words: names };
  const first = words.findIndex((word) => !word.startsWith('-'));
  const before = first < 0 ? words : words.slice(0, first);
  if (before.some((word) => version.includes(word))) return { kind: 'version' };
  const { row, rest } = findRow(first < 0 ? [] : words.slice(first), rows);
  return { kind: 'run', request: parseRow(row, [...before, ...rest]) };
}

/** True when the person asked for JSON, whether or not the rest can be understood. */
export function wantsJson(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end < 0 ? words : words.slice(0, end)).includes('--json');
}

function findRow(
  words: readonly string[],
  rows: readonly CommandRow[],
): { readonly row: CommandRow; readonly rest: readonly string[] } {
  const [first = 'overview', second] = words;
  const exact = rows.find(({ name }) => name === first);
  if (exact !== undefined) return { row: exact, rest: words.slice(1) };
  const family = rows.filter(({ name }) => name.startsWith(`${first} `));
  if (family.length === 0) throw unknownCommand(first, firstWords(rows), '');
  const named = family.find(({ name }) => name === `${first} ${second}`);
  if (named !== undefined) return { row: named, rest: words.slice(2) };
  const usual = family.find(({ isDefault }) => isDefault);
  if (usual !== undefined && (second === undefined || second.startsWith('-')))
    return { row: usual, rest: words.slice(1) };
  const known = family.map(({ name }) => name.slice(first.length + 1));
  throw unknownCommand(second ?? '', known, `${first} `);
}

export function firstWords(rows: readonly CommandRow[]): readonly string[] {
  const shown = rows.filter(({ isHidden }) => isHidden !== true);
  return [...new Set(shown.map(({ name }) => name.split(' ')[0] ?? name))];
}

function unknownCommand(word: string, known: readonly string[], prefix: string): AppError {
  const near = nearest(word, known);
  const family = prefix.trim();
  const message =
    word === '' || word.startsWith('-')
      ? `\`portcullis ${family}\` needs one of: ${known.join(', ')}.`
      : `There is no command \`portcullis ${prefix}${word}\`.`;
  return new AppError('bad_input', message, {
    hint:
      near === undefined
        ? `See \`portcullis help${family === '' ? '' : ` ${family}`}\`.`
        : `Did you mean \`portcullis ${prefix}${near}\`?`,
  });
}

function parseRow(row: CommandRow, words: readonly string[]): Request {
  const given = new Map<string, string[]>();
  const command = commandOf(row);
  for (const option of command.options)
    command.on(`option:${option.name()}`, (value: unknown) => {
      const values = given.get(option.name()) ?? [];
      given.set(option.name(), [...values, typeof value === 'string' ? value : '']);
    });
  try {
    command.parse([...words], { from: 'user' });
  } catch (thrown) {
    throw thrown instanceof CommanderError ? refusal(row, thrown, command) : thrown;
  }
  const all = (option: string) => given.get(option) ?? [];
  const input: Input = {
    words: command.args,
    has: (option) => given.has(option),
    text: (option) => all(option).at(-1),
    list: (option) => all(option).flatMap((text) => text.split(',').filter((part) => part !== '')),
    all,
  };
  return { row, input, json: given.has('json') };
}

function commandOf(row: CommandRow): Command {
  const command = new Command(row.name)
    .exitOverride()
    .configureOutput({ outputError: () => undefined, writeErr: () => undefined })
    .showSuggestionAfterError(false)
    .helpOption(false)
    .allowExcessArguments(false)
    .action(() => undefined);
  for (const { syntax, about } of row.arguments ?? []) command.argument(syntax, about);
  for (const { flags, about, choices } of row.options ?? []) {
    const option = new Option(flags, about);
    command.addOption(choices === undefined ? option : option.choices(choices));
  }
  if (row.noJson !== true) command.option('--json', 'one JSON document on stdout');
  return command;
}

const codes = {
  unknownOption: 'commander.unknownOption',
  missingArgument: 'commander.missingArgument',
  excessArguments: 'commander.excessArguments',
} as const;

function refusal(row: CommandRow, thrown: CommanderError, command: Command): AppError {
  const usual = `See \`portcullis help ${row.name}\`.`;
  if (thrown.code === codes.unknownOption) {
    // What follows `=` may be a secret.
    const option = /'(--?[^'=\s]*)/.exec(thrown.message)?.[1] ?? '';
    if (row.noJson === true && option === '--json')
      return new AppError('bad_input', `\`portcullis ${row.name}\` has no --json.`, {
        hint: 'Its output belongs to the server that it starts.',
      });
    const long = command.options.flatMap((one) => one.long ?? []);
    const near = nearest(option, long);
    return new AppError('bad_input', `\`portcullis ${row.name}\` has no option ${option}.`, {
      hint: near === undefined ? usual : `Did you mean ${near}? ${usual}`,
    });
  }
  if (thrown.code === codes.excessArguments) {
    // Not the words themselves: one of them may be a secret.
    const most = row.arguments?.length ?? 0;
    const message = `\`portcullis ${row.name}\` takes ${count(most, 'argument')}, and there are more.`;
    return new AppError('bad_input', message, { hint: usual });
  }
  const example = row.examples[0];
  const isMissing = thrown.code === codes.missingArgument && example !== undefined;
  return new AppError('bad_input', tidy(thrown.message), {
    hint: isMissing ? `For example: \`${example}\`. ${usual}` : usual,
  });
}

/** `error: missing required argument 'id'` → `Missing required argument 'id'.` */
function tidy(message: string): string {
  const text = message.replace(/^error: /, '').replace(/\.?\s*$/, '.');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
