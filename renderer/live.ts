/**
 * The one event stream. News marks what is out of date; a lost stream is shown and tried again with
 * growing pauses, and everything is read afresh once it is back.
 */
import type { QueryClient } from '@tanstack/react-query';
import type { Api } from '../shared/api.ts';
import type { AppEvent } from '../shared/models/health.ts';
import { DoorClosed } from './browser-door.ts';
import type { QueryName } from './queries.ts';

/** `closed`: the door answers, and does not know this page any more. */
export type LiveState = 'connecting' | 'open' | 'lost' | 'closed';

/** Which reads each piece of news makes out of date; news without a row makes all of them so. */
const outdatedBy: Readonly<Partial<Record<AppEvent['type'], readonly QueryName[]>>> = {
  hello: [],
  // Another window or the command line may have run something: its run is in the records too.
  'records-changed': [
    'overview',
    'runs',
    'servers',
    'secrets',
    'clients',
    'entries',
    'suppressions',
    'drift',
    'scope',
    'reach',
    'export',
    'retention',
  ],
  'files-changed': [
    'overview',
    'scan',
    'plan',
    'clients',
    'entries',
    'servers',
    'drift',
    'timeline',
    'reach',
  ],
  'drift-changed': ['drift', 'timeline'],
  'exposed-again': ['drift', 'overview', 'scan', 'plan'],
  'drift-paused': ['drift'],
  'activity-changed': ['servers', 'scope', 'reach', 'blocked'],
  'keychain-changed': ['overview', 'servers', 'secrets', 'checks'],
  'run-changed': ['overview', 'runs', 'scan', 'plan', 'servers', 'secrets', 'clients', 'entries'],
};

const firstPause = 500;
const longestPause = 15_000;

/** Pause before the given try, in milliseconds; the first try is number 1. */
export function pauseBefore(attempt: number, random: number): number {
  const full = Math.min(longestPause, firstPause * 2 ** (attempt - 1));
  return Math.round(full * (0.75 + random * 0.25));
}

export interface Live {
  /** Every piece of news as it comes. Answers how to stop. */
  readonly hear: (listener: (event: AppEvent) => void) => () => void;
  readonly start: () => () => void;
  readonly subscribe: (listener: () => void) => () => void;
  readonly read: () => LiveState;
  readonly retryNow: () => void;
}

export function createLive({ api, queries }: { api: Api; queries: QueryClient }): Live {
  let state: LiveState = 'connecting';
  let attempt = 0;
  let wake: () => void = () => undefined;
  const listeners = new Set<() => void>();
  const hearers = new Set<(event: AppEvent) => void>();
  const enter = (next: LiveState) => {
    if (state === next) return;
    state = next;
    for (const listener of listeners) listener();
  };

  const listen = async (signal: AbortSignal) => {
    for await (const event of await api.events.subscribe({}, { signal })) {
      const isBack = attempt > 0;
      attempt = 0;
      enter('open');
      if (isBack) void queries.invalidateQueries();
      for (const hearer of hearers) hearer(event);
      const names = outdatedBy[event.type];
      if (names === undefined) void queries.invalidateQueries();
      for (const name of names ?? []) void queries.invalidateQueries({ queryKey: [name] });
    }
  };

  const pause = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseBefore(attempt, Math.random()));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener('abort', wake, { once: true });
    });

  const keepListening = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      // A normal end and a broken line are tried again alike. So is a closed door: another page of
      // this browser may be let in meanwhile, and its key is ours too.
      const thrown: unknown = await listen(signal).catch((cause: unknown) => cause);
      if (signal.aborted) return;
      attempt += 1;
      enter(thrown instanceof DoorClosed ? 'closed' : 'lost');
      await pause(signal);
    }
  };

  return {
    hear: (listener) => {
      hearers.add(listener);
      return () => void hearers.delete(listener);
    },
    start: () => {
      const stop = new AbortController();
      void keepListening(stop.signal);
      return () => stop.abort();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    read: () => state,
    retryNow: () => wake(),
  };
}
