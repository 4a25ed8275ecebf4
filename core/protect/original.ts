/** An entry as it stood before, with references in place of values: what `leave` writes back. */
import type { LaunchSpec, ServerId } from '../../shared/models/server.ts';
import { escapeTemplate, secretTemplate } from '../../shared/template.ts';
import type { Entry } from '../clients/entry.ts';
import type { Path, Plain } from '../documents/document.ts';
import { isPlainList, isPlainMap, plainMap } from '../documents/nodes.ts';
import { readPlain, stringifyPlain } from '../documents/plain-json.ts';
import { fillValues } from '../edits/values.ts';
import type { SecretValues } from '../secrets/secrets.ts';
import { type Claim, pathKey } from './claims.ts';

/**
 * The entry as JSON text without a single value. The secrets of an env file that moved along are
 * named in its environment, because the file no longer has them.
 */
export function renderOriginal(
  entry: Entry,
  launch: LaunchSpec,
  claims: ReadonlyMap<string, readonly Claim[]>,
  fileVariables: readonly { readonly name: string }[],
): string {
  const masked = mapStrings(entry.raw, (text, path) =>
    referTo(text, claims.get(pathKey([...entry.path, ...path])) ?? []),
  );
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

function referTo(text: string, claims: readonly Claim[]): string {
  let template = '';
  let from = 0;
  for (const { start, end, name } of claims.toSorted((a, b) => a.start - b.start)) {
    template += escapeTemplate(text.slice(from, start)) + secretTemplate(name);
    from = end;
  }
  return template + escapeTemplate(text.slice(from));
}

/** The entry as it stood, from the text that `renderOriginal` made. Errors: `secret_missing`. */
export function fillOriginal(original: string, server: ServerId, values: SecretValues): Plain {
  return mapStrings(readPlain(original), (text) =>
    fillValues(text, server, (name) => values.get(name)),
  );
}

function mapStrings(
  value: Plain,
  change: (text: string, path: Path) => string,
  path: Path = [],
): Plain {
  if (typeof value === 'string') return change(value, path);
  if (isPlainList(value)) return value.map((item, at) => mapStrings(item, change, [...path, at]));
  if (!isPlainMap(value)) return value;
  return plainMap(
    Object.entries(value).map(
      ([key, item]) => [key, mapStrings(item, change, [...path, key])] as const,
    ),
  );
}
