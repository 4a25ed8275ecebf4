/** The whole set of servers into a file, and out of one. */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Api } from '../../shared/api.ts';
import { AppError } from '../../shared/errors.ts';
import { type ImportPlan, importConsentSchema } from '../../shared/models/drift.ts';
import { quoteForShell } from '../../shared/quote-for-shell.ts';
import type { Action, Context } from '../command.ts';
import { sayPath } from '../ui/say.ts';
import { printTable } from '../ui/table.ts';
import { words } from '../words.ts';
import { driftWords } from '../words-drift.ts';
import { chooseConsents } from './drift.ts';
import { agree, askSecret, badInput } from './interaction.ts';
import { followDrift } from './print-drift.ts';

export const exportRecords: Action = async (context) => {
  const { input, terminal, json, home } = context;
  const chosen = input.words.length === 0 ? {} : { servers: input.words };
  const api = await context.api();
  await requireServers(api, input.words);
  const plan = await api.records.exportPlan(chosen);
  for (const warning of plan.warnings) terminal.note([warning, 'yellow']);
  if (input.has('plan')) {
    if (json) terminal.json(plan);
    else for (const { id, name } of plan.servers) terminal.line([id, 'bold'], `  ${name}`);
    return 0;
  }
  const passphrase = input.has('with-secrets')
    ? await askSecret(context, driftWords.passphraseNew)
    : undefined;
  const { text } = await api.records.export({
    ...chosen,
    ...(passphrase === undefined ? {} : { passphrase }),
  });
  const output = input.text('output');
  if (output !== undefined) {
    const file = resolve(output);
    await write(file, text, input.has('force'));
    terminal.note(driftWords.exported(plan.servers.length, sayPath(file, home)));
    if (json) terminal.json({ file, servers: plan.servers.length });
  } else if (json) terminal.json({ text });
  else terminal.raw(text);
  return 0;
};

/** A file is the word that comes to mind first here: an unknown server says where it belongs. */
async function requireServers(api: Api, words: readonly string[]): Promise<void> {
  if (words.length === 0) return;
  const known = await api.servers.list({});
  const unknown = words.find((word) => !known.some(({ record }) => record.id === word));
  if (unknown === undefined) return;
  throw new AppError('not_found', `There is no server “${unknown}”.`, {
    hint: `To write a file: \`portcullis export --output ${quoteForShell(unknown)}\`. For the ids: \`portcullis servers\`.`,
  });
}

async function write(file: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o600, flag: force ? 'w' : 'wx' });
  } catch (cause) {
    const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    throw new AppError(
      exists ? 'conflict' : 'file_unwritable',
      exists ? `${file} is there already.` : `${file} cannot be written.`,
      {
        hint: exists ? 'Give --force to replace it.' : 'Choose another file.',
        details: { file },
        cause,
      },
    );
  }
}

export const importRecords: Action = async (context) => {
  const { input, terminal, json } = context;
  const text = await read(resolve(input.words[0] ?? ''));
  const sealed = text.trimStart().startsWith('-----BEGIN AGE');
  const passphrase = sealed ? await askSecret(context, driftWords.passphrase) : undefined;
  const source = { text, ...(passphrase === undefined ? {} : { passphrase }) };
  const api = await context.api();
  const plan = await api.records.importPlan(source);
  if (json && input.has('plan')) terminal.json(plan);
  else if (!json) printPlan(context, plan);
  const consents = chooseConsents(input.list('consent'), importConsentSchema.options);
  if (input.has('plan')) return 0;
  const wanted = input.list('server');
  const servers = plan.servers.map(({ id }) => id);
  const unknown = wanted.find((id) => !servers.includes(id));
  if (unknown !== undefined)
    throw badInput(`The file has no server “${unknown}”.`, `It has ${servers.join(', ')}.`);
  const chosen = plan.servers.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
  if (!(await agree(context, driftWords.importAsk(chosen.length)))) {
    terminal.note(words.protect.stopped);
    return 0;
  }
  const secrets = await askMissing(context, chosen);
  return followDrift(context, () =>
    api.records.import({
      ...source,
      basis: plan.basis,
      servers: chosen.map(({ id }) => id),
      secrets,
      consents,
    }),
  );
};

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new AppError('file_unreadable', `${file} cannot be read.`, {
      hint: 'Check the path.',
      details: { file },
      cause,
    });
  }
}

/** On a terminal the values are asked for; elsewhere they are named, to be set afterwards. */
async function askMissing(
  { prompt, terminal }: Context,
  servers: ImportPlan['servers'],
): Promise<Record<string, Record<string, string>>> {
  const secrets: Record<string, Record<string, string>> = {};
  for (const { id, missing } of servers) {
    if (missing.length === 0) continue;
    if (prompt === undefined) {
      terminal.note([driftWords.missing(id, missing.join(', ')), 'yellow']);
      continue;
    }
    const values: Record<string, string> = {};
    for (const name of missing) {
      const value = await prompt.ask(words.ask.secret(name, id), { hidden: true });
      if (value !== '') values[name] = value;
    }
    secrets[id] = values;
  }
  return secrets;
}

/** Launches of servers that are here already are never cut: the two are to be compared. */
function printPlan({ terminal }: Context, plan: ImportPlan): void {
  printTable(
    terminal,
    ['server', 'way', 'clients', 'missing', 'starts'].map((title) => ({
      title,
      mayCut: title === 'starts',
    })),
    plan.servers.map(({ id, way, clients, missing, shown }) => [
      [id, 'bold'],
      way,
      clients.join(', '),
      [missing.join(', '), 'yellow'],
      shown,
    ]),
  );
  for (const { id, here, shown, consents, notes } of plan.servers) {
    if (here !== undefined) {
      terminal.line([driftWords.importHere(id), 'bold'], here);
      terminal.line([driftWords.importFile(id), 'bold'], shown);
    }
    for (const note of notes) terminal.line(`${id}: `, [note, 'dim']);
    for (const consent of consents) terminal.line(`${id}: `, [driftWords.needs(consent), 'yellow']);
  }
}
