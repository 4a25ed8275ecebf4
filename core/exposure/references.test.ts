/** Reference forms are clean; what stands beside them or inside them as a default is not. */
import { describe, expect, test } from 'vitest';
import { b62, createDice } from '../../test/corpus/random.ts';
import { detectInText } from './detect-text.ts';
import { blank, blankReferences } from './references.ts';

const value = createDice(5).text(b62, 24);

function isReported(text: string): boolean {
  return detectInText(`TOKEN="${text}"`, 'dotenv').some(
    ({ confidence }) => confidence !== 'possible',
  );
}

describe('a reference is not a secret', () => {
  test.each([
    '${GITHUB_TOKEN}',
    '${GITHUB_TOKEN:-}',
    '$GITHUB_TOKEN',
    '%GITHUB_TOKEN%',
    '{{ github_token_of_prod_2024 }}',
    '${{ secrets.GITHUB_TOKEN_2024 }}',
    '${env:GITHUB_TOKEN}',
    '${input:github-token-1}',
    '{env:GITHUB_TOKEN}',
    '{file:~/.secrets/github-token-1}',
    'op://Private/GitHub/token-1234',
    'keyring:acme/github-token-1',
    'keychain:github-token-1',
    'vault:secret/data/mcp#token1',
    'secret://acme/github-token-1',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:mcp/github-AbCdEf',
    'projects/acme-1/secrets/github-token/versions/12',
    'https://acme.vault.azure.net/secrets/github/0123456789abcdef0123456789abcdef',
    'file:///run/secrets/github_token_1',
    '$(pass show github/token1)',
    '$(cat $(echo /run/x1))',
    '`pass show github/token1`',
    'Bearer ${GITHUB_TOKEN}',
    'Bearer $GITHUB_TOKEN',
    'process.env.GITHUB_TOKEN_1',
    'ENC[AES256_GCM,data:abcdefgh12345678,tag:x]',
  ])('%s', (text) => {
    expect(isReported(text)).toBe(false);
  });
});

describe('what stands beside a reference is judged', () => {
  test.each([
    `\${TOKEN:-${value}}`,
    `\${TOKEN-${value}}`,
    `\${env:TOKEN:-${value}}`,
    `Bearer ${value}`,
    `postgres://\${PGUSER}:${value}@localhost/x`,
    `https://x.acme.dev/mcp?team=\${TEAM}&api_key=${value}`,
  ])('%s', (text) => {
    expect(isReported(text)).toBe(true);
  });

  test('a password that is a reference is none', () => {
    expect(isReported('postgres://app:${DB_PASSWORD}@localhost/x')).toBe(false);
  });
});

test('blanking keeps every offset', () => {
  const text = 'a ${X} b $YY c %ZZZ% d op://v/i/f e $(cat x) f';
  const out = blankReferences(text);
  expect(out.length).toBe(text.length);
  expect(out.replaceAll(blank, '')).toBe('a  b  c  d  e  f');
});

test('an assignment to an environment variable of PowerShell is not a reference', () => {
  expect(blankReferences('$env:TOKEN = 1; x $env:TOKEN')).toBe(
    `$env:TOKEN = 1; x ${blank.repeat(10)}`,
  );
});
