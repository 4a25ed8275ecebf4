/** What may be shown: the public prefix, and from 24 characters up the last 4. */
import { expect, test } from 'vitest';
import { Secret } from '../../shared/secret.ts';
import { b62, createDice, pem, withChecksum } from '../../test/corpus/random.ts';
import { detectInText } from './detect-text.ts';
import { fingerprintOf, maskForms } from './mask.ts';

const d = createDice(3);
const ghp = `ghp_${withChecksum(d.text(b62, 30))}`;

function previewIn(text: string): string | undefined {
  const [found] = detectInText(text, 'dotenv');
  return found?.preview;
}

test('short values and passwords show nothing', () => {
  expect(previewIn(`ADMIN_PASSWORD=${d.text(b62, 40)}`)).toBe('••••');
  expect(previewIn(`API_KEY=${d.text(b62, 23)}`)).toBe('••••');
  expect(previewIn(`KEY="${pem(d)}"`)).toBe('••••');
});

test('long keys show their prefix and their end', () => {
  expect(previewIn(`X=${ghp}`)).toBe(`ghp_••••${ghp.slice(-4)}`);
});

test('a name that holds a secret is covered', () => {
  expect(maskForms(`/srv/${ghp}/x`)).toBe(`/srv/ghp_••••${ghp.slice(-4)}/x`);
  expect(maskForms('/srv/app/x')).toBe('/srv/app/x');
});

test('equal values have equal fingerprints under one key only', () => {
  const key = new Uint8Array(32).fill(1);
  const print = fingerprintOf(new Secret(ghp), key);
  expect(print).toMatch(/^[A-Za-z0-9_-]{22}$/);
  expect(fingerprintOf(new Secret(ghp), key)).toBe(print);
  expect(fingerprintOf(new Secret(`${ghp}x`), key)).not.toBe(print);
  expect(fingerprintOf(new Secret(ghp), new Uint8Array(32).fill(2))).not.toBe(print);
});
