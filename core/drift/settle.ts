/**
 * What the policies do without asking. It never fights: what another program undoes twice within a
 * minute is left to the person, with the name of that program, until the file holds still.
 */
import type { DriftPause, DriftSelection } from '../../shared/models/drift.ts';
import { namesLost } from '../servers/kept-references.ts';
import type { Looked } from './looked.ts';
import { isDrift } from './plan.ts';

/** Redos of one file inside this many milliseconds count as a fight. */
const window = 60_000;
const mostRedos = 2;

export interface Fights {
  readonly pauses: ReadonlyMap<string, DriftPause>;
  /** Whether the file may be written again now; the third time inside a minute begins a pause. */
  mayWrite(file: string, now: number, opponent: () => DriftPause): boolean;
  wrote(file: string, now: number): void;
  /** The person acts on the file, or its client has ended: we try again. */
  forget(file: string): void;
}

export function createFights(): Fights {
  const redos = new Map<string, readonly number[]>();
  const pauses = new Map<string, DriftPause>();
  return {
    pauses,
    mayWrite(file, now, opponent) {
      if (pauses.has(file)) return false;
      const recent = (redos.get(file) ?? []).filter((at) => now - at < window);
      redos.set(file, recent);
      if (recent.length < mostRedos) return true;
      pauses.set(file, opponent());
      return false;
    },
    wrote: (file, now) => {
      redos.set(file, [...(redos.get(file) ?? []).filter((at) => now - at < window), now]);
    },
    forget: (file) => {
      redos.delete(file);
      pauses.delete(file);
    },
  };
}

/** Drift that a policy settles: what a record wants, in states that leave no question open. */
export function chooseBySelf(looked: Looked): {
  readonly repair: DriftSelection;
  readonly adopt: DriftSelection;
} {
  const changes = (action: 'repair' | 'adopt'): DriftSelection => ({
    changes: looked.cells
      .filter(({ view }) => view.policy === action && view.actions.includes(action))
      .filter(({ view, placement, wanted }) => {
        return isDrift(view.state) && (placement ?? wanted) !== undefined;
      })
      // Gone from its file is no word of the person's: adopting that would lose the server quietly.
      .filter(({ entry }) => action === 'repair' || entry !== undefined)
      // Nor is another program in its place, which would get none of its secrets: that is asked.
      .filter(
        ({ entry, record }) =>
          action === 'repair' ||
          entry === undefined ||
          record === undefined ||
          namesLost(record.launch, entry.launch).length === 0,
      )
      .filter(({ view }) => view.state !== 'unreadable' && view.state !== 'stale-location')
      .map(({ view }) => ({ action, cell: view.id })),
  });
  return { repair: changes('repair'), adopt: changes('adopt') };
}
