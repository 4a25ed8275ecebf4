/**
 * Keys of an entry that the table has no word for. What a client does with them nobody here knows: one
 * that is called `envs` or `cwd` may well steer what is started. Some are known to start nothing.
 */
import type { Plain } from '../documents/document.ts';
import { equalPlain, isPlainMap, type PlainMap, plainMap } from '../documents/nodes.ts';
import { launchBody } from './read-launch.ts';
import type { Dialect } from './row.ts';

/** Which tools are offered and approved, how long is waited, what people read. */
const harmless = new Set(
  [
    'autoApprove alwaysAllow alwaysLoad tools includeTools excludeTools disabledTools enabledTools',
    'disabled_tools enabled_tools available_tools allowed_tools disabled enabled active trust',
    'timeout startup_timeout_sec startup_timeout_ms tool_timeout_sec connect_timeout read_timeout',
    'initTimeout toolTimeout name title displayName description note notes tags icon version',
    'gallery bundled metadata id source provider',
  ].flatMap((line) => line.split(' ')),
);

/** Names of the keys that stand there otherwise than written, and that could mean anything. */
export function strangeKeys(written: Plain, actual: Plain, dialect: Dialect): readonly string[] {
  if (!isPlainMap(actual)) return [];
  const { body } = launchBody(actual, dialect);
  const before = isPlainMap(written) ? written : plainMap([]);
  const { body: bodyBefore } = launchBody(before, dialect);
  const understood = understoodKeys(dialect);
  const strange = (map: PlainMap, known: PlainMap) =>
    Object.keys(map).filter(
      (key) =>
        !understood.has(key) &&
        !isHarmless(key) &&
        !equalPlain(map[key] ?? null, keptValue(known, key)),
    );
  return [...new Set([...strange(actual, before), ...strange(body, bodyBefore)])];
}

/** The entry as it stands, its strange keys as they were written. */
export function withoutStrangeKeys(written: Plain, actual: PlainMap, dialect: Dialect): PlainMap {
  const strange = new Set(strangeKeys(written, actual, dialect));
  const before = isPlainMap(written) ? written : plainMap([]);
  const settle = (map: PlainMap, known: PlainMap): PlainMap =>
    plainMap(
      Object.entries(map).flatMap(([key, value]): (readonly [string, Plain])[] => {
        if (!strange.has(key)) return [[key, value]];
        return Object.hasOwn(known, key) ? [[key, known[key] ?? null]] : [];
      }),
    );
  const outer = settle(actual, before);
  const { body, nested } = launchBody(outer, dialect);
  if (!nested || dialect.nestedUnder === undefined) return outer;
  const inner = settle(body, launchBody(before, dialect).body);
  return plainMap(
    Object.entries(outer).map(([key, value]) => [key, key === dialect.nestedUnder ? inner : value]),
  );
}

function keptValue(map: PlainMap, key: string): Plain {
  return Object.hasOwn(map, key) ? (map[key] ?? null) : null;
}

function isHarmless(key: string): boolean {
  return harmless.has(key) || /^(?:_|\/\/|#)/.test(key);
}

/** What the reading of an entry accounts for already. */
function understoodKeys({ typeFields, nestedUnder, stdio, remote, ...more }: Dialect): Set<string> {
  const { command, args, env, cwd, envFile, suppliedEnv } = stdio;
  const keys = [
    ...typeFields,
    ...[command, args, env, cwd, envFile, suppliedEnv, nestedUnder, more.nameField],
    ...remote.urls.map(({ field }) => field),
    more.enable?.path[0],
  ];
  return new Set(keys.filter((key) => key !== undefined));
}
