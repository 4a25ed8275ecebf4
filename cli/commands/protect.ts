/** Plan, questions, yes, apply: one way for `protect` and for the offer of the overview. */
import { resolve } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { ProtectChoices, ProtectPlan, ProtectSelection } from '../../shared/models/protect.ts';
import type { Action, Context } from '../command.ts';
import { words } from '../words.ts';
import { agree, badInput } from './interaction.ts';
import { printProtectPlan } from './print-plan.ts';
import { followRun } from './print-run.ts';
import { printRuns, undoRun } from './undo.ts';

export const protect: Action = async (context) => {
  const { input } = context;
  if (input.has('runs')) return printRuns(context);
  if (input.has('undo')) return undoRun(context);
  return reviewAndProtect(context, readSelection(context));
};

function readSelection({ input }: Context): ProtectSelection {
  if (input.has('all') && input.words.length > 0)
    throw badInput('Name servers or give --all, not both.', 'See `portcullis help protect`.');
  const clients = input.list('client');
  const projects = input.all('project');
  return {
    ...(input.words.length === 0 ? {} : { servers: input.words }),
    ...(clients.length === 0 ? {} : { clients }),
    ...(projects.length === 0 ? {} : { projects: projects.map((path) => resolve(path)) }),
  };
}

/** Shows the plan, asks, applies. Answers the exit code. */
export async function reviewAndProtect(
  context: Context,
  selection: ProtectSelection,
): Promise<number> {
  const { input, terminal, progress, json } = context;
  const api = await context.api();
  progress.show(words.planning);
  const first = await api.protect.plan(selection);
  const items = chooseItems(first, context);
  const isUsual = sameItems(items, usualItems(first));
  const plan = isUsual ? first : await api.protect.plan({ ...selection, items });
  progress.clear();
  const given = readAnswers(plan, input.all('choose'));
  if (json && input.has('plan')) {
    terminal.json(plan);
    return 0;
  }
  if (!json) printProtectPlan(context, plan, new Set(items));
  if (input.has('plan')) return 0;
  if (!json && items.length === 0) return 0;
  const answers = await askQuestions(context, plan, new Set(items), given);
  const choices: ProtectChoices = {
    basis: plan.basis,
    selection,
    items: [...items, ...impossibleItems(plan, context)],
    consents: consentsOf(context),
    answers,
  };
  if (!(await agree(context, words.ask.protect(countSecrets(plan, items), plan.files.length)))) {
    terminal.note(words.protect.stopped);
    return 0;
  }
  return followRun(context, () => api.protect.apply(choices));
}

const consentNames = ['secondary-evidence', 'shared-project-file', 'only-copy'] as const;

function consentsOf({ input }: Context): ProtectChoices['consents'] {
  const given = input.list('consent');
  const unknown = given.find((one) => !consentNames.some((name) => name === one));
  if (unknown !== undefined)
    throw badInput(`There is no consent “${unknown}”.`, `It is one of ${consentNames.join(', ')}.`);
  return consentNames.filter((name) => given.includes(name));
}

function usualItems(plan: ProtectPlan): readonly string[] {
  return plan.items.filter(({ ticked, possible }) => ticked && possible).map(({ id }) => id);
}

/** The usual items, those ticked with `--item` or by a consent, without those of `--no-item`. */
function chooseItems(plan: ProtectPlan, context: Context): readonly string[] {
  const { input } = context;
  const consents = consentsOf(context);
  const more = input.list('item');
  const less = input.list('no-item');
  const unknown = [...more, ...less].find(
    (id) => id !== 'all' && !plan.items.some((item) => item.id === id),
  );
  if (unknown !== undefined)
    throw badInput(
      `The plan has no item “${unknown}”.`,
      'Take the ids from `portcullis protect --plan`.',
    );
  return plan.items
    .filter(({ id, ticked, possible, consent }) => {
      if (less.includes(id) || (less.includes('all') && !more.includes(id))) return false;
      if (more.includes(id)) return true;
      const isMeant = ticked || more.includes('all');
      return possible && (isMeant || (consent !== undefined && consents.includes(consent)));
    })
    .map(({ id }) => id);
}

/** Entries that cannot move are asked for all the same, so that each has a receipt that says why. */
function impossibleItems(plan: ProtectPlan, { input }: Context): readonly string[] {
  const less = input.list('no-item');
  const more = input.list('item');
  return plan.items
    .filter(({ kind, possible }) => kind === 'entry' && !possible)
    .map(({ id }) => id)
    .filter((id) => !less.includes(id) && !less.includes('all') && !more.includes(id));
}

function sameItems(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((id) => right.includes(id));
}

function countSecrets(plan: ProtectPlan, items: readonly string[]): number {
  const chosen = plan.items.filter(({ id }) => items.includes(id));
  return new Set(chosen.flatMap(({ secrets }) => secrets.map(({ fingerprint }) => fingerprint)))
    .size;
}

/** `SERVER.SECRET=CLIENT` as question → fingerprint. */
function readAnswers(plan: ProtectPlan, given: readonly string[]): Record<string, string> {
  const pairs = given.map((text) => {
    const at = text.lastIndexOf('=');
    const question = plan.questions.find(({ id }) => id === text.slice(0, at));
    const client = text.slice(at + 1);
    const option = question?.options.find(({ clients }) => clients.includes(client));
    if (question === undefined)
      throw badInput(
        words.protect.noChoice(text.slice(0, Math.max(0, at))),
        words.protect.choiceHint,
      );
    if (option === undefined)
      throw badInput(
        `${client} holds no value for ${question.id}.`,
        `Choose one of ${question.options.flatMap(({ clients }) => clients).join(', ')}.`,
      );
    return [question.id, option.fingerprint] as const;
  });
  return Object.fromEntries(pairs);
}

/** Asks what is still open. Where nobody can be asked, such a server is left and its receipt says so. */
async function askQuestions(
  { terminal, prompt, input }: Context,
  plan: ProtectPlan,
  items: ReadonlySet<string>,
  given: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const answers = { ...given };
  const touched = new Set(plan.items.flatMap(({ id, server }) => (items.has(id) ? [server] : [])));
  const open = plan.questions.filter(({ id, server }) => !(id in answers) && touched.has(server));
  if (prompt === undefined || input.has('yes')) return answers;
  for (const { id, server, secret, options } of open) {
    terminal.line(words.ask.choice(server, secret));
    options.forEach(({ preview, clients }, at) => {
      terminal.line(`  ${at + 1}  ${preview}  `, [clients.join(', '), 'dim']);
    });
    const answer = Number(await prompt.ask(words.ask.number(options.length)));
    const chosen = options[answer - 1];
    if (chosen === undefined)
      throw new AppError('interrupted', 'No value was chosen. Nothing was changed.');
    answers[id] = chosen.fingerprint;
  }
  return answers;
}
