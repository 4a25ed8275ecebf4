/** The way out: entries as they were before us, or without ours. */
import type { LeaveChoices } from '../../shared/models/protect.ts';
import type { Action } from '../command.ts';
import { words } from '../words.ts';
import { agree, badInput } from './interaction.ts';
import { printLeavePlan } from './print-plan.ts';
import { followRun } from './print-run.ts';

export const leave: Action = async (context) => {
  const { input, terminal, progress, json } = context;
  const clients = input.list('client');
  const isNamed = input.words.length > 0 || clients.length > 0;
  if (isNamed === input.has('all'))
    throw badInput(
      isNamed ? 'Name servers or clients, or give --all, not both.' : 'Say what to leave.',
      'For example `portcullis leave github`, `portcullis leave --client cursor` or `portcullis leave --all`.',
    );
  const selection: Omit<LeaveChoices, 'basis'> = {
    ...(input.words.length === 0 ? {} : { servers: input.words }),
    ...(clients.length === 0 ? {} : { clients }),
    mode: input.has('remove') ? 'remove' : 'original',
    purge: input.has('purge'),
  };
  const api = await context.api();
  progress.show(words.planning);
  const plan = await api.leave.plan(selection);
  progress.clear();
  if (json && input.has('plan')) {
    terminal.json(plan);
    return 0;
  }
  if (!json) printLeavePlan(context, plan);
  if (input.has('plan')) return 0;
  if (!(await agree(context, words.ask.leave(plan.files.length)))) {
    terminal.note(words.protect.stopped);
    return 0;
  }
  return followRun(context, () => api.leave.apply({ basis: plan.basis, ...selection }));
};
