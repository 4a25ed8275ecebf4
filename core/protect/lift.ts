/**
 * Turns one entry of a client's file into what a record holds: the same launch with every secret
 * replaced by a reference, the values apart, and the few variables that have to stay in the entry
 * because only the client can resolve them. Pure: decides, changes nothing.
 */

import { posix, win32 } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { LaunchSpec } from '../../shared/models/server.ts';
import { Secret } from '../../shared/secret.ts';
import {
  clientTemplate,
  escapeTemplate,
  secretNamesIn,
  secretTemplate,
} from '../../shared/template.ts';
import type { Entry, EntryField, StdioEntryLaunch } from '../clients/entry.ts';
import { hasClientReference, splitClientReferences } from '../clients/references.ts';
import type { ClientRow } from '../clients/row.ts';
import type { Detection } from '../exposure/detection.ts';
import { maskForms } from '../exposure/mask.ts';
import { isRelative, namesRelativePath } from '../launch/relative-paths.ts';
import {
  beginCollection,
  type Collection,
  claimRange,
  claimValue,
  detectionsIn,
  type LiftedSecret,
  pathKey,
} from './claims.ts';
import { renderOriginal } from './original.ts';

/** One variable of an env file that moves together with the entry. */
export interface EnvFileVariable {
  readonly name: string;
  readonly value: string;
  readonly detection?: Detection;
}

export interface LiftInput {
  readonly row: ClientRow;
  readonly entry: Entry;
  /** The folder that the client starts it in, where the entry belongs to one. */
  readonly project?: string | undefined;
  /** Those that stand inside this entry, copies of values that nothing else tells of among them. */
  readonly detections: readonly Detection[];
  /** Present when the entry's env file moves too. */
  readonly envFile?: readonly EnvFileVariable[];
}

