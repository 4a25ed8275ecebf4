/** Records of servers: look, add, rename, switch, remove. */
import type { ServerView } from '../../shared/models/health.ts';
import type { Action, Context } from '../command.ts';
import { sayPath, sayTime } from '../ui/say.ts';
import { printTable } from '../ui/table.ts';
import type { Span } from '../ui/terminal.ts';
import { words } from '../words.ts';
import { agree } from './interaction.ts';
import { placeServer } from './place.ts';

export const listServers: Action = async (context) => {
  const { terminal, json } = context;
  const views = await (await context.api()).servers.list({});
  if (json) terminal.json(views);
  else if (views.length === 0)
    terminal.line(
      'There is no server yet. ',
      ['portcullis protect', 'cyan'],
      ' takes over those of your clients.',
    );
  else
    printTable(
      terminal,
      ['server', 'name', 'state', 'secrets', 'clients', 'starts'].map((title) => ({
        title,
        mayCut: title === 'name' || title === 'starts',
      })),
      views.map((view) => [
        [view.record.id, 'bold'],
        view.record.name,
        stateOf(view),
        String(view.record.secrets.length),
        clientsOf(view).join(', '),
        view.shown,
      ]),
    );
  return 0;
};

export const showServer: Action = async (context) => {
  const view = await (await context.api()).servers.get({ id: idOf(context) });
  if (context.json) context.terminal.json(view);
  else printServer(context, view);
  return 0;
};

export const renameServer: Action = async (context) => {
  const [id = '', name = ''] = context.input.words;
  const view = await (await context.api()).servers.rename({ id, name });
  return finish(context, view, words.done.renamed(id, name));
};

export const enableServer: Action = (context) => setEnabled(context, true);
export const disableServer: Action = (context) => setEnabled(context, false);

async function setEnabled(context: Context, enabled: boolean): Promise<number> {
  const id = idOf(context);
  if (context.input.has('client')) return placeServer(context, id, enabled);
  const view = await (await context.api()).servers.setEnabled({ id, enabled });
  return finish(context, view, enabled ? words.done.enabled(id) : words.done.disabled(id));
}

export const removeServer: Action = async (context) => {
  const { input, terminal, json } = context;
  const id = idOf(context);
  const forgetSecrets = input.has('forget-secrets');
  if (forgetSecrets && !(await agree(context, words.ask.removeServer(id)))) {
    terminal.note(words.protect.stopped);
    return 0;
  }
  const result = await (await context.api()).servers.remove({ id, forgetSecrets });
  if (json) terminal.json(result);
  else terminal.line([words.done.removed(id), 'green']);
  return 0;
};

function idOf({ input }: Context): string {
  return input.words[0] ?? '';
}

function finish({ terminal, json }: Context, view: ServerView, message: string): number {
  if (json) terminal.json(view);
  else terminal.line([message, 'green']);
  return 0;
}

export function printServer({ terminal, home }: Context, view: ServerView): void {
  const { record, health, missing, warnings, shown } = view;
  const row = (name: string, ...spans: readonly Span[]) =>
    terminal.line([name.padEnd(10), 'dim'], ...spans);
  terminal.line([record.id, 'bold'], record.name === record.id ? '' : `  ${record.name}`);
  row('starts', shown);
  row('state', stateOf(view), `  ${health.message}`);
  if (health.hint !== undefined) row('', [health.hint, 'yellow']);
  if (health.running > 0) row('running', String(health.running));
  if (health.lastLaunch !== undefined) row('launched', sayTime(health.lastLaunch));
  for (const secret of record.secrets)
    row('secret', secret.name, [
      missing.includes(secret.name)
        ? '  missing'
        : `  ${secret.kind}, since ${sayTime(secret.storedAt)}`,
      missing.includes(secret.name) ? 'red' : 'dim',
    ]);
  for (const { client, file, pointer } of record.placements)
    row('entry', client, `  ${sayPath(file, home)}`, [`  ${pointer}`, 'dim']);
  for (const warning of warnings) row('warning', [warning, 'yellow']);
}

const stateStyles = {
  ready: 'green',
  'missing-secret': 'red',
  disabled: 'dim',
  'command-missing': 'red',
  unknown: 'yellow',
} as const;

function stateOf({ health }: ServerView): Span {
  return [health.state, stateStyles[health.state]];
}

function clientsOf({ record }: ServerView): readonly string[] {
  return [...new Set(record.placements.map(({ client }) => client))];
}
