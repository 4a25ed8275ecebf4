import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Secret } from '../../shared/secret.ts';
import { runs } from '../../test/support/runs.ts';
import { createRedactor } from './redact.ts';

const redactorOf = (...values: readonly string[]) =>
  createRedactor(new Map(values.map((value, index) => [`S${index}`, new Secret(value)])));

test('every form a server may write a secret in', () => {
  const value = 'pass "word" & ünïcode/+= 12';
  const redact = redactorOf(value, 'abc');
  const basic = (name: string) => Buffer.from(`${name}:${value}`).toString('base64');
  const forms = [
    value,
    JSON.stringify({ value }),
    encodeURIComponent(value),
    new URLSearchParams({ value }).toString(),
    Buffer.from(value).toString('base64'),
    Buffer.from(value).toString('base64url'),
    ...['', 'a', 'ab', 'abcd'].map(basic),
  ];
  for (const form of forms) expect(redact(`<${form}>`)).toContain('[secret]');
  for (const form of forms) expect(redact(form)).not.toContain(value.slice(6, 12));
  expect(redact('abc is too short to be taken out')).toBe('abc is too short to be taken out');
});

test('what is left of a secret where a text was cut', () => {
  const [first, second] = ['cut-in-the-middle', 'middle/and on'];
  const redact = redactorOf(first, second);
  const end = (text: string) => redact(text, { isEndOnly: true });
  expect(end('in-the-middle, more cut-in-the-middle')).toBe('[secret], more [secret]');
  // Three characters are no secret.
  expect(end(' on, a line')).toBe(' on, a line');
  expect(end('middle/and on')).toBe('[secret]');
  expect(redact('in-the-middle')).toBe('in-the-middle');
  expect(redact('cut-in-the-middle/and on, x')).toBe('[secret], x');
});

test('no secret of a usual length gets through, encoded or not, wherever it stands', () => {
  const value = fc.stringMatching(/^[A-Za-z0-9_./+=-]{12,60}$/);
  fc.assert(
    fc.property(value, fc.string(), fc.string(), (secret, before, after) => {
      const redact = redactorOf(secret);
      expect(redact(before + secret + after)).not.toContain(secret);
      const encoded = Buffer.from(before + secret + after).toString('base64');
      const cleaned = redact(encoded);
      expect(cleaned).toContain('[secret]');
      // At most the first and last characters, which hold bits of their neighbours, may remain.
      const inner = Buffer.from(secret.slice(3, -3)).toString('base64').replace(/=+$/, '');
      expect(cleaned).not.toContain(inner);
    }),
    { numRuns: runs(300, 20_000) },
  );
});
