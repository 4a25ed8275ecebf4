/** A new credential scope, before and after, and the yes that it needs. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { CredentialScope } from '../../shared/models/scope.ts';
import type { ScopeView } from '../../shared/models/scope-view.ts';
import { useConnection } from '../connection.ts';
import { describeProblem } from '../problem.ts';
import { Ask } from '../ui/ask.tsx';
import { Facts } from '../ui/page.tsx';
import { PlainText } from '../ui/plain-text.tsx';
import { useToast } from '../ui/toasts.tsx';
import { words } from '../words.ts';
import { ViewMark } from './level-mark.tsx';
import { Read } from './read.tsx';
import classes from './scope.module.css';

const say = words.scope.plan;

interface ScopeChangeProps {
  readonly id: string;
  readonly scope: CredentialScope;
  readonly onClose: () => void;
}

export function ScopeChange({ id, scope, onClose }: ScopeChangeProps) {
  const { api, queries } = useConnection();
  const cache = useQueryClient();
  const toast = useToast();
  const query = useQuery(queries.scopePlan(id, scope));
  const basis = query.data?.basis;
  return (
    <Ask
      title={say.title}
      confirm={say.apply}
      wide
      disabled={basis === undefined}
      describe={describeProblem}
      onClose={onClose}
      onConfirm={async () => {
        if (basis === undefined) return;
        try {
          const after = await api.scope.apply({ id, scope, basis });
          // At once, so that the next change begins with this one.
          cache.setQueryData(queries.scope(id).queryKey, after);
          toast(say.applied);
        } finally {
          // Not waited for: with fresh data, before and after would be the same.
          void cache.invalidateQueries();
        }
      }}
    >
      <Read query={query}>
        {(plan) => (
          <Facts
            rows={[
              { name: say.before, value: <Told view={plan.before} /> },
              { name: say.after, value: <Told view={plan.after} /> },
            ]}
          />
        )}
      </Read>
    </Ask>
  );
}

/** What a scope means: its level, what it allows, what may be claimed, what to beware of. */
export function Told({ view }: { view: ScopeView }) {
  return (
    <div className={classes.told}>
      <ViewMark view={view} pill />
      <PlainText text={view.sentence} cap={800} />
      <span className={classes.claim}>
        <PlainText text={view.claim} cap={800} />
      </span>
      {view.hint !== undefined && <PlainText commands text={view.hint} cap={800} />}
      {view.warnings.map((warning) => (
        <PlainText key={warning} text={warning} cap={400} />
      ))}
      {view.places.map(({ sentence }) => (
        <PlainText key={sentence} text={sentence} cap={400} />
      ))}
    </div>
  );
}
