/** A new server from a command line, from a URL, or from JSON that was pasted for some client. */
import type { LaunchSpec } from '../../shared/models/server.ts';
import { secretNamesIn, secretTemplate } from '../../shared/template.ts';
import type { Action, Context } from '../command.ts';
import { words } from '../words.ts';
import { askSecrets, badInput } from './interaction.ts';
import { printServer } from './servers.ts';

export const addServer: Action = async (context) => {
  if (context.input.has('from-json')) return addPasted(context);
  const { input, terminal, json } = context;
  const [name] = input.words;
  if (name === undefined)
    throw badInput(
      'A new server needs a name.',
      'For example `portcullis servers add github -- npx -y some-package`.',
    );
  const launch = launchOf(context, input.all('secret'));
  const names = [...new Set([...input.all('secret'), ...referencesOf(launch)])];
  const values = await askSecrets(
    context,
    names.map((secret) => words.ask.secret(secret, name)),
  );
  const id = input.text('id');
  const view = await (await context.api()).servers.add({
    name,
    launch,
    ...(id === undefined ? {} : { id }),
    ...(names.length === 0
      ? {}
      : { secrets: Object.fromEntries(names.map((secret, at) => [secret, values[at] ?? ''])) }),
  });
  if (json) terminal.json(view);
  else {
    terminal.line([words.done.added(view.record.id), 'green']);
    printServer(context, view);
    terminal.line(
      `${words.next} `,
      [`portcullis inspect ${view.record.id}`, 'cyan'],
      ' starts it once and lists what it offers.',
    );
  }
  return 0;
};

async function addPasted(context: Context): Promise<number> {
  const { terminal, json, input } = context;
  const clashing = ['url', 'secret', 'env', 'header', 'id'].find((option) => input.has(option));
  if (input.words.length > 0 || clashing !== undefined)
    throw badInput(
      '--from-json takes names, commands and values from the JSON on stdin.',
      'Use it alone: `portcullis servers add --from-json < pasted.json`.',
    );
  const text = await context.readInput();
  const views = await (await context.api()).servers.addFromJson({ json: text });
  if (json) terminal.json(views);
  else
    for (const view of views) {
      terminal.line([words.done.added(view.record.id), 'green']);
      printServer(context, view);
    }
  return 0;
}

function launchOf({ input }: Context, secrets: readonly string[]): LaunchSpec {
  const [, command, ...args] = input.words;
  const url = input.text('url');
  if ((command === undefined) === (url === undefined))
    throw badInput(
      'Give either a command behind `--` or a --url.',
      'For example `portcullis servers add github -- npx -y some-package`.',
    );
  if (url !== undefined) {
    const headers = pairs(input.all('header'), ':', '--header "Name: value"');
    return { transport: input.has('sse') ? 'sse' : 'streamable-http', url, headers };
  }
  const env = pairs(input.all('env'), '=', '--env NAME=value');
  const cwd = input.text('cwd');
  const named = secretNamesIn(...args, ...Object.values(env));
  // A secret that no text refers to is given as the variable of its name.
  const given = secrets.filter((secret) => !named.includes(secret));
  return {
    transport: 'stdio',
    command: command ?? '',
    args,
    env: { ...env, ...Object.fromEntries(given.map((name) => [name, secretTemplate(name)])) },
    ...(cwd === undefined ? {} : { cwd }),
  };
}

function referencesOf(launch: LaunchSpec): readonly string[] {
  return launch.transport === 'stdio'
    ? secretNamesIn(...launch.args, ...Object.values(launch.env))
    : secretNamesIn(launch.url, ...Object.values(launch.headers));
}

function pairs(texts: readonly string[], sign: string, example: string): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf(sign);
      // The text itself may be a secret that was typed in the wrong place.
      if (at < 1)
        throw badInput(
          `An option is not written as ${example}.`,
          'See `portcullis help servers add`.',
        );
      return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    }),
  );
}
