/** What works on this computer; folders and findings that a person has told us about; news. */
import { resolve } from 'node:path';
import type { Check } from '../../shared/models/health.ts';
import type { Action, Context } from '../command.ts';
import { sayPath, sayTime } from '../ui/say.ts';
import { printTable } from '../ui/table.ts';
import { words } from '../words.ts';
import { badInput } from './interaction.ts';

/** A check that failed. */
export const exitCheckFailed = 1;

export const doctor: Action = async (context) => {
  const { terminal, progress, json, input } = context;
  const api = await context.api();
  progress.show('Checking …');
  if (input.has('repair')) await context.finishFirst(() => api.doctor.installLauncher({}));
  const checks = await api.doctor.run({});
  progress.clear();
  if (json) terminal.json(checks);
  else for (const check of checks) printCheck(context, check);
  return checks.some(({ state }) => state === 'failed') ? exitCheckFailed : 0;
};

const looks = {
  ok: { sign: '✓', style: 'green' },
  note: { sign: '·', style: 'dim' },
  warning: { sign: '!', style: 'yellow' },
  failed: { sign: '✗', style: 'red' },
} as const;

function printCheck({ terminal }: Context, { title, state, message, hint }: Check): void {
  const { sign, style } = looks[state];
  terminal.line([sign, style], ' ', [title.padEnd(18), 'bold'], message);
  if (hint !== undefined) terminal.line(' '.repeat(20), [hint, state === 'ok' ? 'dim' : 'yellow']);
}

export const listProjects: Action = async (context) => {
  const folders = await (await context.api()).projects.list({});
  if (context.json) context.terminal.json(folders);
  else if (folders.length === 0) context.terminal.line('No project folder is registered.');
  else for (const folder of folders) context.terminal.line(sayPath(folder, context.home));
  return 0;
};

export const findProjects: Action = async (context) => {
  const folders = await (await context.api()).projects.found({});
  if (context.json) context.terminal.json(folders);
  else if (folders.length === 0) context.terminal.line('Clients name no other project folder.');
  else for (const folder of folders) context.terminal.line(sayPath(folder, context.home));
  return 0;
};

export const addProject: Action = async (context) => {
  const folder = resolve(context.input.words[0] ?? '');
  const result = await (await context.api()).projects.add({ folder });
  return finish(context, result, words.done.projectAdded(sayPath(folder, context.home)));
};

export const removeProject: Action = async (context) => {
  const folder = resolve(context.input.words[0] ?? '');
  const result = await (await context.api()).projects.remove({ folder });
  return finish(context, result, words.done.projectRemoved(sayPath(folder, context.home)));
};

export const listSuppressions: Action = async (context) => {
  const { terminal, json, home } = context;
  const all = await (await context.api()).exposure.suppressions({});
  if (json) terminal.json(all);
  else if (all.length === 0) terminal.line('No finding is set aside.');
  else
    printTable(
      terminal,
      ['when', 'reason', 'pointer', 'fingerprint', 'file'].map((title) => ({
        title,
        mayCut: title === 'reason',
      })),
      all.map(({ at, reason, pointer, fingerprint, file }) => [
        sayTime(at),
        reason,
        pointer,
        fingerprint,
        sayPath(file, home),
      ]),
    );
  return 0;
};

export const addSuppression: Action = async (context) => {
  const reason = context.input.text('reason');
  if (reason === undefined || reason.trim() === '')
    throw badInput(
      'Say why it is not a secret.',
      'Add --reason "…"; it is shown in `portcullis suppressions`.',
    );
  const api = await context.api();
  const result = await api.exposure.suppress({ ...findingOf(context), reason });
  return finish(context, result, words.done.suppressed);
};

export const removeSuppression: Action = async (context) => {
  const result = await (await context.api()).exposure.unsuppress(findingOf(context));
  return finish(context, result, words.done.unsuppressed);
};

function findingOf({ input }: Context) {
  const [file = '', pointer = '', fingerprint = ''] = input.words;
  return { file: resolve(file), pointer, fingerprint };
}

/** Milliseconds; longer than anybody waits. */
const forever = 2 ** 30;

/** News as they come, one line each, until Ctrl-C. */
export const followEvents: Action = async (context) => {
  // Waiting for news alone does not keep a process from ending.
  const staying = setInterval(() => undefined, forever);
  for await (const event of await (await context.api()).events.subscribe({}))
    context.terminal.json(event, true);
  clearInterval(staying);
  return 0;
};

function finish({ terminal, json }: Context, result: unknown, message: string): number {
  if (json) terminal.json(result);
  else terminal.line([message, 'green']);
  return 0;
}
