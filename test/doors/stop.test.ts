/** A trial that nobody waits for any more: the door tells the core, so that no server runs on for nobody. */
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import { afterEach, expect, test, vi } from 'vitest';
import { createRouter } from '../../core/handlers.ts';
import type { Trials } from '../../core/servers/trials.ts';
import type { Api } from '../../shared/api.ts';
import type { TrialStream } from '../../shared/models/scope-view.ts';
import { openTestDoor, type TestDoor } from '../support/browser-door.ts';
import { openMemoryApp } from '../support/memory-app.ts';

let door: TestDoor | undefined;
afterEach(() => door?.close());

const news: TrialStream = {
  ...{ type: 'progress', server: 'one', step: 'start', level: 'confined' },
  ...{ done: 0, total: 1 },
};

/** Trials that go on until they are stopped. */
function endlessTrials() {
  let stopped = 0;
  async function* run(signal: AbortSignal | undefined): AsyncGenerator<TrialStream> {
    yield news;
    await new Promise<void>((resolve) => {
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
    stopped += 1;
  }
  const trials: Trials = {
    try: (_, signal) => run(signal),
    tryAll: (_, signal) => run(signal),
  };
  return { trials, stopped: () => stopped };
}

test.each(['trial', 'planUpgrade'] as const)(
  'scope.%s in the browser: the page that goes away, and its button, stop it',
  async (procedure) => {
    const { app } = await openMemoryApp({});
    const { trials, stopped } = endlessTrials();
    door = await openTestDoor({ router: createRouter({ ...app, trials }) });
    const headers = { cookie: await door.enter(), origin: door.origin, 'x-portcullis': '1' };
    const api: Api = createORPCClient(new RPCLink({ url: `${door.origin}/rpc`, headers }));
    const start = (options: { readonly signal?: AbortSignal } = {}) =>
      procedure === 'trial'
        ? api.scope.trial({ id: 'one' }, options)
        : api.scope.planUpgrade({}, options);
    const gone = new AbortController();
    const left = await start({ signal: gone.signal });
    expect((await left.next()).value).toEqual(news);
    gone.abort();
    await vi.waitFor(() => expect(stopped()).toBe(1), { timeout: 10_000 });

    const ended = await start();
    expect((await ended.next()).value).toEqual(news);
    await ended.return?.();
    await vi.waitFor(() => expect(stopped()).toBe(2), { timeout: 10_000 });
  },
);
