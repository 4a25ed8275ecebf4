/** Follows one run (protect, undo, leave) from its first progress to its receipts. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Progress, RunResult, RunStream } from '../../shared/models/protect.ts';
import { describeProblem, hasCode, type Problem } from '../problem.ts';

export type RunState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'running'; readonly progress?: Progress }
  | { readonly phase: 'finished'; readonly result: RunResult }
  | { readonly phase: 'failed'; readonly problem: Problem; readonly isConflict: boolean };

export interface Run {
  readonly state: RunState;
  readonly start: (call: () => Promise<AsyncIterable<RunStream>>) => Promise<void>;
  readonly reset: () => void;
}

export function useRun(): Run {
  const cache = useQueryClient();
  const [state, setState] = useState<RunState>({ phase: 'idle' });
  const start: Run['start'] = async (call) => {
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
      setState({
        phase: 'failed',
        problem: describeProblem(thrown),
        isConflict: hasCode(thrown, 'conflict'),
      });
    }
    await cache.invalidateQueries();
  };
  return { state, start, reset: () => setState({ phase: 'idle' }) };
}
