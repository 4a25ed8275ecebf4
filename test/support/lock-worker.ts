/**
 * A process of its own that uses a lock: `hold LOCK` takes it and says so on stdout until it is
 * killed; `freeze LOCK` also blocks its event loop; `count LOCK FILE N` adds 1 to the number in FILE
 * N times, reading and writing in two steps so that two at once would lose an increment.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createFiles } from '../../platform/files.ts';

const [task = '', lock = '', file = '', times = '0'] = process.argv.slice(2);
const files = createFiles('linux');

async function hold(freeze: boolean): Promise<void> {
  await files.withLock(lock, async () => {
    process.stdout.write('held\n');
    if (freeze) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    // By a timer that can end it: work that nobody can go on with is collected, and its lock with it.
    await new Promise((resolve) => setTimeout(resolve, 1_000_000));
  });
}

async function count(): Promise<void> {
  for (let done = 0; done < Number(times); done += 1) {
    await files.withLock(lock, async () => {
      const seen = Number(readFileSync(file, 'utf8'));
      await files.list('/');
      writeFileSync(file, String(seen + 1));
    });
  }
}

if (task === 'count') await count();
else await hold(task === 'freeze');
