/** An entry as it stood before, with references in place of values: what `leave` writes back. */
import type { ServerId } from '../../shared/models/server.ts';
import type { Entry } from '../clients/entry.ts';
import type { Plain } from '../documents/document.ts';
import { isPlainList, isPlainMap, plainMap } from '../documents/nodes.ts';
import { readPlain, stringifyPlain } from '../documents/plain-json.ts';
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
    return stringifyPlain(masked);
  }
  const { [words.envFile]: _, [words.env]: own = {}, ...rest } = masked;
  const templates = launch.transport === 'stdio' ? launch.env : {};
  const moved = fileVariables.map(({ name }) => [name, templates[name] ?? ''] as const);
  const env = plainMap([...moved, ...(isPlainMap(own) ? Object.entries(own) : [])]);
  return stringifyPlain(plainMap([...Object.entries(rest), [words.env, env]]));
}

/** The entry as it stood, from the text that `renderOriginal` made. Errors: `secret_missing`. */
export function fillOriginal(original: string, server: ServerId, values: SecretValues): Plain {
  return mapStrings(readPlain(original), (text) =>
    fillValues(text, server, (name) => values.get(name)),
  );
}

function mapStrings(value: Plain, change: (text: string) => string): Plain {
  if (typeof value === 'string') return change(value);
  if (isPlainList(value)) return value.map((item) => mapStrings(item, change));
  if (!isPlainMap(value)) return value;
  return plainMap(
    Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)] as const),
  );
}
