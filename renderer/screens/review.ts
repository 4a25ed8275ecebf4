/** Arranges findings and the plan for review: what can be ticked, in groups, and what is left. */
import type { Finding } from '../../shared/models/finding.ts';
import type { PlanItem, PlannedSecret, ProtectPlan } from '../../shared/models/protect.ts';

export interface ReviewSecret {
  readonly planned: PlannedSecret;
  /** What the scan said about it; absent when the scan did not list it. */
  readonly finding: Finding | undefined;
}

export interface ReviewItem {
  readonly item: PlanItem;
  readonly secrets: readonly ReviewSecret[];
}

export interface Review {
  /** Can be done; the person ticks. */
  readonly items: readonly ReviewItem[];
  /** Can be done too, but is only named unless the person ticks it. */
  readonly extra: readonly ReviewItem[];
  /** Cannot be done; named with the reason. */
  readonly left: readonly ReviewItem[];
  /** Findings that no item of the plan covers. */
  readonly byHand: readonly Finding[];
}

export function buildReview(findings: readonly Finding[], plan: ProtectPlan): Review {
  const byPlace = new Map<string, Finding>();
  for (const finding of findings) byPlace.set(placeOf(finding.file, finding.fingerprint), finding);
  const covered = new Set<string>();
  const inEnvFiles = new Set(
    plan.items
      .filter(({ kind }) => kind === 'env-file')
      .flatMap(({ server, secrets }) => secrets.map((one) => `${server}\n${one.fingerprint}`)),
  );
  const all = plan.items.map((item) => ({
    item,
    secrets: item.secrets
      // An entry names what its env file holds too; it is shown once, where it stands.
      .filter(
        ({ where, fingerprint }) =>
          item.kind !== 'entry' ||
          where !== 'env-file' ||
          !inEnvFiles.has(`${item.server}\n${fingerprint}`),
      )
      .map((planned) => {
        const place = placeOf(item.file, planned.fingerprint);
        covered.add(place);
        return { planned, finding: byPlace.get(place) };
      }),
  }));
  const possible = all.filter(({ item }) => item.possible);
  return {
    items: possible.filter(({ item }) => item.kind !== 'listed'),
    extra: possible.filter(({ item }) => item.kind === 'listed'),
    left: all.filter(({ item }) => !item.possible),
    byHand: findings.filter(({ file, fingerprint }) => !covered.has(placeOf(file, fingerprint))),
  };
}

/** Everything that can be ticked. */
export function offeredIn({ items, extra }: Review): readonly ReviewItem[] {
  return [...items, ...extra];
}

export type GroupBy = 'server' | 'file';

export interface ReviewGroup {
  readonly key: string;
  /** Empty when the items belong to no server. */
  readonly title: string;
  readonly items: readonly ReviewItem[];
  readonly secrets: number;
}

export function groupItems(
  items: readonly ReviewItem[],
  by: GroupBy,
  plan: ProtectPlan,
): readonly ReviewGroup[] {
  const names = new Map(plan.servers.map(({ id, name }) => [id, name]));
  const groups = Map.groupBy(items, ({ item }) =>
    by === 'file' ? item.file : (item.server ?? item.entry ?? ''),
  );
  return [...groups].map(([key, members]) => ({
    key,
    title: by === 'file' ? key : (names.get(key) ?? key),
    items: members,
    secrets: countSecrets(members),
  }));
}

/** Items that hold every word of the search. */
export function findItems(items: readonly ReviewItem[], search: string): readonly ReviewItem[] {
  const terms = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (terms.length === 0) return items;
  return items.filter(({ item, secrets }) => {
    const text = [
      item.file,
      item.entry,
      item.server,
      item.client,
      ...secrets.flatMap(({ planned, finding }) => [
        planned.name,
        planned.kind,
        planned.label,
        finding?.family,
      ]),
    ]
      .join('\n')
      .toLocaleLowerCase();
    return terms.every((term) => text.includes(term));
  });
}

export function countSecrets(items: readonly ReviewItem[]): number {
  return items.reduce((sum, { secrets }) => sum + secrets.length, 0);
}

/** The ticks at first: what the plan ticks by itself. */
export function defaultTicks(items: readonly ReviewItem[]): ReadonlySet<string> {
  return new Set(items.filter(({ item }) => item.ticked).map(({ item }) => item.id));
}

/** Ticks or unticks some items; ids that are gone drop out. */
export function changeTicks(
  ticked: ReadonlySet<string>,
  ids: readonly string[],
  on: boolean,
): ReadonlySet<string> {
  const next = new Set(ticked);
  for (const id of ids) {
    if (on) next.add(id);
    else next.delete(id);
  }
  return next;
}

function placeOf(file: string, fingerprint: string): string {
  return `${file}\n${fingerprint}`;
}
