/** Draws a query: waiting, failed, or what it says. Old news stays in sight while new is fetched. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { describeProblem } from '../problem.ts';
import { Failed, Waiting } from '../ui/blank.tsx';

interface ReadProps<T> {
  readonly query: UseQueryResult<T>;
  readonly waiting?: ReactNode;
  readonly children: (data: T) => ReactNode;
}

export function Read<T>({ query, waiting = <Waiting />, children }: ReadProps<T>) {
  if (query.data !== undefined) {
    return (
      <>
        {query.isRefetchError && (
          <Failed problem={describeProblem(query.error)} onRetry={() => query.refetch()} small />
        )}
        {children(query.data)}
      </>
    );
  }
  if (query.isError) {
    return <Failed problem={describeProblem(query.error)} onRetry={() => query.refetch()} />;
  }
  return waiting;
}
