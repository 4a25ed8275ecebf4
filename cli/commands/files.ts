/** What happened to a file, and one backup of it put back. */
import { resolve } from 'node:path';
import type { Action, Context } from '../command.ts';
import { printDiff } from '../ui/diff.ts';
import { sayBytes, sayPath, sayTime } from '../ui/say.ts';
import { printTable } from '../ui/table.ts';
import { words } from '../words.ts';
import { driftWords } from '../words-drift.ts';
import { agree, badInput } from './interaction.ts';

function fileOf({ input }: Context): string {
  return resolve(input.words[0] ?? '');
}

export const history: Action = async (context) => {
  const { terminal, json } = context;
  if (context.input.has('changes')) return showChanges(context);
  const entries = await (await context.api()).files.history({ file: fileOf(context) });
  if (json) terminal.json(entries);
  else if (entries.length === 0)
    terminal.line('Portcullis has neither changed nor copied this file.');
  else
    printTable(
      terminal,
      ['id', 'when', 'by', 'size', 'what'].map((title) => ({ title })),
      entries.map(({ id, at, by, what, bytes, restorable }) => [
        restorable ? id : '',
        sayTime(at),
        by,
        bytes === 0 ? '' : sayBytes(bytes),
        [what, restorable ? 'green' : 'dim'],
      ]),
    );
  return 0;
};

/** Who changed which entries, whoever it was. */
async function showChanges(context: Context): Promise<number> {
  const { terminal, json } = context;
  const lines = await (await context.api()).files.timeline({ file: fileOf(context) });
  if (json) terminal.json(lines);
  else
    printTable(
      terminal,
      ['when', 'by', 'what', 'entries', 'copy'].map((title) => ({ title })),
      lines.map(({ at, by, guess, what, added, removed, changed, other, backup, restorable }) => [
        sayTime(at),
        guess ? `probably ${by}` : by,
        what,
        [
          ...added.map((name) => `+${name}`),
          ...removed.map((name) => `-${name}`),
          ...changed.map((name) => `~${name}`),
          ...(other ? ['other things'] : []),
        ].join(' '),
        restorable ? (backup ?? '') : '',
      ]),
    );
  return 0;
}

export const undoWrite: Action = async (context) => {
  const { input, terminal, json, home } = context;
  const file = fileOf(context);
  const write = input.text('write');
  const api = await context.api();
  const plan = await api.files.planUndo({ file, ...(write === undefined ? {} : { write }) });
  if (json && input.has('plan')) terminal.json(plan);
  else if (!json) {
    terminal.line([plan.note, plan.way === 'refused' ? 'yellow' : 'dim']);
    printDiff(terminal, plan.diff);
  }
  if (input.has('plan')) return 0;
  if (!(await agree(context, driftWords.askUndo(sayPath(file, home), sayTime(plan.at))))) {
    terminal.note(words.protect.stopped);
    return 0;
  }
  const result = await context.finishFirst(() =>
    api.files.undo({ file, write: plan.write, basis: plan.basis }),
  );
  if (json) terminal.json(result);
  else terminal.line([driftWords.undone(sayPath(file, home)), 'green']);
  return 0;
};

export const restore: Action = async (context) => {
  const { input, terminal, json, prompt, home } = context;
  const file = fileOf(context);
  const id = input.text('id');
  const at = input.text('at');
  if (id !== undefined && at !== undefined)
    throw badInput(
      '--id and --at exclude each other.',
      'Take the id from `portcullis history FILE`.',
    );
  const isAsked = prompt !== undefined && !input.has('yes');
  if (isAsked && !(await prompt.confirm(words.ask.restore(sayPath(file, home))))) {
    terminal.note(words.protect.stopped);
    return 0;
  }
  const api = await context.api();
  const result = await context.finishFirst(() =>
    api.files.restore({
      file,
      ...(id === undefined ? {} : { id }),
      ...(at === undefined ? {} : { at }),
    }),
  );
  if (json) terminal.json(result);
  else
    terminal.line([
      words.done.restored(sayPath(result.file, home), sayTime(result.restored.at)),
      'green',
    ]);
  return 0;
};
