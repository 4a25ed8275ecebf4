import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createDoorToken } from './door-token.ts';

function open() {
  let now = 0;
  const token = createDoorToken({
    clock: { monotonic: () => now },
    random: { bytes: (count) => randomBytes(count) },
  });
  return { token, wait: (milliseconds: number) => (now += milliseconds) };
}

test('nothing is valid but the value of this launch', () => {
  const { token } = open();
  const value = token.exchange(token.mintCode());
  expect(token.isValid(value)).toBe(true);
  const other = open().token;
  const foreign = other.exchange(other.mintCode());
  for (const wrong of [undefined, '', 'x', `${value}x`, value?.slice(1), foreign])
    expect(token.isValid(wrong)).toBe(false);
});

test('a code has 128 bits, dies on use and after a minute', () => {
  const { token, wait } = open();
  const code = token.mintCode();
  expect(Buffer.from(code, 'base64url').length).toBe(16);
  expect(token.exchange(`${code}x`)).toBe(undefined);
  expect(token.exchange(code)).toMatch(/^[\w-]{43}$/);
  expect(token.exchange(code)).toBe(undefined);
  const late = token.mintCode();
  wait(60_000);
  expect(token.exchange(late)).toBe(undefined);
});

test('several codes live side by side, up to a limit', () => {
  const { token } = open();
  const codes = Array.from({ length: 17 }, () => token.mintCode());
  const answers = codes.map((code) => token.exchange(code) !== undefined);
  expect(answers).toEqual([false, ...Array.from({ length: 16 }, () => true)]);
});
