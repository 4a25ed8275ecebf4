/**
 * The table of secret kinds: one row each, by families in the files beside. A new kind is a row;
 * nothing else names a vendor, save the hosts in `hosts.ts` that take a key in the path.
 */
import type { KindRow } from './detection.ts';
import { chatKinds } from './kinds-chat.ts';
import { cloudKinds } from './kinds-cloud.ts';
import { codeKinds } from './kinds-code.ts';
import { dataKinds } from './kinds-data.ts';
import { modelAndToolKinds } from './kinds-models.ts';
import { workKinds } from './kinds-work.ts';

export const kindTable: readonly KindRow[] = [
  ...codeKinds,
  ...chatKinds,
  ...workKinds,
  ...modelAndToolKinds,
  ...cloudKinds,
  ...dataKinds,
];

/** The first row of a kind. */
export function kindById(id: string): KindRow {
  const row = kindTable.find((candidate) => candidate.id === id);
  if (row === undefined) throw new TypeError(`No kind is called ${id}.`);
  return row;
}
