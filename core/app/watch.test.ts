import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AppEvent } from '../../shared/models/health.ts';
import { openMemoryApp } from '../../test/support/memory-app.ts';
import { watchOutside } from './watch.ts';

test('a start of a server and a blocked host are news, and no reason to look for drift', async () => {
  const { app } = await openMemoryApp({});
  const { ports, records } = app;
  const news: AppEvent[] = [];
  let looks = 0;
  let watched: readonly string[] = [];
  let change: (paths: readonly string[]) => void = () => undefined;
  await watchOutside({
    ...ports,
    records,
    events: { announce: (event) => void news.push(event) },
    noticed: async () => {
      looks += 1;
    },
    watch: {
      start: async (paths, listener) => {
        watched = paths;
        change = listener;
        return { replace: () => undefined, close: async () => undefined };
      },
    },
  });
  expect(looks).toBe(1);
  for (const name of ['launches.jsonl', 'blocked.jsonl']) {
    const file = join(ports.roots.data, 'activity', name);
    expect(watched).toContain(file);
    change([file]);
  }
  expect(news).toEqual([{ type: 'activity-changed' }, { type: 'activity-changed' }]);
  expect(looks).toBe(1);
  const client = watched.find((path) => path.endsWith('.cursor/mcp.json')) ?? '';
  change([client]);
  expect(news.at(-1)).toEqual({ type: 'files-changed', files: [client] });
  expect(looks).toBe(2);
});
