/** Completion: small scripts that ask this program what may come next. */
import type { Action, CommandRow, Completable, Context, OptionRow } from '../command.ts';
import { firstWords } from '../parse.ts';
import { badInput } from './interaction.ts';
import { commands } from './table.ts';

/** Asks for the words so far; an answer of nothing leaves it to the shell's own file completion. */
const scripts: Readonly<Record<string, string>> = {
  bash: `_portcullis() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(portcullis complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _portcullis portcullis
`,
  zsh: `#compdef portcullis
_portcullis() {
  local -a found
  found=(\${(f)"$(portcullis complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( \${#found} )); then compadd -a found; else _files; fi
}
compdef _portcullis portcullis
`,
  fish: `function __portcullis_complete
  set -l words (commandline -opc) (commandline -ct)
  portcullis complete -- $words[2..-1] 2>/dev/null
end
complete -c portcullis -a '(__portcullis_complete)'
`,
};

export const printCompletion: Action = async ({ terminal, input, json }) => {
  const shell = input.words[0] ?? '';
  const script = scripts[shell];
  if (script === undefined)
    throw badInput(`There is no completion for “${shell}”.`, 'It is one of bash, zsh and fish.');
  if (json) terminal.json({ shell, script });
  else terminal.raw(script);
  return 0;
};

export const completeWords: Action = async (context) => {
  const { terminal, input, json } = context;
  const before = input.words.slice(0, -1);
  const typed = input.words.at(-1) ?? '';
  const offered = (await offer(before, typed, context)).filter((one) => one.startsWith(typed));
  if (json) terminal.json(offered);
  else for (const one of offered) terminal.line(one);
  return 0;
};

async function offer(
  before: readonly string[],
  typed: string,
  context: Context,
): Promise<readonly string[]> {
  if (before.length === 0) return firstWords(commands);
  const [first = '', second = ''] = before;
  const row = commands.find(({ name }) => name === first || name === `${first} ${second}`);
  if (row === undefined) {
    const family = commands.filter(({ name }) => name.startsWith(`${first} `));
    return before.length > 1 ? [] : family.map(({ name }) => name.slice(first.length + 1));
  }
  const option = (row.options ?? []).find((one) => longOf(one) === before.at(-1));
  if (option?.flags.includes('<')) return resolveKind(option.choices ?? option.complete, context);
  if (typed.startsWith('-'))
    return [...(row.options ?? []).map(longOf), ...(row.noJson === true ? [] : ['--json'])];
  return resolveKind(argumentAt(row, before), context);
}

function longOf({ flags }: OptionRow): string {
  return flags.split(' ')[0] ?? '';
}

/** The argument that comes next; the last one again when it repeats. */
function argumentAt(row: CommandRow, before: readonly string[]): Completable | undefined {
  const operands = before.slice(row.name.split(' ').length).filter((word) => !word.startsWith('-'));
  const known = row.arguments ?? [];
  const next =
    known[operands.length] ?? (known.at(-1)?.syntax.includes('...') ? known.at(-1) : undefined);
  return next?.complete;
}

async function resolveKind(
  kind: Completable | undefined,
  { api }: Context,
): Promise<readonly string[]> {
  if (kind === undefined || kind === 'file') return [];
  if (kind === 'command') return firstWords(commands);
  if (kind === 'server')
    return (await (await api()).servers.list({})).map(({ record }) => record.id);
  if (kind === 'client') return (await (await api()).clients.list({})).map(({ id }) => id);
  if (kind === 'run') return (await (await api()).protect.runs({})).map(({ id }) => id);
  return kind;
}
