/** How drift takes entries over: a protect run of exactly these entries, secret or not. */
import type { ProtectPlan } from '../../shared/models/protect.ts';
import type { Adoption, AdoptionPlaces } from '../drift/apply.ts';
import type { Protect } from '../protect/protect.ts';

export function createAdoption(protect: Protect): Adoption {
  return {
    plan: async (places) => {
      const selection = { places: [...places] };
      const first = await protect.plan(selection);
      return protect.plan({ ...selection, items: wantedItems(first) });
    },
    apply: (places, plan, consents) =>
      protect.apply({
        basis: plan.basis,
        selection: { places: [...places] },
        items: wantedItems(plan),
        consents: [...consents],
        answers: answersFrom(plan, places),
      }),
  };
}

/** The entries themselves and the env files that move with them; copies elsewhere are for `protect`. */
function wantedItems(plan: ProtectPlan): readonly string[] {
  return plan.items
    .filter(({ kind, possible }) => possible && (kind === 'entry' || kind === 'env-file'))
    .map(({ id }) => id);
}

/** Adopting means that the file is right: its value is kept where the keychain has another. */
function answersFrom(plan: ProtectPlan, places: AdoptionPlaces): Record<string, string> {
  const files = new Set(places.map(({ file }) => file));
  return Object.fromEntries(
    plan.questions.flatMap(({ id, options }) => {
      const own = options.filter((option) => option.files.some((file) => files.has(file)));
      const [only] = own;
      // Two adopted files that disagree are a question that only the person can answer.
      return own.length === 1 && only !== undefined ? [[id, only.fingerprint] as const] : [];
    }),
  );
}
