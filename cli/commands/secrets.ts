/** Names of secrets, and values on their way in. */
import type { Action, Context } from '../command.ts';
import { sayTime } from '../ui/say.ts';
import { printTable } from '../ui/table.ts';
import { words } from '../words.ts';
import { agree, askSecret } from './interaction.ts';

export const listSecrets: Action = async (context) => {
  const { terminal, json, input } = context;
  const [server] = input.words;
  const views = await (await context.api()).secrets.list(server === undefined ? {} : { server });
  if (json) terminal.json(views);
  else if (views.length === 0) terminal.line('No secret is kept.');
  else
    printTable(
      terminal,
      ['server', 'secret', 'kind', 'state', 'stored', 'clients'].map((title) => ({ title })),
      views.map(({ server: id, name, kind, state, storedAt, clients }) => [
        [id, 'bold'],
        name,
        kind,
        [state, state === 'stored' ? 'green' : 'red'],
        sayTime(storedAt),
        clients.join(', '),
      ]),
    );
  return 0;
};

export const setSecret: Action = async (context) => {
  const [server, name] = wordsOf(context);
  const api = await context.api();
  const value = await askSecret(context, words.ask.secret(name, server));
  const result = await context.finishFirst(() =>
    api.secrets.set({ server, name, value, ...handedOver(context) }),
  );
  if (context.json) context.terminal.json(result);
  else context.terminal.line([words.done.stored(name, server), 'green']);
  return 0;
};

export const removeSecret: Action = async (context) => {
  const [server, name] = wordsOf(context);
  if (!(await agree(context, words.ask.removeSecret(name, server)))) {
    context.terminal.note(words.protect.stopped);
    return 0;
  }
  const result = await (await context.api()).secrets.remove({
    ...{ server, name },
    ...handedOver(context),
  });
  if (context.json) context.terminal.json(result);
  else context.terminal.line([words.done.forgotten(name, server), 'green']);
  return 0;
};

function handedOver({ input }: Context): { asVariable?: true } {
  return input.has('variable') ? { asVariable: true } : {};
}

function wordsOf({ input }: Context): readonly [server: string, name: string] {
  const [server = '', name = ''] = input.words;
  return [server, name];
}
