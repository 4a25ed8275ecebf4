/** Arranges a look at drift as the rows of the matrix: one server, or one entry that is not ours, a row. */
import type { DriftCell, DriftReport, DriftState } from '../../shared/models/drift.ts';

export const driftFilters = ['all', 'attention', 'foreign'] as const;
export type DriftFilter = (typeof driftFilters)[number];

export interface DriftRow {
  readonly key: string;
  readonly name: string;
  /** Absent: not ours. */
  readonly server?: string;
  /** By client; the one that needs the person most stands first. */
  readonly cells: ReadonlyMap<string, readonly DriftCell[]>;
}

/** What needs the person most stands first. */
const urgency: readonly DriftState[] = [
  'exposed-again',
  'unreadable',
  'wiped-by-client',
  'client-will-overwrite',
  'rewritten-by-tool',
  'edited-by-you',
  'not-there-yet',
  'foreign',
  'stale-location',
  'duplicate',
  'in-step',
];

const calm: ReadonlySet<DriftState> = new Set([
  'in-step',
  'foreign',
  'duplicate',
  'stale-location',
]);

export function needsPerson({ state, ignored, exposed }: DriftCell): boolean {
  return !ignored && (!calm.has(state) || (state === 'foreign' && exposed > 0));
}

export function arrangeDrift(
  { servers, cells }: Pick<DriftReport, 'servers' | 'cells'>,
  filter: DriftFilter,
  search: string,
): readonly DriftRow[] {
  const ours = Map.groupBy(
    cells.filter(({ server }) => server !== undefined),
    ({ server }) => server,
  );
  const known = new Set<string>(servers.map(({ id }) => id));
  const others = Map.groupBy(
    cells.filter(({ server }) => server === undefined || !known.has(server)),
    ({ meaning, entryName }) => meaning ?? `name:${entryName}`,
  );
  const rows: readonly DriftRow[] = [
    ...servers.map(({ id, name }) => ({
      key: `server:${id}`,
      name,
      server: id,
      cells: byClient(ours.get(id) ?? []),
    })),
    ...[...others].map(([key, group]) => ({
      key: `other:${key}`,
      name: group[0]?.entryName ?? '',
      cells: byClient(group),
    })),
  ];
  const term = search.trim().toLocaleLowerCase();
  return rows.filter((row) => passes(row, filter) && matches(row, term));
}

function byClient(cells: readonly DriftCell[]): DriftRow['cells'] {
  const sorted = cells.toSorted((a, b) => rankOf(a) - rankOf(b));
  return Map.groupBy(sorted, ({ client }) => client);
}

function rankOf({ state, ignored }: DriftCell): number {
  return urgency.indexOf(state) + (ignored ? urgency.length : 0);
}

function passes({ server, cells }: DriftRow, filter: DriftFilter): boolean {
  if (filter === 'all') return true;
  if (filter === 'foreign') return server === undefined;
  return [...cells.values()].some((group) => group.some(needsPerson));
}

function matches({ name, cells }: DriftRow, term: string): boolean {
  if (term === '') return true;
  const names = [...cells.values()].flatMap((group) => group.map(({ entryName }) => entryName));
  return [name, ...names].some((one) => one.toLocaleLowerCase().includes(term));
}
