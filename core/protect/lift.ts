/**
 * Turns one entry of a client's file into what a record holds: the same launch with every secret
 * replaced by a reference, the values apart, and the few variables that have to stay in the entry
 * because only the client can resolve them. Pure: decides, changes nothing.
 */

import { AppError } from '../../shared/errors.ts';
import { type LaunchSpec, secretNameSchema } from '../../shared/models/server.ts';
import { Secret } from '../../shared/secret.ts';
import {
  clientTemplate,
  escapeTemplate,
  secretNamesIn,
  secretTemplate,
} from '../../shared/template.ts';
import type { Entry, EntryField } from '../clients/entry.ts';
import { hasClientReference, splitClientReferences } from '../clients/references.ts';
import type { ClientRow } from '../clients/row.ts';
import type { Detection } from '../exposure/detection.ts';

/** A value on its way into the keychain, with the finding that asked for it. */
export interface LiftedSecret {
  readonly name: string;
  readonly value: Secret;
  readonly detection: Detection;
}

/** One variable of an env file that moves together with the entry. */
export interface EnvFileVariable {
  readonly name: string;
  readonly value: string;
  readonly detection?: Detection;
}

export interface LiftInput {
  readonly row: ClientRow;
  readonly entry: Entry;
  /** Those that stand inside this entry. */
  readonly detections: readonly Detection[];
  /** Present when the entry's env file moves too. */
  readonly envFile?: readonly EnvFileVariable[];
}

export interface Lifted {
  readonly launch: LaunchSpec;
  readonly secrets: readonly LiftedSecret[];
  /** Variables that stay in the entry: the client resolves its own references in them. */
  readonly keptEnv: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/** What one lift collects while it walks through the fields of an entry. */
interface Collection {
  readonly row: ClientRow;
  readonly detections: readonly Detection[];
  readonly secrets: LiftedSecret[];
  readonly keptEnv: Record<string, string>;
}

/** Fails with `unsupported` when the entry cannot be run by us without losing something. */
export function liftEntry(input: LiftInput): Lifted {
  const collection: Collection = {
    row: input.row,
    detections: input.detections,
    secrets: [],
    keptEnv: {},
  };
  const launch = liftLaunch(input, collection);
  requireEverySecret(input, collection);
  return {
    launch,
    secrets: collection.secrets,
    keptEnv: collection.keptEnv,
    warnings: warningsOf(launch, input.entry),
  };
}

function liftLaunch({ entry, envFile }: LiftInput, collection: Collection): LaunchSpec {
  const launch = entry.launch;
  if (launch.transport === 'other') {
    throw new AppError('unsupported', `“${entry.name}” is not an entry that Portcullis can run.`, {
      hint: 'Move its secret by hand, or change the entry to a command or a URL.',
    });
  }
  if (launch.transport !== 'stdio') {
    const headers = fieldsAt(entry, 'header').map(
      (field) => [nameOf(field), liftField(field, collection, nameOf(field))] as const,
    );
    const [url] = fieldsAt(entry, 'url');
    return {
      transport: launch.transport,
      url:
        url === undefined ? escapeTemplate(launch.url) : liftField(url, collection, 'URL_SECRET'),
      headers: Object.fromEntries(headers),
    };
  }
  return liftStdio(entry, envFile ?? [], collection);
}

function liftStdio(
  entry: Entry,
  envFile: readonly EnvFileVariable[],
  collection: Collection,
): LaunchSpec {
  const launch = entry.launch;
  if (launch.transport !== 'stdio') throw new TypeError('A stdio entry was expected.');
  if (fieldsAt(entry, 'command').some((field) => holdsReference(field, collection))) {
    throw new AppError(
      'unsupported',
      `The command of “${entry.name}” holds a reference that only the client can resolve.`,
      { hint: 'Write the full path of the program into the entry, then protect it again.' },
    );
  }
  const env: Record<string, string> = {};
  for (const variable of envFile) {
    env[variable.name] = liftEnvFileVariable(variable, collection);
  }
  for (const field of fieldsAt(entry, 'env')) {
    env[nameOf(field)] = liftVariable(field, collection);
  }
  for (const name of launch.suppliedEnv ?? []) env[name] ??= clientTemplate(name);
  const args = liftArgs(launch.command, fieldsAt(entry, 'args'), env, collection);
  const [cwd] = fieldsAt(entry, 'cwd');
  return {
    transport: 'stdio',
    command: launch.command,
    args,
    env,
    ...(cwd === undefined ? {} : { cwd: liftField(cwd, collection, 'CWD_SECRET') }),
  };
}

function liftEnvFileVariable(variable: EnvFileVariable, collection: Collection): string {
  if (variable.detection === undefined) return escapeTemplate(variable.value);
  const name = claim(variable.name, new Secret(variable.value), variable.detection, collection);
  return secretTemplate(name);
}

/** A variable with a secret in it moves whole: that is how people know it and replace it. */
function liftVariable(field: EntryField, collection: Collection): string {
  const name = nameOf(field);
  const [first] = detectionsIn(field, collection);
  const references = holdsReference(field, collection);
  if (first !== undefined && !references) {
    return secretTemplate(claim(name, new Secret(field.value), first, collection));
  }
  if (first === undefined && references) {
    collection.keptEnv[name] = field.value;
    return clientTemplate(name);
  }
  return liftField(field, collection, name);
}

/**
 * Arguments are visible to every program on the machine, so a secret leaves them where its server
 * takes it another way: a container engine hands a variable on by name alone.
 */
function liftArgs(
  command: string,
  fields: readonly EntryField[],
  env: Record<string, string>,
  collection: Collection,
): readonly string[] {
  const engine = /(^|[\\/])(docker|podman|nerdctl)(\.exe)?$/i.test(command);
  return fields.map((field, index) => {
    const before = fields[index - 1]?.value;
    const variable = engine ? readEngineVariable(field.value, before) : undefined;
    const [found] = detectionsIn(field, collection);
    if (variable === undefined || found === undefined || holdsReference(field, collection)) {
      return liftField(field, collection, found?.suggestedName ?? 'ARGUMENT');
    }
    const name = claim(variable.name, new Secret(variable.value), found, collection);
    env[variable.name] = secretTemplate(name);
    return escapeTemplate(`${variable.flag}${variable.name}`);
  });
}

/** `-e NAME=value`, `--env NAME=value`, `--env=NAME=value`, `-eNAME=value`. */
function readEngineVariable(
  text: string,
  before: string | undefined,
): { flag: string; name: string; value: string } | undefined {
  const separate = before === '-e' || before === '--env';
  const match = separate
    ? /^()([A-Za-z_]\w*)=(.*)$/s.exec(text)
    : /^(--env=|-e)([A-Za-z_]\w*)=(.*)$/s.exec(text);
  if (match === null) return undefined;
  const [, flag = '', name = '', value = ''] = match;
  return { flag, name, value };
}

/** The field's text as a template: secrets and the client's references replaced, the rest literal. */
function liftField(field: EntryField, collection: Collection, wantedName: string): string {
  let template = '';
  let from = 0;
  for (const found of detectionsIn(field, collection)) {
    template += liftPlainText(field.value.slice(from, found.start), field, collection);
    // As written, escapes included: it goes back into the same text.
    const written = new Secret(field.value.slice(found.start, found.end));
    const name = claim(wantedName, written, found, collection);
    template += secretTemplate(name);
    from = found.end;
  }
  return template + liftPlainText(field.value.slice(from), field, collection);
}

function liftPlainText(text: string, field: EntryField, collection: Collection): string {
  return splitClientReferences(collection.row, text, { place: field.place })
    .map((part) => {
      if (part.kind === 'text') return escapeTemplate(part.text);
      const name = `PORTCULLIS_REF_${Object.keys(collection.keptEnv).length + 1}`;
      collection.keptEnv[name] = part.text;
      return clientTemplate(name);
    })
    .join('');
}

/** Takes a name for a value: the wanted one, or the wanted one with a number behind it. */
function claim(
  wanted: string,
  value: Secret,
  detection: Detection,
  collection: Collection,
): string {
  const base = toSecretName(wanted) ?? toSecretName(detection.suggestedName) ?? 'SECRET';
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? base : `${base}_${count}`;
    const holder = collection.secrets.find((secret) => secret.name === name);
    if (holder === undefined) {
      collection.secrets.push({ name, value, detection });
      return name;
    }
    if (holder.value.equals(value)) return name;
  }
}

