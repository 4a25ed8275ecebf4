/** The name of an entry as it may be shown and kept. */
import { maskForms } from '../exposure/mask.ts';

/** Somebody may have written a token in the place of a name. */
export function coverName<T extends { readonly entryName: string; readonly pointer: string }>(
  named: T,
): T {
  return { ...named, entryName: maskForms(named.entryName), pointer: maskForms(named.pointer) };
}
