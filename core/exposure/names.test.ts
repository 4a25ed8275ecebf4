/** What names mean: the head of the name decides. */
import { describe, expect, test } from 'vitest';
import { readName, toSecretName, wordsOf } from './names.ts';

test('a name is the same in any casing', () => {
  const words = ['exa', 'api', 'key'];
  for (const name of [
    'EXA_API_KEY',
    'exaApiKey',
    'exa-api-key',
    'exaAPIKey',
    'ExaApikey',
    'exa.api.key',
  ]) {
    expect(wordsOf(name)).toEqual(words);
  }
});

describe('settings that only sound like credentials', () => {
  test.each(
    'MAX_TOKENS TOKEN_LIMIT API_KEY_HEADER KEYBOARD_LAYOUT PRIMARY_KEY TOKEN_TTL TOKEN_TYPE TOKEN_URL KEY_PATH PASSWORD_FILE SECRET_NAME AUTH_METHOD KEY_ALGORITHM PUBLIC_KEY SUPABASE_ANON_KEY STRIPE_PUBLISHABLE_KEY CACHE_KEY PROJECT_KEY PROJECT_ID TOKENIZER MONKEY USE_API_KEY nextToken pageToken hotkey tokenParamName bearer_token_env_var'.split(
      ' ',
    ),
  )('%s', (name) => {
    expect(readName(name, 'variable').strength).toBe('none');
  });
});

describe('names of credentials', () => {
  test.each(
    'API_KEY GITHUB_TOKEN DB_PASSWORD PGPASSWORD clientSecret apikey accessToken refresh_token AZURE_DEVOPS_EXT_PAT x-api-key BRAVE_KEY GITHUB_TOKEN_RO OPENAI_API_KEY_2 x-vercel-protection-bypass AUTH_TOKEN_PROD smtpPass VERIFY_TOKEN'.split(
      ' ',
    ),
  )('%s', (name) => {
    expect(readName(name, 'variable').strength).toBe('strong');
  });
});

test('a bare key is telling in a query, not in settings', () => {
  expect(readName('key', 'query').strength).toBe('weak');
  expect(readName('key', 'setting').strength).toBe('none');
});

test('any text becomes a valid secret name', () => {
  expect(toSecretName('API_KEY')).toBe('API_KEY');
  expect(toSecretName('x-api-key')).toBe('X_API_KEY');
  expect(toSecretName('exaApiKey')).toBe('EXA_API_KEY');
  expect(toSecretName('9lives')).toBe('_9LIVES');
  expect(toSecretName('••')).toBe('SECRET');
});
