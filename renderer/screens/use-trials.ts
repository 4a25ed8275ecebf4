/** Follows trial starts: how far they are, and each trial as it comes, until all are done or it is stopped. */
import { useEffect, useRef, useState } from 'react';
import type { Trial, TrialProgress, TrialStream } from '../../shared/models/scope-view.ts';
import { describeProblem, type Problem } from '../problem.ts';

export interface TrialsState {
  readonly phase: 'idle' | 'running' | 'stopped' | 'finished' | 'failed';
  readonly trials: readonly Trial[];
  readonly progress?: TrialProgress;
  readonly problem?: Problem;
}

export interface TrialsRun {
  readonly state: TrialsState;
  readonly start: (
    call: (signal: AbortSignal) => Promise<AsyncIterable<TrialStream>>,
  ) => Promise<void>;
  readonly stop: () => void;
}

const idle: TrialsState = { phase: 'idle', trials: [] };

export function useTrials(): TrialsRun {
  const [state, setState] = useState(idle);
  const running = useRef<AbortController | undefined>(undefined);
  // A page that is left has nobody who would see the rest.
  useEffect(() => () => running.current?.abort(), []);
  const start: TrialsRun['start'] = async (call) => {
    const stop = new AbortController();
    running.current?.abort();
    running.current = stop;
    const trials: Trial[] = [];
    const show = (next: Omit<TrialsState, 'trials'>) => {
      if (running.current === stop) setState({ ...next, trials: [...trials] });
    };
    show({ phase: 'running' });
    try {
      for await (const news of await call(stop.signal)) {
        if (news.type === 'trial') trials.push(news.trial);
        else show({ phase: 'running', progress: news });
      }
      show({ phase: stop.signal.aborted ? 'stopped' : 'finished' });
    } catch (thrown) {
      if (stop.signal.aborted) show({ phase: 'stopped' });
      else show({ phase: 'failed', problem: describeProblem(thrown) });
    }
  };
  return { state, start, stop: () => running.current?.abort() };
}
