/** Entries that hold other secrets than the keychain: repairing them would drop what is newer. */
import type { Plain } from '../documents/document.ts';
import { isPlainList, isPlainMap } from '../documents/nodes.ts';
import { holdsExactly } from '../edits/values.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { Cell } from './look.ts';

/** Ids of the cells. A keychain that cannot be read counts as differing: nothing is dropped unseen. */
export async function findDiffering(
  { secrets }: { readonly secrets: Pick<Secrets, 'read'> },
  cells: readonly Cell[],
): Promise<ReadonlySet<string>> {
  const differing = new Set<string>();
  for (const { view, entry, record } of cells) {
    if (view.state !== 'exposed-again' || entry === undefined || record === undefined) continue;
    const texts = stringsIn(entry.raw);
    if (!(await holdsStored(secrets, record.id, texts))) differing.add(view.id);
  }
  return differing;
}

async function holdsStored(
  secrets: Pick<Secrets, 'read'>,
  server: string,
  texts: readonly string[],
): Promise<boolean> {
  try {
    const stored = await secrets.read(server);
    if (stored === undefined || stored.size === 0) return false;
    return [...stored.values()].every((value) => texts.some((text) => holdsExactly(text, value)));
  } catch {
    return false;
  }
}

function stringsIn(value: Plain): readonly string[] {
  if (typeof value === 'string') return [value];
  if (isPlainList(value)) return value.flatMap(stringsIn);
  return isPlainMap(value) ? Object.values(value).flatMap(stringsIn) : [];
}
