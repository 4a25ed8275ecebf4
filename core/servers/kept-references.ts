/**
 * What an entry of ours never showed stays when a hand edit of it is adopted: a person who writes the
 * command back writes no variable that holds a secret, and does not mean to take it away. It stays with
 * the same program only; another program gets nothing that its entry does not name.
 */
import type { LaunchSpec, Template } from '../../shared/models/server.ts';
import { secretNamesIn } from '../../shared/template.ts';
import type { EntryLaunch } from '../clients/entry.ts';
import { isOfOthers } from '../scope/offered-variables.ts';

type Started = {
  readonly transport: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string | undefined;
};
type Program = Started | { readonly transport: 'streamable-http' | 'sse'; readonly url: string };

/** The launch of the file with the references of the record that it does not name. */
export function keepReferences(record: LaunchSpec, file: LaunchSpec): LaunchSpec {
  if (!isSameProgram(record, file)) return file;
  if (record.transport === 'stdio' && file.transport === 'stdio')
    return { ...file, env: { ...referencesIn(record.env), ...file.env } };
  if (record.transport !== 'stdio' && file.transport !== 'stdio')
    return { ...file, headers: { ...referencesIn(record.headers), ...file.headers } };
  return file;
}

/** Names of variables or headers with a secret that the server would no longer get. */
export function namesLost(record: LaunchSpec, file: EntryLaunch): readonly string[] {
  if (file.transport === 'other' || isSameProgram(record, file)) return [];
  const given = record.transport === 'stdio' ? record.env : record.headers;
  const named = file.transport === 'stdio' ? file.env : file.headers;
  return Object.keys(referencesIn(given)).filter((name) => !Object.hasOwn(named, name));
}

function isSameProgram(one: Program, other: Program): boolean {
  if (one.transport === 'stdio' && other.transport === 'stdio') {
    return whatDecides(one) === whatDecides(other);
  }
  if (one.transport === 'stdio' || other.transport === 'stdio') return false;
  const origin = originOf(one.url);
  return origin !== undefined && origin === originOf(other.url);
}

/**
 * What decides which program it is: the command with its arguments up to the first that is no option
 * (`node --import=…` starts more than `node`), the folder, and variables that choose what is loaded.
 */
function whatDecides({ command, args, env, cwd }: Started): string {
  const first = args.findIndex((arg) => !arg.startsWith('-'));
  const own = first === -1 ? args : args.slice(0, first + 1);
  const variables = Object.entries(env).filter(([name]) => isOfOthers(name));
  return JSON.stringify([command, own, cwd ?? null, variables.toSorted()]);
}

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

function referencesIn(templates: Readonly<Record<string, Template>>): Record<string, Template> {
  return Object.fromEntries(
    Object.entries(templates).filter(([, template]) => secretNamesIn(template).length > 0),
  );
}
