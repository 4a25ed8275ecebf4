/** The level that a server really gets, as icon and word. */
import { useQuery } from '@tanstack/react-query';
import type { Reach, ScopeView } from '../../shared/models/scope-view.ts';
import { useConnection } from '../connection.ts';
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

/** The same for what one server gets; a remote one has no level. */
export function ViewMark({ view, pill }: { view: ScopeView; pill?: boolean }) {
  return view.remote ? (
    <StateMark state="quiet" label={words.scope.remote} pill={pill ?? false} />
  ) : (
    <LevelMark level={view.level} pill={pill ?? false} />
  );
}

/** What one server gets, wherever it is named; nothing until it is known. */
export function ServerLevel({ server }: { server: string }) {
  const { queries } = useConnection();
  const reach = useQuery(queries.reach()).data;
  const view = reach?.servers.find((one) => one.view.server === server)?.view;
  return view === undefined ? null : <ViewMark view={view} />;
}

export function levelsById(reach: Reach | undefined): ReadonlyMap<string, ScopeView> {
  return new Map(reach?.servers.map(({ view }) => [view.server, view]));
}
