/** Follows one application of a drift plan from its first progress to its receipts. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { DriftResult, DriftStream } from '../../shared/models/drift.ts';
import type { Progress } from '../../shared/models/protect.ts';
import { describeProblem, type Problem } from '../problem.ts';

export type DriftRunState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'running'; readonly progress?: Progress }
  | { readonly phase: 'finished'; readonly result: DriftResult }
  | { readonly phase: 'failed'; readonly problem: Problem };

export interface DriftRun {
  readonly state: DriftRunState;
  readonly start: (call: () => Promise<AsyncIterable<DriftStream>>) => Promise<void>;
  readonly reset: () => void;
}

export function useDriftRun(): DriftRun {
  const cache = useQueryClient();
  const [state, setState] = useState<DriftRunState>({ phase: 'idle' });
  const start: DriftRun['start'] = async (call) => {
    setState({ phase: 'running' });
    try {
      for await (const news of await call()) {
        setState(
          news.type === 'result'
            ? { phase: 'finished', result: news }
            : { phase: 'running', progress: news },
        );
      }
    } catch (thrown) {
      setState({ phase: 'failed', problem: describeProblem(thrown) });
    }
    await cache.invalidateQueries();
  };
  return { state, start, reset: () => setState({ phase: 'idle' }) };
}
