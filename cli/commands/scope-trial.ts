/** Trial starts: one server, or all that have no scope yet. */
import type { ScopeChange, Trial, TrialStream } from '../../shared/models/scope-view.ts';
import type { Context } from '../command.ts';
import { sayPath } from '../ui/say.ts';
import { words } from '../words.ts';
import { agree } from './interaction.ts';

export async function tryOnce(context: Context, id: string): Promise<number> {
  const trials = await follow(context, await (await context.api()).scope.trial({ id }));
  for (const trial of trials) {
    if (context.json) context.terminal.json(trial);
    else printTrial(context, trial);
  }
  return trials.every(({ works }) => works) ? 0 : 1;
}

export async function upgrade(context: Context, id: string | undefined): Promise<number> {
  const { terminal, json, input } = context;
  const api = await context.api();
  const selection = id === undefined ? {} : { servers: [id] };
  const trials = await follow(context, await api.scope.planUpgrade(selection));
  if (json && !input.has('yes')) {
    terminal.json(trials);
    return 0;
  }
  if (!json) for (const trial of trials) printTrial(context, trial);
  const changes = trials.filter(({ works }) => works).flatMap(toChange);
  if (changes.length === 0) {
    if (json) terminal.json([]);
    else terminal.line(words.scope.noneToUpgrade);
    return 0;
  }
  if (input.has('plan')) return 0;
  if (!(await agree(context, words.scope.askUpgrade(changes.length)))) return 0;
  const receipts = await context.finishFirst(() => api.scope.applyAll({ changes }));
  if (json) terminal.json(receipts);
  else
    for (const { server, outcome, message } of receipts)
      terminal.line(
        outcome === 'done'
          ? [words.scope.set(server), 'green']
          : [words.scope.notSetBecause(server, message), 'red'],
      );
  return receipts.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

function toChange({ server, plan }: Trial): readonly ScopeChange[] {
  const { scope } = plan.after;
  return scope === undefined ? [] : [{ id: server, scope, basis: plan.basis }];
}

/** Shows how far it is, and answers the trials. */
async function follow(
  { progress }: Context,
  stream: AsyncIterable<TrialStream>,
): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  for await (const news of stream) {
    if (news.type === 'trial') trials.push(news.trial);
    else progress.show(words.scope.trying(news.step, news.server, news.done + 1, news.total));
  }
  progress.clear();
  return trials;
}

function printTrial(context: Context, trial: Trial): void {
  const { terminal, home } = context;
  terminal.line([trial.server, 'bold'], '  ', [trial.message, trial.works ? 'green' : 'red']);
  if (trial.hint !== undefined) terminal.line([trial.hint, 'yellow']);
  for (const line of trial.said ?? []) terminal.line('  ', [line, 'dim']);
  for (const { path, access, masked, proposed } of trial.wanted ?? [])
    terminal.line(`  ${words.scope.wanted(access)} `, sayPath(path, home), [
      masked ? `  ${words.scope.masked}` : proposed ? '' : `  ${words.scope.unproposed}`,
      'yellow',
    ]);
  if (trial.works && trial.wanted === undefined)
    terminal.line(['  ', 'dim'], [words.scope.unwatched, 'dim']);
  for (const host of trial.hosts ?? []) terminal.line(`  ${words.scope.talked} ${host}`);
  if (trial.works) terminal.line('  ', trial.plan.after.sentence);
}
