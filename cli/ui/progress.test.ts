import { expect, test } from 'vitest';
import { createScreen } from '../../test/support/screen.ts';
import { createProgress } from './progress.ts';

function show(isTTY: boolean, quiet: boolean, times: readonly number[]): string {
  const err = createScreen({ isTTY, columns: 20 });
  let time = 0;
  const progress = createProgress(err, { quiet, now: () => time });
  for (const at of times) {
    time = at;
    progress.show('Writing a-file-with-a-long-name.json');
  }
  progress.clear();
  return err.text();
}

test('one line that changes and goes away on a terminal', () => {
  expect(show(true, false, [0])).toBe('\r\u001b[2KWriting a…name.json\r\u001b[2K');
});

test('elsewhere plain lines, once each, and none for short work', () => {
  expect(show(false, false, [0, 10])).toBe('');
  expect(show(false, false, [0, 1500, 1600])).toBe('Writing a-file-with-a-long-name.json\n');
});

test('nothing when it should be quiet', () => {
  expect([show(true, true, [5000]), show(false, true, [5000])]).toEqual(['', '']);
});
