/** No arguments: what was found, how it stands, and one next step. */
import type { Overview } from '../../shared/models/health.ts';
import type { Action, Context } from '../command.ts';
import { count, sayPath } from '../ui/say.ts';
import type { Span } from '../ui/terminal.ts';
import { words } from '../words.ts';
import { reviewAndProtect } from './protect.ts';

export const overview: Action = async (context) => {
  const { terminal, progress, json, prompt } = context;
  progress.show(words.looking);
  const view = await (await context.api()).overview.get({});
  progress.clear();
  if (json) {
    terminal.json(view);
    return 0;
  }
  printOverview(context, view);
  if (view.exposed === 0 || prompt === undefined || !terminal.isScreen) return 0;
  terminal.line();
  if (!(await prompt.confirm(words.ask.review, true))) return 0;
  return reviewAndProtect(context, {});
};

function printOverview({ terminal, home }: Context, view: Overview): void {
  const { keychain, clients } = view;
  const usable = keychain.state === 'ready' || keychain.state === 'vault';
  const row = (name: string, ...spans: readonly Span[]) =>
    terminal.line([name.padEnd(11), 'dim'], ...spans);
  terminal.line(['Portcullis', 'bold'], ` ${view.version}`);
  terminal.line();
  row('found', words.overview.clients(clients.detected, clients.entries));
  row('exposed', [count(view.exposed, 'secret'), view.exposed > 0 ? 'red' : 'green']);
  row(
    'protected',
    [count(view.protected, 'secret'), view.protected > 0 ? 'green' : 'dim'],
    ` of ${count(view.servers, 'server')}`,
  );
  row('broken', [String(view.broken.length), view.broken.length > 0 ? 'yellow' : 'green']);
  row('keychain', `${keychain.backend}, `, [
    words.overview.keychain[keychain.state],
    usable ? 'green' : 'red',
  ]);
  for (const { subject, message, hint } of view.broken) {
    terminal.line('  ', [sayPath(subject, home), 'yellow'], `: ${message}`);
    if (hint !== undefined) terminal.line('    ', [hint, 'dim']);
  }
  if (view.unfinished.length > 0)
    terminal.line([words.overview.unfinished(view.unfinished.length), 'yellow']);
  terminal.line();
  terminal.line(`${words.next} `, ...nextStep(view, usable));
}

function nextStep(view: Overview, usable: boolean): readonly Span[] {
  if (!usable && view.keychain.hint !== undefined) return [view.keychain.hint];
  if (!usable) return [['portcullis doctor', 'cyan'], ' tells what is wrong with the keychain.'];
  if (view.exposed > 0)
    return [['portcullis protect', 'cyan'], ' shows what would change, then asks.'];
  if (view.broken.length > 0)
    return [['portcullis doctor', 'cyan'], ' tells what to do about what is broken.'];
  if (view.clients.detected === 0) return [words.overview.nothing];
  return [
    `${words.overview.allWell} `,
    ['portcullis servers', 'cyan'],
    ' lists what is protected.',
  ];
}
