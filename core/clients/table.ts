/**
 * The table of AI clients: one row each says where its files are and how its entries read. Nothing
 * else in the house knows a client by name. Rows stand in `table-tier-*.ts`.
 */
import { AppError } from '../../shared/errors.ts';
import type { ClientRow } from './row.ts';
import { tier1Agents } from './table-tier-1-agents.ts';
import { tier1Editors } from './table-tier-1-editors.ts';
import { tier1Variants } from './table-tier-1-variants.ts';
import { tier2 } from './table-tier-2.ts';
import { tier2Own } from './table-tier-2-own.ts';
import { tier3 } from './table-tier-3.ts';
import { tier3Apps } from './table-tier-3-apps.ts';

export const clientTable: readonly ClientRow[] = [
  ...tier1Editors,
  ...tier1Agents,
  ...tier1Variants,
  ...tier2,
  ...tier2Own,
  ...tier3,
  ...tier3Apps,
];

/** @throws AppError `not_found`; its hint lists ids that look alike. */
export function findClient(id: string): ClientRow {
  const row = clientTable.find((candidate) => candidate.id === id);
  if (row !== undefined) return row;
  const close = closeIds(id);
  throw new AppError('not_found', `There is no client called "${id}".`, {
    hint:
      close.length > 0
        ? `Did you mean ${close.join(' or ')}? \`portcullis clients\` lists all.`
        : 'See `portcullis clients` for the ids.',
    details: { client: id, close },
  });
}

/** Errors: `not_found` for the first id that no row has: a mistyped filter must not look like a clean result. */
export function requireClients(ids: readonly string[] | undefined): void {
  for (const id of ids ?? []) findClient(id);
}

function closeIds(id: string): readonly string[] {
  const wanted = id.toLowerCase();
  return clientTable
    .map((row) => ({
      id: row.id,
      distance: Math.min(
        editDistance(wanted, row.id),
        editDistance(wanted, row.name.toLowerCase()),
      ),
      inside: wanted.length > 1 && (row.id.includes(wanted) || wanted.includes(row.id)),
    }))
    .filter((candidate) => candidate.inside || candidate.distance <= 3)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map((candidate) => candidate.id);
}

/** Letters to insert, delete or replace to turn one text into the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, replaced));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
