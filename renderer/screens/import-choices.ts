/** What a person has chosen of an import plan, as plain data. */
import type { ImportPlan } from '../../shared/models/drift.ts';

type Server = ImportPlan['servers'][number];
export type ImportConsent = Server['consents'][number];

export interface ImportWishes {
  readonly ticked: ReadonlySet<string>;
  /** Server → secret → value, as typed. */
  readonly values: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly consents: ReadonlySet<ImportConsent>;
}

/** New ones come by themselves. What is here already, or would be replaced, needs the person's tick. */
export function wishAtFirst({ servers }: ImportPlan): ImportWishes {
  const fresh = servers.filter(({ way }) => way === 'new').map(({ id }) => id);
  return { ticked: new Set(fresh), values: new Map(), consents: new Set() };
}

/** The yes that the ticked servers need, once each. */
export function neededConsents(
  { servers }: ImportPlan,
  { ticked }: ImportWishes,
): readonly ImportConsent[] {
  return [
    ...new Set(servers.filter(({ id }) => ticked.has(id)).flatMap(({ consents }) => consents)),
  ];
}

/** As the contract takes them: of ticked servers only, and nothing that was left empty. */
export function choicesOf(plan: ImportPlan, wishes: ImportWishes) {
  const servers = plan.servers.map(({ id }) => id).filter((id) => wishes.ticked.has(id));
  const secrets = servers.flatMap((id) => {
    const typed = [...(wishes.values.get(id) ?? [])].filter(([, value]) => value !== '');
    return typed.length === 0 ? [] : [[id, Object.fromEntries(typed)] as const];
  });
  const needed = neededConsents(plan, wishes);
  return {
    servers,
    secrets: Object.fromEntries(secrets),
    consents: needed.filter((consent) => wishes.consents.has(consent)),
  };
}
