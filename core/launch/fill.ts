/** Puts secrets and the client's references into the templates of one record. */
import { AppError } from '../../shared/errors.ts';
import type { ServerRecord } from '../../shared/models/server.ts';
import { fillTemplate, parseTemplate, secretNamesIn } from '../../shared/template.ts';
import type { SecretValues } from './secret-item.ts';

/** A stdio server's launch with every template filled. Holds secrets: never print it. */
export interface FilledStdio {
  readonly transport: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly carriesSecret: boolean;
}

/** A remote server's URL and headers, filled. Holds secrets: never print it. */
export interface FilledRemote {
  readonly transport: 'streamable-http' | 'sse';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A secret travels in the URL or in a header. */
  readonly carriesSecret: boolean;
}

export type FilledLaunch = FilledStdio | FilledRemote;

/** The secrets that a record's templates ask for, in order of appearance. */
export function neededSecrets(record: ServerRecord): readonly string[] {
  return secretNamesIn(...templatesOf(record));
}

/**
 * Fills every template of a record.
 * Errors: `secret_missing` naming all missing secrets; `bad_input` when a reference that the client
 * should have resolved is missing anywhere but in `env`, where the variable is left out instead.
 */
export function fillRecord(
  record: ServerRecord,
  secrets: SecretValues,
  clientEnv: Readonly<Record<string, string | undefined>>,
): FilledLaunch {
  const needed = neededSecrets(record);
  const missing = needed.filter((name) => !secrets.has(name));
  if (missing.length > 0) throw secretMissing(record.id, missing);

  const referenceOf = (name: string) => clientEnv[`PORTCULLIS_REF_${name}`] ?? clientEnv[name];
  const fill = (template: string) =>
    fillTemplate(template, (kind, name) => {
      const value = kind === 'secret' ? secrets.get(name)?.reveal() : referenceOf(name);
      if (value === undefined) throw referenceMissing(record.id, name);
      return value;
    });
  const canFill = (template: string) =>
    parseTemplate(template).every(
      (part) => part.kind !== 'client' || referenceOf(part.name) !== undefined,
    );

  const { launch } = record;
  if (launch.transport !== 'stdio')
    return {
      transport: launch.transport,
      url: fill(launch.url),
      headers: mapValues(launch.headers, fill),
      carriesSecret: needed.length > 0,
    };
  const present = Object.entries(launch.env).filter(([, template]) => canFill(template));
  return {
    transport: 'stdio',
    command: launch.command,
    args: launch.args.map(fill),
    env: mapValues(Object.fromEntries(present), fill),
    ...(launch.cwd === undefined ? {} : { cwd: fill(launch.cwd) }),
    carriesSecret: needed.length > 0,
  };
}

function templatesOf({ launch }: ServerRecord): readonly string[] {
  return launch.transport === 'stdio'
    ? [...launch.args, ...Object.values(launch.env), launch.cwd ?? '']
    : [launch.url, ...Object.values(launch.headers)];
}

function mapValues(
  map: Readonly<Record<string, string>>,
  change: (value: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value)]));
}

function secretMissing(server: string, names: readonly string[]): AppError {
  const list = names.join(', ');
  return new AppError(
    'secret_missing',
    `The server "${server}" was not started: the keychain has no ${list} for it.`,
    {
      hint: `Run \`portcullis secrets set ${server} ${names[0]}\`.`,
      details: { server, names },
    },
  );
}

function referenceMissing(server: string, name: string): AppError {
  return new AppError(
    'bad_input',
    `The server "${server}" was not started: the client passed no value for its reference ${name}.`,
    {
      hint: `Give the client's entry a variable PORTCULLIS_REF_${name}, or run \`portcullis drift\` to write the entry anew.`,
      details: { server, name },
    },
  );
}
