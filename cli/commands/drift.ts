/** Drift: the look, the news, the plans that settle it, and the policies. */
import { resolve } from 'node:path';
import {
  type DriftCell,
  type DriftChoices,
  type DriftPlan,
  type DriftReport,
  type DriftSelection,
  type DriftState,
  driftConsentSchema,
} from '../../shared/models/drift.ts';
import type { Action, Context } from '../command.ts';
import { sayBytes, sayPath } from '../ui/say.ts';
import { printTable } from '../ui/table.ts';
import type { Style } from '../ui/terminal.ts';
import { words } from '../words.ts';
import { driftWords } from '../words-drift.ts';
import { agree, badInput } from './interaction.ts';
import { followDrift } from './print-drift.ts';
import { printFiles } from './print-plan.ts';

/** As a scan with findings: scripts may ask whether all is in step. */
const exitDrift = 1;

export const drift: Action = async (context) => {
  const { input } = context;
  if (input.has('watch')) return watch(context);
  const action = input.text('apply');
  return action === 'repair' || action === 'adopt' ? settle(context, action) : look(context);
};

async function look(context: Context): Promise<number> {
  const { terminal, progress, json, input } = context;
  progress.show(driftWords.looking);
  const report = await (await context.api()).drift.look({});
  progress.clear();
  if (json) terminal.json(report);
  else printReport(context, report, input.has('all'));
  return report.counts.drifted === 0 ? 0 : exitDrift;
}

function isShown(all: boolean): (cell: DriftCell) => boolean {
  const quiet: readonly DriftState[] = ['in-step', 'foreign', 'duplicate'];
  return ({ state, ignored }) => all || (!quiet.includes(state) && !ignored);
}

function printReport({ terminal, home }: Context, report: DriftReport, all: boolean): void {
  const shown = report.cells.filter(isShown(all));
  const { counts } = report;
  if (counts.drifted === 0) terminal.line([driftWords.none, 'green']);
  else terminal.line([driftWords.drifted(counts.drifted), 'yellow']);
  if (shown.length > 0)
    printTable(
      terminal,
      ['id', 'entry', 'client', 'state', 'file'].map((title) => ({ title })),
      shown.map((cell) => [
        [cell.id, 'dim'],
        cell.entryName,
        cell.client,
        [stateOf(cell), styleOf(cell.state)],
        sayPath(cell.file, home),
      ]),
    );
  for (const { entryName, reason, evidence } of shown.filter(isShown(false))) {
    terminal.line('  ', [entryName, 'bold'], `  ${reason}`);
    for (const one of evidence) terminal.line('    ', [one, 'dim']);
  }
  for (const { file, by } of report.paused)
    terminal.line([driftWords.paused(sayPath(file, home), by), 'yellow']);
  for (const problem of report.problems) terminal.line([problem, 'yellow']);
  if (!all && counts.foreign > 0) terminal.line([driftWords.foreign(counts.foreign), 'dim']);
}

function stateOf({ state, guess, ignored }: DriftCell): string {
  const name = `${driftWords.states[state]}${ignored ? `, ${driftWords.ignored}` : ''}`;
  return guess ? `${driftWords.guess} ${name}` : name;
}

function styleOf(state: DriftState): Style {
  if (state === 'in-step') return 'green';
  if (state === 'exposed-again') return 'red';
  return state === 'foreign' || state === 'duplicate' ? 'dim' : 'yellow';
}

/** One line of JSON per event: a stream is for programs. */
async function watch(context: Context): Promise<number> {
  context.terminal.note(driftWords.watching);
  for await (const event of await (await context.api()).drift.watch({}))
    context.terminal.json(event, true);
  return 0;
}

async function settle(context: Context, action: 'repair' | 'adopt'): Promise<number> {
  const { input } = context;
  const clients = input.list('client');
  const servers = input.list('server');
  return planAndApply(context, {
    all: {
      action,
      ...(clients.length === 0 ? {} : { clients }),
      ...(servers.length === 0 ? {} : { servers }),
    },
  });
}

export const repairCells: Action = (context) => settleCells(context, 'repair');
export const adoptCells: Action = (context) => settleCells(context, 'adopt');
export const ignoreCells: Action = (context) => settleCells(context, 'ignore');
export const removeCells: Action = (context) => settleCells(context, 'remove');

function settleCells(
  context: Context,
  action: 'repair' | 'adopt' | 'ignore' | 'remove',
): Promise<number> {
  const changes = context.input.words.map((cell) => ({ action, cell }));
  return planAndApply(context, { changes });
}

