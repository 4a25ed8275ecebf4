import { expect, test } from 'vitest';
import { retryWhileBusy } from './retry-busy.ts';

/** Fails with these errnos in turn, then answers; records how long was slept. */
function createAttempt(errnos: readonly string[]) {
  const slept: number[] = [];
  let calls = 0;
  const work = async () => {
    const errno = errnos[calls];
    calls += 1;
    if (errno !== undefined) throw Object.assign(new Error(errno), { code: errno });
    return 'done';
  };
  const sleep = async (milliseconds: number) => void slept.push(milliseconds);
  const times = { tries: 10, first: 50, longest: 2_000, sleep, random: () => 0.5 };
  return { run: () => retryWhileBusy(work, times), slept, calls: () => calls };
}

test('other errors are thrown at once', async () => {
  const { run, slept } = createAttempt(['ENOSPC']);
  await expect(run()).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(slept).toEqual([]);
});

test('a file that stays held fails after ten tries, with growing and bounded waits', async () => {
  const { run, slept, calls } = createAttempt(Array.from({ length: 20 }, () => 'EBUSY'));
  await expect(run()).rejects.toMatchObject({ code: 'EBUSY' });
  expect(calls()).toBe(10);
  expect(slept).toEqual(
    [50, 100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000].map((each) => each * 0.75),
  );
});

test('a file held for a moment is waited for', async () => {
  const { run, calls } = createAttempt(['EPERM', 'EACCES', 'EBUSY']);
  expect(await run()).toBe('done');
  expect(calls()).toBe(4);
});
