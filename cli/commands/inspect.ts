/** What a server offers and costs, and one call of a tool. */
import type { Inspection } from '../../shared/models/health.ts';
import type { Action, Context } from '../command.ts';
import { count } from '../ui/say.ts';
import { printTable } from '../ui/table.ts';
import type { Span } from '../ui/terminal.ts';
import { words } from '../words.ts';
import { badInput } from './interaction.ts';

const parts = ['tools', 'resources', 'prompts'] as const;

/** A tool that says by itself that it failed. */
export const exitToolFailed = 1;

export const inspect: Action = async (context) => {
  const { terminal, progress, json, input } = context;
  const id = input.words[0] ?? '';
  const api = await context.api();
  progress.show(words.starting(id));
  const found = await api.inspect.server({ id });
  progress.clear();
  const asked = parts.filter((part) => input.has(part));
  const shown = asked.length === 0 ? parts : asked;
  if (json) terminal.json(found);
  else printInspection(context, found, shown);
  return 0;
};

function printInspection(
  { terminal }: Context,
  found: Inspection,
  shown: readonly (typeof parts)[number][],
): void {
  const { server, serverName, serverVersion, protocol, startMilliseconds, tokens } = found;
  const name = [serverName, serverVersion].filter((part) => part !== undefined).join(' ');
  terminal.line(
    [server, 'bold'],
    [`  ${name}  MCP ${protocol}, first answer after ${Math.round(startMilliseconds)} ms`, 'dim'],
  );
  if (found.instructions !== undefined) terminal.line([cut(found.instructions, 200), 'dim']);
  for (const part of shown) {
    const offered = found[part];
    if (offered.length === 0) continue;
    terminal.line();
    terminal.line([part, 'bold'], [` (${offered.length})`, 'dim']);
    printTable(
      terminal,
      ['name', 'tokens', '', 'about'].map((title) => ({ title, mayWrap: title === 'about' })),
      offered.map((one): readonly Span[] => [
        one.name,
        String(one.tokens),
        one.destructive === true
          ? ['destructive', 'yellow']
          : one.readOnly === true
            ? ['reads', 'green']
            : '',
        [cut(one.description ?? one.title ?? '', 120), 'dim'],
      ]),
      { indent: 2 },
    );
  }
  terminal.line();
  terminal.line(`Its tools take about ${count(tokens, 'token')} of a model's context.`);
}

export const call: Action = async (context) => {
  const { terminal, progress, json, input } = context;
  const [id = '', tool = ''] = input.words;
  const args = Object.fromEntries(input.all('arg').map(readArgument));
  const api = await context.api();
  progress.show(words.starting(id));
  const result = await api.inspect.call({ id, tool, args });
  progress.clear();
  if (json) terminal.json(result);
  else for (const item of result.content) printContent(context, item);
  return result.isError ? exitToolFailed : 0;
};

/** `k=v`: JSON where it is JSON, else the text itself. */
function readArgument(text: string): readonly [string, unknown] {
  const at = text.indexOf('=');
  if (at < 1)
    throw badInput(
      'An --arg is not written as name=value.',
      'For example `--arg city=Oslo --arg days=3`.',
    );
  const value = text.slice(at + 1);
  try {
    return [text.slice(0, at), JSON.parse(value)];
  } catch {
    return [text.slice(0, at), value];
  }
}

/** Texts keep their lines; what is no text is shown as JSON. */
function printContent({ terminal }: Context, item: unknown): void {
  const text: unknown =
    typeof item === 'object' && item !== null && Reflect.get(item, 'type') === 'text'
      ? Reflect.get(item, 'text')
      : undefined;
  if (typeof text !== 'string') terminal.json(item);
  else for (const line of text.split(/\r?\n/)) terminal.line(line.replaceAll('\t', '  '));
}

function cut(text: string, most: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}
