/** Follows a deep scan: findings as they come, until it ends, fails, or the person stops it. */
import { useEffect, useRef, useState } from 'react';
import type { Finding } from '../../shared/models/finding.ts';
import { useConnection } from '../connection.ts';
import { describeProblem, type Problem } from '../problem.ts';

export interface DeepScanState {
  readonly phase: 'idle' | 'looking' | 'stopped' | 'finished' | 'failed';
  readonly findings: readonly Finding[];
  readonly problem?: Problem;
}

export interface DeepScanRun {
  readonly state: DeepScanState;
  readonly start: () => Promise<void>;
  readonly stop: () => void;
}

/** Milliseconds between two drawings: findings may come by the thousand. */
const drawEvery = 200;

export function useDeepScan(): DeepScanRun {
  const { api } = useConnection();
  const [state, setState] = useState<DeepScanState>({ phase: 'idle', findings: [] });
  const running = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const start = async () => {
    const stop = new AbortController();
    running.current = stop;
    const found: Finding[] = [];
    const show = (phase: DeepScanState['phase'], problem?: Problem) =>
      setState({ phase, findings: [...found], ...(problem === undefined ? {} : { problem }) });
    show('looking');
    const drawing = setInterval(() => show('looking'), drawEvery);
    try {
      for await (const finding of await api.exposure.scanDeep({}, { signal: stop.signal }))
        found.push(finding);
      show(stop.signal.aborted ? 'stopped' : 'finished');
    } catch (thrown) {
      if (stop.signal.aborted) show('stopped');
      else show('failed', describeProblem(thrown));
    } finally {
      clearInterval(drawing);
    }
  };
  return { state, start, stop: () => running.current?.abort() };
}
