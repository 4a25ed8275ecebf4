/** An entry as it stood before, with references in place of values: what `leave` writes back. */
import type { LaunchSpec, ServerId } from '../../shared/models/server.ts';
import { escapeTemplate, secretTemplate } from '../../shared/template.ts';
import type { Entry } from '../clients/entry.ts';
import type { Path, Plain } from '../documents/document.ts';
import { isPlainList, isPlainMap, plainMap, textOfScalar } from '../documents/nodes.ts';
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
  const masked = mapTexts(entry.raw, (value, path) => {
    const claimed = claims.get(pathKey([...entry.path, ...path])) ?? [];
    // A number without a secret stays the number it is.
    if (typeof value !== 'string' && claimed.length === 0) return value;
    return referTo(textOfScalar(value) ?? '', claimed);
  });
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
  return mapTexts(readPlain(original), (value) =>
    typeof value === 'string' ? fillValues(value, server, (name) => values.get(name)) : value,
  );
}

function mapTexts(
  value: Plain,
  change: (scalar: Plain, path: Path) => Plain,
  path: Path = [],
): Plain {
  if (textOfScalar(value) !== undefined) return change(value, path);
  if (isPlainList(value)) return value.map((item, at) => mapTexts(item, change, [...path, at]));
  if (!isPlainMap(value)) return value;
  return plainMap(
    Object.entries(value).map(
      ([key, item]) => [key, mapTexts(item, change, [...path, key])] as const,
    ),
  );
}
