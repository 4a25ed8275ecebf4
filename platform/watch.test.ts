import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Watching } from '../core/ports.ts';
import { createWatch } from './watch.ts';

let folder: string;
let watching: Watching | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-'));
});
afterEach(async () => {
  await watching?.close();
  await rm(folder, { recursive: true });
});

/** Starts watching; `next` is the next piece of news. */
async function start(paths: readonly string[]) {
  const news: (readonly string[])[] = [];
  let wake = () => {};
  watching = await createWatch().start(paths, (batch) => {
    news.push(batch);
    wake();
  });
  return async (): Promise<readonly string[]> => {
    for (;;) {
      const batch = news.shift();
      if (batch !== undefined) return batch;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}

test('a file in a folder that is not there yet', async () => {
  const file = join(folder, 'a', 'b', 'config.json');
  const next = await start([file]);
  await mkdir(join(folder, 'a', 'b'), { recursive: true });
  await writeFile(file, '1');
  expect(await next()).toEqual([file]);
});

test('a file that is replaced whole', async () => {
  const file = join(folder, 'config.json');
  await writeFile(file, '1');
  const next = await start([file]);
  await writeFile(`${file}.new`, '2');
  await rename(`${file}.new`, file);
  expect(await next()).toEqual([file]);
});

test('what nobody asked for is no news, and what is asked for later is', async () => {
  const [first, second] = [join(folder, 'first'), join(folder, 'second')];
  const next = await start([first]);
  await writeFile(second, '1');
  await writeFile(first, '1');
  expect(await next()).toEqual([first]);
  watching?.replace([second]);
  await rm(first);
  await writeFile(second, '2');
  expect(await next()).toEqual([second]);
});
