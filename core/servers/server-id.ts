/** Turns whatever an entry is called into an id that is safe in commands, files and item names. */
import type { ServerId } from '../../shared/models/server.ts';

/** The name in lower case with hyphens; a number behind it when that id is taken. */
export function chooseServerId(name: string, taken: ReadonlySet<string>): ServerId {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replace(/^-+|-+$/g, '');
  const base = slug === '' ? 'server' : slug;
  for (let count = 1; ; count += 1) {
    const id = count === 1 ? base : `${base}-${count}`;
    if (!taken.has(id)) return id;
  }
}
