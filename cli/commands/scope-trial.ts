/** Trial starts: one server, or all that have no scope yet. */
import type {
  LevelTrial,
  ScopeChange,
  ScopePlan,
  ScopeReceipt,
  Trial,
  TrialStream,
} from '../../shared/models/scope-view.ts';
import type { Context } from '../command.ts';
import { sayPath } from '../ui/say.ts';
import { words } from '../words.ts';
import { agree } from './interaction.ts';
import { type PrintRow, printPlaces, sayAllow } from './scope-ideas.ts';

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
  const choose = input.has('highest') ? highestOf : ({ plan }: Trial) => plan;
  const working = trials.filter(({ works }) => works);
  const changes = working.flatMap((trial) => toChange(trial, choose(trial)));
  if (changes.length === 0) {
    if (json) terminal.json([]);
    else terminal.line(words.scope.noneToUpgrade);
    return 0;
  }
  if (input.has('plan')) return 0;
  if (!(await agree(context, words.scope.askUpgrade(changes.length, input.has('highest')))))
    return 0;
  const receipts = await context.finishFirst(() => api.scope.applyAll({ changes }));
  if (json) terminal.json(receipts);
  else for (const receipt of receipts) printReceipt(context, receipt);
  return receipts.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

function toChange({ server }: Trial, { after, basis }: ScopePlan): readonly ScopeChange[] {
  const { scope } = after;
  return scope === undefined ? [] : [{ id: server, scope, basis }];
}

/** Of the levels at which it was seen to work. */
function highestOf({ levels = [], plan }: Trial): ScopePlan {
  return levels.flatMap((one) => one.plan ?? []).at(-1) ?? plan;
}

function printReceipt(
  { terminal }: Context,
  { server, outcome, level, message, undo }: ScopeReceipt,
): void {
  if (outcome === 'failed') {
    terminal.line([words.scope.notSetBecause(server, message), 'red']);
    return;
  }
  terminal.line(
    [words.scope.set(server), 'green'],
    level === undefined ? '' : `  ${words.scope.levels[level]}`,
  );
  if (undo?.scope === undefined) terminal.line(['  ', 'dim'], [words.scope.wayBack(server), 'dim']);
}

/** Shows how far it is, and answers the trials. */
async function follow(
  { progress }: Context,
  stream: AsyncIterable<TrialStream>,
): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  for await (const news of stream) {
    if (news.type === 'trial') trials.push(news.trial);
    else progress.show(words.scope.trying(news, words.scope.levels[news.level]));
  }
  progress.clear();
  return trials;
}

function printTrial(context: Context, trial: Trial): void {
  const { terminal, home } = context;
  terminal.line([trial.server, 'bold'], '  ', [trial.message, trial.works ? 'green' : 'red']);
  if (trial.hint !== undefined) terminal.line([trial.hint, 'yellow']);
  for (const line of trial.said ?? []) terminal.line('  ', [line, 'dim']);
  for (const place of trial.wanted ?? []) {
    const { path, access, masked, proposed } = place;
    terminal.line(`  ${words.scope.wanted(access)} `, sayPath(path, home), [
      masked ? `  ${words.scope.masked}` : proposed ? '' : `  ${words.scope.unproposed}`,
      'yellow',
    ]);
    if (!masked && !proposed) terminal.line('    ', [sayAllow(trial.server, place, home), 'cyan']);
  }
  if (trial.works && trial.wanted === undefined)
    terminal.line(['  ', 'dim'], [words.scope.unwatched, 'dim']);
  for (const host of trial.hosts ?? []) terminal.line(`  ${words.scope.talked} ${host}`);
  for (const host of trial.kept ?? []) terminal.line(`  ${words.scope.kept} ${host}`);
  for (const tool of trial.called ?? []) terminal.line(`  ${words.scope.called} ${tool}`);
  for (const level of trial.levels ?? []) printLevel(context, trial, level);
  if (!trial.works) return;
  terminal.line('  ', trial.plan.after.sentence);
  const row: PrintRow = (_, ...spans) => terminal.line('  ', ...spans);
  printPlaces(row, trial.plan.after, home);
}

function printLevel({ terminal }: Context, trial: Trial, seen: LevelTrial): void {
  const { level, outcome, message, hint, said = [], plan } = seen;
  const marks = [
    ...(plan !== undefined && plan.basis === highestOf(trial).basis ? [words.scope.highest] : []),
    ...(plan !== undefined && plan.basis === trial.plan.basis ? [words.scope.proposed] : []),
  ].join(', ');
  terminal.line(
    '  ',
    [words.scope.levels[level], outcome === 'works' ? 'green' : 'yellow'],
    `  ${words.scope.outcomes[outcome]}`,
    [marks === '' ? '' : `  (${marks})`, 'bold'],
  );
  terminal.line('    ', message);
  if (hint !== undefined) terminal.line('    ', [hint, 'yellow']);
  for (const line of said) terminal.line('    ', [line, 'dim']);
}