export interface Lifted {
  readonly launch: LaunchSpec;
  readonly secrets: readonly LiftedSecret[];
  /** The name of the secret that each finding became. */
  readonly names: ReadonlyMap<Detection, string>;
  /** The entry as it stood, as JSON with references in place of values: what `leave` writes back. */
  readonly original: string;
  /** Variables that stay in the entry: the client resolves its own references in them. */
  readonly keptEnv: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/** Fails with `unsupported` when the entry cannot be run by us without losing or leaving something. */
export function liftEntry(input: LiftInput): Lifted {
  const { row, entry, detections, envFile = [] } = input;
  const collection = beginCollection({ row, entry, detections });
  const launch = keepFolder(liftLaunch(entry, envFile, collection), input);
  requireEverySecret(collection);
  return {
    launch,
    secrets: collection.secrets,
    names: collection.names,
    original: renderOriginal(entry, launch, collection.claims, envFile),
    keptEnv: Object.fromEntries(collection.keptEnv),
    warnings: warningsOf(launch, entry),
  };
}

function liftLaunch(
  entry: Entry,
  envFile: readonly EnvFileVariable[],
  collection: Collection,
): LaunchSpec {
  const { launch } = entry;
  if (launch.transport === 'other') {
    throw new AppError(
      'unsupported',
      `“${maskForms(entry.name)}” is not an entry that Portcullis can run.`,
      {
        hint: 'Move its secret by hand, or change the entry to a command or a URL.',
      },
    );
  }
  if (launch.transport === 'stdio') return liftStdio(launch, envFile, collection);
  const fields = fieldsAt(entry, 'header');
  const headers = Object.entries(launch.headers).map(([name, text]) => {
    const field = findField(fields, name, text);
    return [name, field === undefined ? escapeTemplate(text) : liftField(field, collection, name)];
  });
  const [url] = fieldsAt(entry, 'url');
  return {
    transport: launch.transport,
    url: url === undefined ? escapeTemplate(launch.url) : liftField(url, collection, 'URL_SECRET'),
    headers: Object.fromEntries(headers),
  };
}

function liftStdio(
  launch: StdioEntryLaunch,
  envFile: readonly EnvFileVariable[],
  collection: Collection,
): LaunchSpec {
  const { entry } = collection;
  if (fieldsAt(entry, 'command').some((field) => holdsReference(field, collection))) {
    throw new AppError(
      'unsupported',
      `The command of “${maskForms(entry.name)}” holds a reference that only the client can resolve.`,
      { hint: 'Write the full path of the program into the entry, then try again.' },
    );
  }
  const env = new Map<string, string>();
  for (const variable of envFile) env.set(variable.name, liftEnvFileVariable(variable, collection));
  const fields = fieldsAt(entry, 'env');
  // Booleans are no fields, and nevertheless what the client hands on.
  for (const [name, text] of Object.entries(launch.env)) {
    const field = findField(fields, name, text);
    env.set(name, field === undefined ? escapeTemplate(text) : liftVariable(field, collection));
  }
  for (const name of launch.suppliedEnv ?? []) {
    if (!env.has(name)) env.set(name, clientTemplate(name));
  }
  const args = liftArgs(launch, env, collection);
  const [cwd] = fieldsAt(entry, 'cwd');
  return {
    transport: 'stdio',
    command: launch.command,
    args,
    env: Object.fromEntries(env),
    ...(cwd === undefined ? {} : { cwd: liftField(cwd, collection, 'CWD_SECRET') }),
  };
}

/** What the client looks for in the project must not be looked for where another client happens to be. */
function keepFolder(launch: LaunchSpec, { row, entry, project }: LiftInput): LaunchSpec {
  if (launch.transport !== 'stdio' || entry.launch.transport !== 'stdio') return launch;
  if (project === undefined) return launch;
  const isOurs = (text: string) => !hasClientReference(row, text);
  const { command, args, cwd } = entry.launch;
  if (cwd === undefined) {
    const isNeeded = namesRelativePath({ command, args: args.filter(isOurs) });
    return isNeeded ? { ...launch, cwd: escapeTemplate(project) } : launch;
  }
  // With a secret in it, it is left as it stands.
  const isPlain = isOurs(cwd) && isRelative(cwd) && launch.cwd === escapeTemplate(cwd);
  if (!isPlain) return launch;
  const { resolve } = /^[A-Za-z]:|^\\\\/.test(project) ? win32 : posix;
  return { ...launch, cwd: escapeTemplate(resolve(project, cwd)) };
}

function liftEnvFileVariable(variable: EnvFileVariable, collection: Collection): string {
  if (variable.detection === undefined) return escapeTemplate(variable.value);
  const value = new Secret(variable.value);
  return secretTemplate(claimValue(variable.name, value, variable.detection, collection));
}

/** A variable with a secret in it moves whole: that is how people know it and replace it. */
function liftVariable(field: EntryField, collection: Collection): string {
  const name = nameOf(field);
  const [first] = detectionsIn(field, collection);
  const references = holdsReference(field, collection);
  if (first !== undefined && !references) {
    const whole = { start: 0, end: field.value.length };
    return secretTemplate(claimRange(field, whole, name, collection).name);
  }
  if (first === undefined && references) {
    collection.keptEnv.set(name, field.value);
    return clientTemplate(name);
  }
  return liftField(field, collection, name);
}

/**
 * Arguments are visible to every program on the machine, so a secret leaves them where its server
 * takes it another way: a container engine hands a variable on by name alone.
 */
function liftArgs(
  { command, args }: StdioEntryLaunch,
  env: Map<string, string>,
  collection: Collection,
): readonly string[] {
  const lines = fieldsAt(collection.entry, 'command').filter(({ value }) => value !== command);
  const engine = /(^|[\\/])(docker|podman|nerdctl)(\.exe)?$/i.test(command);
  const waiting = [...fieldsAt(collection.entry, 'args')];
  return args.map((text, index) => {
    // Booleans, and the words of a command line that the client itself cuts, are no fields.
    if (waiting[0]?.value !== text) return liftWord(text, lines, collection);
    const field = waiting.shift();
    if (field === undefined) return liftWord(text, lines, collection);
    const [found] = detectionsIn(field, collection);
    const variable = engine ? readEngineVariable(text, args[index - 1]) : undefined;
    if (variable === undefined || found === undefined || holdsReference(field, collection)) {
      return liftField(field, collection, found?.suggestedName ?? 'ARGUMENT');
    }
    const range = { start: text.length - variable.value.length, end: text.length };
    if (found.start < range.start) return liftField(field, collection, found.suggestedName);
    const { name } = claimRange(field, range, variable.name, collection);
    env.set(variable.name, secretTemplate(name));
    return escapeTemplate(`${variable.flag}${variable.name}`);
  });
}

/** A word of a command line that the client itself cuts up: its secret goes where it went before. */
function liftWord(word: string, lines: readonly EntryField[], collection: Collection): string {
  for (const line of lines) {
    for (const found of detectionsIn(line, collection)) {
      if (collection.names.has(found)) continue;
      const at = word.indexOf(line.value.slice(found.start, found.end));
      if (at < 0) continue;
      const { start, end, name } = claimRange(line, found, found.suggestedName, collection);
      const from = at - (found.start - start);
      const before = liftWord(word.slice(0, from), lines, collection);
      const after = liftWord(word.slice(from + end - start), lines, collection);
      return `${before}${secretTemplate(name)}${after}`;
    }
  }
  return escapeTemplate(word);
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
  requireWholeReferences(field, collection);
  let template = '';
  let from = 0;
  for (const found of detectionsIn(field, collection)) {
    const { start, end, name } = claimRange(field, found, wantedName, collection);
    template += liftPlainText(field.value.slice(from, start), field, collection);
    template += secretTemplate(name);
    from = end;
  }
  return template + liftPlainText(field.value.slice(from), field, collection);
}

/** A value inside a reference (`${TOKEN:-value}`) is the client's to read, and nobody else can. */
function requireWholeReferences(field: EntryField, collection: Collection): void {
  let at = 0;
  for (const part of splitClientReferences(collection.row, field.value, { place: field.place })) {
    const end = at + part.text.length;
    const isTorn =
      part.kind === 'reference' &&
      detectionsIn(field, collection).some((found) => found.start < end && found.end > at);
    if (isTorn) {
      throw new AppError(
        'unsupported',
        `“${maskForms(collection.entry.name)}” has a secret inside of a reference that only the client can resolve.`,
        { hint: 'Write the secret itself in place of the reference, then try again.' },
      );
    }
    at = end;
  }
}

function liftPlainText(text: string, field: EntryField, collection: Collection): string {
  return splitClientReferences(collection.row, text, { place: field.place })
    .map((part) => {
      if (part.kind === 'text') return escapeTemplate(part.text);
      const name = `PORTCULLIS_REF_${collection.keptEnv.size + 1}`;
      collection.keptEnv.set(name, part.text);
      return clientTemplate(name);
    })
    .join('');
}

/** Every finding has become a reference: nothing that was found goes into a record as text. */
function requireEverySecret({ entry, detections, names }: Collection): void {
  const stranded = detections.find((found) => !names.has(found));
  if (stranded === undefined) return;
  const commands = fieldsAt(entry, 'command').map(({ path }) => pathKey(path));
  if (stranded.path !== undefined && commands.includes(pathKey(stranded.path))) {
    throw new AppError(
      'unsupported',
      `The command of “${maskForms(entry.name)}” holds a secret, and no program gets one that way.`,
      {
        hint: 'Let `command` name the program alone, with its arguments in `args` and the secret in `env`; then try again.',
      },
    );
  }
  throw new AppError(
    'unsupported',
    `“${maskForms(entry.name)}” holds a secret in a place that no server receives (${placeOf(stranded)}).`,
    {
      hint: 'Remove it there by hand, then try again. Portcullis moves what stands in args, env, headers and URL.',
    },
  );
}

function placeOf({ keyPath, where }: Detection): string {
  return keyPath === undefined ? where : 'a name';
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

/** The field that the launch takes this text from; a client may know several places for a name. */
function findField(
  fields: readonly EntryField[],
  name: string,
  text: string,
): EntryField | undefined {
  return fields.find((field) => nameOf(field) === name && field.value === text);
}

function fieldsAt(entry: Entry, place: EntryField['place']): readonly EntryField[] {
  return entry.fields.filter((field) => field.place === place);
}

function holdsReference(field: EntryField, collection: Collection): boolean {
  return hasClientReference(collection.row, field.value, { place: field.place });
}

function nameOf(field: EntryField): string {
  return field.name ?? String(field.path.at(-1) ?? '');
}