async function planAndApply(context: Context, selection: DriftSelection): Promise<number> {
  const { input, terminal, progress, json } = context;
  const api = await context.api();
  progress.show(words.planning);
  const plan = await api.drift.plan(selection);
  progress.clear();
  if (json && input.has('plan')) terminal.json(plan);
  else if (!json) printPlan(context, plan);
  const consents = consentsOf(context);
  const items = chooseItems(plan, consents, input.list('item'));
  if (input.has('plan')) return 0;
  if (plan.items.length === 0) {
    const { counts } = await api.drift.look({});
    if (json) terminal.json({ type: 'result', receipts: [], counts });
    else if (counts.drifted > 0) terminal.line([driftWords.left(counts.drifted), 'yellow']);
    return 0;
  }
  if (!(await agree(context, driftWords.ask(items.length, plan.files.length)))) {
    terminal.note(words.protect.stopped);
    return 0;
  }
  // What cannot be done is asked for all the same where the person named it: its receipt says why.
  const named = selection.changes === undefined ? [] : plan.items.filter(needsWord);
  const all = [...new Set([...items, ...named.map(({ id }) => id)])];
  return followDrift(context, () =>
    api.drift.apply({ basis: plan.basis, selection, items: all, consents }),
  );
}

function needsWord({ possible, consent }: DriftPlan['items'][number]): boolean {
  return !possible || consent !== undefined;
}

export function chooseItems(
  plan: DriftPlan,
  consents: DriftChoices['consents'],
  more: readonly string[],
): readonly string[] {
  return plan.items
    .filter(({ id, ticked, possible, consent }) => {
      if (!possible || more.includes(id)) return true;
      return ticked || (consent !== undefined && consents.includes(consent));
    })
    .map(({ id }) => id);
}

export function printPlan(context: Context, plan: DriftPlan): void {
  const { terminal, home } = context;
  if (plan.items.length === 0) {
    terminal.line([driftWords.nothing, 'green']);
    return;
  }
  for (const item of plan.items) {
    const sign = item.possible ? (item.ticked ? '+' : '?') : '-';
    terminal.line(
      [`${sign} `, item.possible ? 'green' : 'yellow'],
      [item.id, 'dim'],
      `  ${item.action}  ${item.entryName}  ${item.client}  ${sayPath(item.file, home)}`,
    );
    terminal.line('    ', [item.note, 'dim']);
    if (item.consent !== undefined)
      terminal.line('    ', [words.protect.consent(item.consent), 'yellow']);
  }
  printFiles(context, plan.files);
}

export function consentsOf({ input }: Context): DriftChoices['consents'] {
  return chooseConsents(input.list('consent'), driftConsentSchema.options);
}

/** Errors: `bad_input` for a name that is none of them. */
export function chooseConsents<Name extends string>(
  given: readonly string[],
  names: readonly Name[],
): readonly Name[] {
  const unknown = given.find((one) => !names.some((name) => name === one));
  if (unknown !== undefined)
    throw badInput(`There is no consent “${unknown}”.`, `It is one of ${names.join(', ')}.`);
  return names.filter((name) => given.includes(name));
}

export const setPolicy: Action = async (context) => {
  const { input, terminal, json } = context;
  const [word = ''] = input.words;
  const policy = word === 'none' ? null : isPolicy(word) ? word : undefined;
  if (policy === undefined)
    throw badInput(`There is no policy “${word}”.`, 'It is ask, repair, adopt or none.');
  const server = input.text('server');
  const client = input.text('client');
  if ((server === undefined) === (client === undefined))
    throw badInput('A policy is one of a server or of a client.', 'Give --server or --client.');
  const api = await context.api();
  const result =
    server === undefined
      ? await api.drift.setPolicy({ client: client ?? '', policy })
      : await api.drift.setPolicy({ server, policy });
  if (json) terminal.json(result);
  else terminal.line([driftWords.policy(server ?? client ?? '', word), 'green']);
  return 0;
};

function isPolicy(word: string): word is 'ask' | 'repair' | 'adopt' {
  return word === 'ask' || word === 'repair' || word === 'adopt';
}

export const unignore: Action = async (context) => {
  const { input, terminal, json } = context;
  const [file = '', entryName = ''] = input.words;
  const api = await context.api();
  const result = await api.drift.unignore({ file: resolve(file), entryName });
  if (json) terminal.json(result);
  else terminal.line([driftWords.unignored(entryName), 'green']);
  return 0;
};

export const retention: Action = async (context) => {
  const { input, terminal, json } = context;
  const api = await context.api();
  const now = await api.drift.retention({});
  const wanted = {
    days: numberOf(context, 'days') ?? now.days,
    copies: numberOf(context, 'copies') ?? now.copies,
    bytes: numberOf(context, 'bytes') ?? now.bytes,
  };
  const changes = ['days', 'copies', 'bytes'].some((option) => input.has(option));
  if (changes) await api.drift.setRetention(wanted);
  if (json) terminal.json(wanted);
  else terminal.line(driftWords.retention(wanted.days, wanted.copies, sayBytes(wanted.bytes)));
  return 0;
};

function numberOf({ input }: Context, option: string): number | undefined {
  const text = input.text(option);
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw badInput(`--${option} takes a whole number.`, 'See `portcullis help drift retention`.');
}
