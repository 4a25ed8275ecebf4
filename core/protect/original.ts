/** An entry as it stood before, with references in place of values: what `leave` writes back. */
import type { ServerId } from '../../shared/models/server.ts';
import type { Entry } from '../clients/entry.ts';
import type { Plain } from '../documents/document.ts';
import { isPlainList, isPlainMap, plainMap, plainOf } from '../documents/nodes.ts';
import { parseDocument } from '../documents/parse-document.ts';
import { fillValues, referToValues } from '../edits/values.ts';
import type { SecretValues } from '../secrets/secrets.ts';
import type { Lifted } from './lift.ts';

/**
 * The entry as JSON text without a single value. The secrets of an env file that moved along are
 * named in its environment, because the file no longer has them.
 */
export function renderOriginal(
  entry: Entry,
  { launch, secrets }: Lifted,
  fileVariables: readonly { readonly name: string }[],
): string {
  const masked = mapStrings(entry.raw, (text) => referToValues(text, secrets));
  const words = entry.shape.dialect.stdio;
  if (fileVariables.length === 0 || words.envFile === undefined || !isPlainMap(masked)) {
    return stringify(masked);
  }
  const { [words.envFile]: _, [words.env]: own = {}, ...rest } = masked;
  const templates = launch.transport === 'stdio' ? launch.env : {};
  const moved = fileVariables.map(({ name }) => [name, templates[name] ?? ''] as const);
  const env = plainMap([...moved, ...(isPlainMap(own) ? Object.entries(own) : [])]);
  return stringify(plainMap([...Object.entries(rest), [words.env, env]]));
}

/** The entry as it stood, from the text that `renderOriginal` made. Errors: `secret_missing`. */
export function fillOriginal(original: string, server: ServerId, values: SecretValues): Plain {
  return mapStrings(readOriginal(original), (text) =>
    fillValues(text, server, (name) => values.get(name)),
  );
}

/** The text's data, references still in it. Large integers stay exact. */
export function readOriginal(original: string): Plain {
  return plainOf(parseDocument(new TextEncoder().encode(original), 'json', 'records.json').root);
}

function mapStrings(value: Plain, change: (text: string) => string): Plain {
  if (typeof value === 'string') return change(value);
  if (isPlainList(value)) return value.map((item) => mapStrings(item, change));
  if (!isPlainMap(value)) return value;
  return plainMap(
    Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)] as const),
  );
}

/** JSON in which integers that JavaScript numbers cannot hold keep all their digits. */
export function stringify(value: Plain): string {
  if (typeof value === 'bigint') return value.toString();
  if (isPlainList(value)) return `[${value.map(stringify).join(',')}]`;
  if (!isPlainMap(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}:${stringify(item)}`,
  );
  return `{${members.join(',')}}`;
}
