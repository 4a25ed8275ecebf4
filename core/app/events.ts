/**
 * News for the doors: one stream per subscriber. What happened in this process is announced at once;
 * what another process did is noticed by whoever watches files and calls `announce`.
 */
import type { AppEvent } from '../../shared/models/health.ts';
import type { Clock } from '../ports.ts';

export interface Events {
  announce(event: AppEvent): void;
  /** Begins with `hello`, so that a reader knows that it is connected. Ends when the signal aborts. */
  subscribe(signal: AbortSignal | undefined): AsyncGenerator<AppEvent>;
}

/** A reader that takes no news for this many is told to look at everything again. */
const mostWaiting = 256;

export function createEvents({ clock }: { clock: Clock }): Events {
  const listeners = new Set<(event: AppEvent) => void>();

  async function* subscribe(signal: AbortSignal | undefined): AsyncGenerator<AppEvent> {
    const waiting: AppEvent[] = [{ type: 'hello', at: clock.now() }];
    let wake = (): void => {};
    const listen = (event: AppEvent): void => {
      if (waiting.length >= mostWaiting)
        waiting.splice(0, waiting.length, { type: 'hello', at: clock.now() });
      waiting.push(event);
      wake();
    };
    const stop = (): void => wake();
    listeners.add(listen);
    signal?.addEventListener('abort', stop);
    try {
      while (signal?.aborted !== true) {
        const next = waiting.shift();
        if (next !== undefined) yield next;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
            if (waiting.length > 0 || signal?.aborted === true) resolve();
          });
      }
    } finally {
      listeners.delete(listen);
      signal?.removeEventListener('abort', stop);
    }
  }

  return {
    announce: (event) => {
      for (const listener of listeners) listener(event);
    },
    subscribe,
  };
}
