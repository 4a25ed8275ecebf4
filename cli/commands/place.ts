/** Switches a server on or off in some clients: the entry is written or taken out. */
import { resolve } from 'node:path';
import type { Context } from '../command.ts';
import { words } from '../words.ts';
import { driftWords } from '../words-drift.ts';
import { consentsOf, printPlan } from './drift.ts';
import { agree } from './interaction.ts';
import { followDrift } from './print-drift.ts';

export async function placeServer(
  context: Context,
  server: string,
  placed: boolean,
): Promise<number> {
  const { input, terminal, progress, json } = context;
  const file = input.text('file');
  const placement = {
    server,
    clients: input.list('client'),
    placed,
    ...(file === undefined ? {} : { file: resolve(file) }),
  };
  const api = await context.api();
  progress.show(words.planning);
  const plan = await api.servers.planPlacement(placement);
  progress.clear();
  if (json && input.has('plan')) terminal.json(plan);
  else if (!json) printPlan(context, plan);
  if (input.has('plan')) return 0;
  if (!(await agree(context, driftWords.ask(plan.items.length, plan.files.length)))) {
    terminal.note(words.protect.stopped);
    return 0;
  }
  const consents = consentsOf(context);
  return followDrift(context, () =>
    api.servers.setPlacement({ ...placement, basis: plan.basis, consents }),
  );
}