function toSecretName(text: string): string | undefined {
  const name = text
    .replace(/[^A-Za-z0-9_.-]+/g, '_')
    .replace(/^[^A-Za-z_]+/, '')
    .slice(0, 100);
  const header = /^[A-Za-z]+(-[A-Za-z]+)*$/.test(name)
    ? name.replaceAll('-', '_').toUpperCase()
    : name;
  return secretNameSchema.safeParse(header).success ? header : undefined;
}

/** No finding may be left behind in text that goes into a record. */
function requireEverySecret({ entry, envFile }: LiftInput, collection: Collection): void {
  const lifted = new Set(collection.secrets.map((secret) => secret.detection));
  const fields = new Set(entry.fields.map((field) => pathKey(field.path)));
  const stranded = collection.detections.find(
    (found) => !lifted.has(found) && (found.path === undefined || !fields.has(pathKey(found.path))),
  );
  if (stranded === undefined) return;
  throw new AppError(
    'unsupported',
    `“${entry.name}” holds a secret in a place that no server receives (${stranded.where}).`,
    {
      hint: 'Remove it by hand; Portcullis moves what stands in command, args, env, headers and URL.',
      details: { envFile: envFile !== undefined },
    },
  );
}

function warningsOf(launch: LaunchSpec, entry: Entry): readonly string[] {
  const args = launch.transport === 'stdio' ? launch.args : [];
  const inArguments = secretNamesIn(...args).length > 0;
  return [
    ...(inArguments
      ? ['Its secret is passed as an argument, and arguments are visible to other programs.']
      : []),
    ...(entry.clientOnly.length > 0
      ? [`No longer used once it is protected: ${entry.clientOnly.join(', ')}.`]
      : []),
  ];
}

function fieldsAt(entry: Entry, place: EntryField['place']): readonly EntryField[] {
  return entry.fields.filter((field) => field.place === place);
}

function detectionsIn(field: EntryField, collection: Collection): readonly Detection[] {
  const key = pathKey(field.path);
  return collection.detections
    .filter((found) => found.path !== undefined && pathKey(found.path) === key)
    .toSorted((a, b) => a.start - b.start);
}

function holdsReference(field: EntryField, collection: Collection): boolean {
  return hasClientReference(collection.row, field.value, { place: field.place });
}

function nameOf(field: EntryField): string {
  return field.name ?? String(field.path.at(-1) ?? '');
}

function pathKey(path: readonly (string | number)[]): string {
  return JSON.stringify(path);
}
