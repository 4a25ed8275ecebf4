/** Taking a whole protect run back, and the list of runs. */
import type { UndoPlan } from '../../shared/models/protect.ts';
import type { Context } from '../command.ts';
import { printDiff } from '../ui/diff.ts';
import { count, sayPath, sayTime } from '../ui/say.ts';
import { printTable } from '../ui/table.ts';
import { words } from '../words.ts';
import { agree, badInput } from './interaction.ts';
import { followRun } from './print-run.ts';

export async function printRuns(context: Context): Promise<number> {
  const { terminal, json } = context;
  const runs = await (await context.api()).protect.runs({});
  if (json) terminal.json(runs);
  else if (runs.length === 0) terminal.line(words.runs.none);
  else
    printTable(
      terminal,
      ['run', 'when', 'what', 'state', 'files', 'servers'].map((title) => ({
        title,
        mayCut: title === 'servers',
      })),
      runs.map(({ id, at, kind, state, files, servers }) => [
        id,
        sayTime(at),
        kind,
        state,
        String(files.length),
        servers.join(', '),
      ]),
    );
  return 0;
}

export async function undoRun(context: Context): Promise<number> {
  const { input, terminal, progress, json } = context;
  if (input.words.length > 1)
    throw badInput('One run is undone at a time.', 'See `portcullis protect --runs`.');
  const [run] = input.words;
  const api = await context.api();
  progress.show(words.planning);
  const plan = await api.protect.planUndo(run === undefined ? {} : { run });
  progress.clear();
  if (json && input.has('plan')) {
    terminal.json(plan);
    return 0;
  }
  if (!json) printUndoPlan(context, plan);
  if (input.has('plan')) return 0;
  if (!(await agree(context, words.ask.undo(plan.files.length)))) {
    terminal.note(words.protect.stopped);
    return 0;
  }
  return followRun(context, () => api.protect.undo({ basis: plan.basis, run: plan.run.id }));
}

function printUndoPlan({ terminal, home }: Context, plan: UndoPlan): void {
  terminal.line(
    ['Undo ', 'bold'],
    [plan.run.id, 'bold'],
    [` of ${sayTime(plan.run.at)}, ${count(plan.servers.length, 'server')}`, 'dim'],
  );
  for (const { file, way, note, diff } of plan.files) {
    terminal.line(
      '  ',
      [sayPath(file, home), 'cyan'],
      [`  ${words.undoWay[way]}`, way === 'refused' || way === 'gone' ? 'yellow' : 'dim'],
    );
    if (note !== '') terminal.line('    ', [note, 'dim']);
    printDiff(terminal, diff);
  }
}
