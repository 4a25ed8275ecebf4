import { expect, test } from 'vitest';
import { judgePassphrase } from './passphrase-strength.ts';

test.each([
  ['', { level: 'short', missing: 12 }],
  ['elevenchars', { level: 'short', missing: 1 }],
  // Counted as the contract counts: characters, not the halves that some are stored in.
  ['🔒'.repeat(11), { level: 'short', missing: 1 }],
  ['aaaaaaaaaaaaaaaaaaaaaaaaaaaa', { level: 'plain' }],
  ['abcabcabcabcabcabc', { level: 'plain' }],
  ['ledger kites', { level: 'fair' }],
  ['ledger kites under a violet bus', { level: 'strong' }],
])('“%s”', (passphrase, strength) => {
  expect(judgePassphrase(passphrase)).toEqual(strength);
});
