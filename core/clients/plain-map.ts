/** Places inside plain data. */
import type { Plain } from '../documents/document.ts';
import { isPlainMap, type PlainMap, plainMap } from '../documents/nodes.ts';

/** What stands at a path of keys, or undefined. */
export function plainIn(value: Plain | undefined, path: readonly string[]): Plain | undefined {
  let at = value;
  for (const key of path) {
    if (at === undefined || !isPlainMap(at) || !Object.hasOwn(at, key)) return undefined;
    at = at[key];
  }
  return at;
}

/** The map with `value` at a path; maps on the way are created. */
export function withPlain(map: PlainMap, path: readonly string[], value: Plain): PlainMap {
  const [key, ...rest] = path;
  if (key === undefined) return map;
  const old = Object.hasOwn(map, key) ? map[key] : undefined;
  const inner = old !== undefined && isPlainMap(old) ? old : plainMap([]);
  const next = rest.length === 0 ? value : withPlain(inner, rest, value);
  const entries = Object.entries(map);
  if (old === undefined) return plainMap([...entries, [key, next]]);
  return plainMap(entries.map(([name, was]) => [name, name === key ? next : was] as const));
}
