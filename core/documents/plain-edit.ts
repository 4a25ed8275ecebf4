/** What an edit makes of the data: the measure that every splice is checked against. */

import type { Path, Plain } from './document.ts';
import { indexOf, isPlainList, isPlainMap, plainMap } from './nodes.ts';

/** The data after setting (or, without a value, removing) what stands at the path. Pure. */
export function applyPlain(data: Plain, path: Path, value: Plain | undefined): Plain {
  const [key, ...rest] = path;
  if (key === undefined) return value ?? null;
  if (isPlainList(data)) {
    const index = indexOf(key) ?? data.length;
    const items = [...data];
    if (rest.length > 0 || value !== undefined)
      items[index] = applyPlain(items[index] ?? null, rest, value);
    else items.splice(index, 1);
    return items;
  }
  const map = isPlainMap(data) ? data : plainMap([]);
  const name = String(key);
  const others = Object.entries(map).filter(([other]) => other !== name);
  if (rest.length === 0 && value === undefined) return plainMap(others);
  return plainMap([...others, [name, applyPlain(map[name] ?? null, rest, value)]]);
}
