/** Lists every text of an entry, numbers among them, with its place in the file and its meaning. */
import type { Path, Plain } from '../documents/document.ts';
import { isPlainList, isPlainMap, textOfScalar } from '../documents/nodes.ts';
import type { EntryField, EntryShape } from './entry.ts';
import type { FieldPlace } from './references.ts';

export function listFields(raw: Plain, path: Path, shape: EntryShape): readonly EntryField[] {
  const fields: EntryField[] = [];
  const visit = (value: Plain, inner: Path): void => {
    const text = textOfScalar(value);
    if (text !== undefined) {
      fields.push({ path: [...path, ...inner], ...classify(inner, shape), value: text });
      return;
    }
    if (isPlainList(value))
      for (const [index, item] of value.entries()) visit(item, [...inner, index]);
    else if (isPlainMap(value))
      for (const [key, item] of Object.entries(value)) visit(item, [...inner, key]);
  };
  visit(raw, []);
  return fields;
}

interface Meaning {
  readonly place: FieldPlace;
  readonly name?: string;
}

/** What a text means, from its path inside the entry. */
function classify(path: Path, { dialect, nested }: EntryShape): Meaning {
  const inner = nested && path[0] === dialect.nestedUnder ? path.slice(1) : path;
  const [head, second] = inner;
  const { stdio, remote } = dialect;
  if (head === stdio.command)
    return { place: typeof second === 'number' && second > 0 ? 'args' : 'command' };
  if (head === stdio.args) return { place: 'args' };
  if (head === stdio.env) return named('env', second);
  if (head === stdio.cwd) return { place: 'cwd' };
  if (head === stdio.envFile) return { place: 'envFile' };
  if (remote.urls.some((url) => url.field === head)) return { place: 'url' };
  const header = remote.headers.find(
    (at) => inner.length === at.length + 1 && at.every((key, index) => inner[index] === key),
  );
  return header === undefined ? { place: 'setting' } : named('header', inner.at(-1));
}

function named(place: FieldPlace, name: Path[number] | undefined): Meaning {
  return typeof name === 'string' ? { place, name } : { place };
}
