import { expect, test } from 'vitest';
import { createInterrupts } from './interrupts.ts';

function open() {
  const seen: (number | 'first')[] = [];
  const clock = { time: 0 };
  const interrupts = createInterrupts({
    now: () => clock.time,
    onFirst: () => seen.push('first'),
    end: (code) => seen.push(code),
  });
  return { interrupts, clock, seen };
}

test('ends at once where nothing is being written', () => {
  const { interrupts, seen } = open();
  interrupts.receive(130);
  expect(seen).toEqual([130]);
});

test('lets work that writes come to its end first', async () => {
  const { interrupts, seen } = open();
  const { promise, resolve } = Promise.withResolvers<string>();
  const work = interrupts.finishFirst(() => promise);
  interrupts.receive(130);
  resolve('written');
  expect([await work, interrupts.pressed(), seen]).toEqual(['written', 130, ['first']]);
});

test('one key press that arrives twice is one, a later one ends the work', () => {
  const { interrupts, clock, seen } = open();
  void interrupts.finishFirst(() => new Promise(() => undefined));
  interrupts.receive(130);
  clock.time = 20;
  interrupts.receive(130);
  clock.time = 2000;
  interrupts.receive(130);
  expect(seen).toEqual(['first', 130]);
});

test('work that failed holds nothing any more', async () => {
  const { interrupts, seen } = open();
  const failed = interrupts.finishFirst(() => Promise.reject(new Error('disk')));
  await expect(failed).rejects.toThrow('disk');
  interrupts.receive(143);
  expect(seen).toEqual([143]);
});
