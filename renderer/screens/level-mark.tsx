/** The level that a server really gets, as icon and word. */
import type { Reach, ScopeView } from '../../shared/models/scope-view.ts';
import { type State, StateMark } from '../ui/state-mark.tsx';
import { words } from '../words.ts';

type Claimed = NonNullable<Reach['weakest']>;

const toneOf: Readonly<Record<Claimed, State>> = {
  'not-confined': 'exposed',
  'scoped-environment': 'quiet',
  confined: 'protected',
  'listed-hosts': 'protected',
  masked: 'protected',
};

/** Without a level the server would be refused. */
export function LevelMark({ level, pill }: { level: Claimed | undefined; pill?: boolean }) {
  const isPill = pill ?? false;
  return level === undefined ? (
    <StateMark state="broken" label={words.scope.refused} pill={isPill} />
  ) : (
    <StateMark state={toneOf[level]} label={words.scope.level[level]} pill={isPill} />
  );
}

export function levelsById(reach: Reach | undefined): ReadonlyMap<string, ScopeView> {
  return new Map(reach?.servers.map(({ view }) => [view.server, view]));
}
