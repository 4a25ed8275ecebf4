/** Plans as people review them: servers, what is done, what is left, every changed line. */
import type { LeavePlan, PlanItem, ProtectPlan } from '../../shared/models/protect.ts';
import type { Context } from '../command.ts';
import { printDiff } from '../ui/diff.ts';
import { count, sayPath } from '../ui/say.ts';
import { printTable } from '../ui/table.ts';
import type { Span } from '../ui/terminal.ts';
import { words } from '../words.ts';

export function printProtectPlan(
  context: Context,
  plan: ProtectPlan,
  chosen: ReadonlySet<string>,
): void {
  const { terminal } = context;
  if (plan.items.length === 0) {
    terminal.line([words.protect.nothing, 'green']);
    return;
  }
  if (plan.servers.length > 0) terminal.line([words.protect.servers, 'bold']);
  for (const { id, shown, isNew, clients, warnings } of plan.servers) {
    terminal.line(
      '  ',
      [id, 'bold'],
      [` (${isNew ? words.protect.isNew : words.protect.known}) `, 'dim'],
      shown,
      [`  ${clients.join(', ')}`, 'dim'],
    );
    for (const warning of warnings) terminal.line('    ', [warning, 'yellow']);
  }
  printItems(
    context,
    words.protect.items,
    plan.items.filter(({ id }) => chosen.has(id)),
  );
  printItems(
    context,
    words.protect.listed,
    plan.items.filter(({ id }) => !chosen.has(id)),
  );
  for (const { id, options } of plan.questions) {
    terminal.line([id, 'yellow'], `: ${words.protect.unanswered(id)}`);
    for (const { preview, clients } of options)
      terminal.line('  ', preview, [`  ${clients.join(', ')}`, 'dim']);
  }
  printFiles(context, plan.files);
}

export function printLeavePlan(context: Context, plan: LeavePlan): void {
  const { terminal } = context;
  for (const warning of plan.warnings) terminal.line([warning, 'yellow']);
  printItems(
    context,
    words.protect.items,
    plan.items.filter(({ possible }) => possible),
  );
  printItems(
    context,
    words.protect.listed,
    plan.items.filter(({ possible }) => !possible),
  );
  printFiles(context, plan.files);
}

function printItems({ terminal, home }: Context, title: string, items: readonly PlanItem[]): void {
  if (items.length === 0) return;
  terminal.line();
  terminal.line([title, 'bold'], [` (${count(items.length, 'item')})`, 'dim']);
  printTable(
    terminal,
    ['item', 'server', 'secrets', 'place'].map((title) => ({ title, mayCut: title === 'server' })),
    items.map(({ id, entry, server, secrets, file, line }): readonly Span[] => [
      [id, 'dim'],
      entry ?? server ?? '',
      [...new Set(secrets.map(({ name }) => name))].join(', '),
      `${sayPath(file, home)}:${line}`,
    ]),
    { indent: 2 },
  );
  const notes = new Set(
    items.map(({ note, consent }) =>
      consent === undefined ? note : `${note} (${words.protect.consent(consent)})`,
    ),
  );
  for (const note of notes) terminal.line('  ', [note, 'dim']);
}

export function printFiles({ terminal, home }: Context, files: ProtectPlan['files']): void {
  if (files.length === 0) return;
  terminal.line();
  terminal.line([words.protect.files, 'bold']);
  for (const { file, client, diff } of files) {
    terminal.line(
      '  ',
      [sayPath(file, home), 'cyan'],
      [client === undefined ? '' : `  ${client}`, 'dim'],
    );
    printDiff(terminal, diff);
  }
}
