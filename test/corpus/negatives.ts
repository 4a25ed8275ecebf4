/** Hard negatives: every exclusion of facts §11, as fragments of an entry. None may be reported. */
import {
  b62,
  b64,
  base64,
  type Dice,
  digits,
  hex,
  jwt,
  lower,
  upper,
  urlSafe,
  uuid,
} from './random.ts';

export interface Fragment {
  readonly group: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly url?: string;
}

type Maker = (dice: Dice) => Omit<Fragment, 'group'>;

const env = (name: string, value: string) => ({ env: { [name]: value } });
const credentialName = (d: Dice): string =>
  d.pick([
    'API_KEY',
    'GITHUB_TOKEN',
    'DB_PASSWORD',
    'ACME_SECRET',
    'OPENAI_API_KEY',
    'SLACK_BOT_TOKEN',
    'CLIENT_SECRET',
  ]);

const references: readonly Maker[] = [
  (d) =>
    env(
      credentialName(d),
      d.pick([
        '${API_KEY}',
        '${env:GITHUB_TOKEN}',
        '${input:api-key}',
        '$GITHUB_TOKEN',
        '%API_KEY%',
        '{{ secrets.token }}',
        '${{ secrets.API_KEY }}',
        '{env:MY_API_KEY}',
        '{file:~/.secrets/key}',
        '${MY_TOKEN:-}',
      ]),
    ),
  (d) =>
    env(
      credentialName(d),
      d.pick([
        'op://Private/GitHub/token',
        'keyring:acme/api-key',
        'keychain:github-token',
        'vault:secret/data/mcp#token',
        'secret://acme/api-key',
        'file:///run/secrets/api_key',
        '$(pass show github/token)',
        '$(op read op://dev/github/token)',
        'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/mcp-AbCdEf',
        'projects/acme-prod/secrets/api-key/versions/3',
        '${file:/run/secrets/token}',
        '${cmd: security find-generic-password -w -s github}',
      ]),
    ),
  () => ({ headers: { Authorization: 'Bearer ${ACCESS_TOKEN}' } }),
  () => ({ headers: { 'X-Api-Key': '${input:apiKey}' } }),
  () => ({
    args: ['mcp-remote', 'https://mcp.acme.dev/sse', '--header', 'Authorization:${AUTH_HEADER}'],
  }),
  () => ({ args: ['--token', '${GITHUB_TOKEN}'] }),
  () => ({ args: ['--api-key=$API_KEY'] }),
  () => env('DATABASE_URL', 'postgres://app:${DB_PASSWORD}@db.internal.example.com:5432/app'),
  () => ({ url: 'https://mcp.exa.ai/mcp?exaApiKey=${EXA_API_KEY}' }),
  () => ({
    args: [
      'run',
      '-i',
      '--rm',
      '-e',
      'GITHUB_PERSONAL_ACCESS_TOKEN',
      'ghcr.io/github/github-mcp-server',
    ],
  }),
  () => ({ args: ['-c', 'GITHUB_TOKEN=$(gh auth token) npx -y gh-mcp'] }),
  () => ({ args: ['-Command', '$env:API_KEY=$env:ACME_KEY; npx acme'] }),
];

const placeholders: readonly Maker[] = [
  (d) =>
    env(
      credentialName(d),
      d.pick([
        'YOUR_API_KEY',
        'your-api-key-here',
        '<your-token>',
        '<YOUR_API_KEY>',
        'xxxxxxxxxxxxxxxxxxxx',
        'changeme',
        'CHANGE_ME_PLEASE',
        'replace-with-your-token',
        'insert-token-here',
        'TODO',
        'todo-set-this',
        'your_github_token',
        'YOUR-SECRET-KEY',
        'enter-your-key',
        'my-secret-token',
        'test-token',
        'demo-api-key',
        'none',
        'null',
        'secret',
        'password',
        'placeholder',
        '***************',
        '••••••••••••',
        'sk-...',
        'ghp_...',
        '…',
        '[REDACTED]',
        '<redacted>',
        '1234567890',
        '12345678',
        'abcdefghijklmnop',
        '0000000000000000',
        'aaaaaaaaaaaaaaaaaaaa',
        'test1234',
        'api-key-goes-here',
      ]),
    ),
  () => env('GITHUB_PERSONAL_ACCESS_TOKEN', `ghp_${'x'.repeat(36)}`),
  () =>
    env(
      'OPENAI_API_KEY',
      [
        'sk-proj',
        'your',
        'openai',
        'key',
        'here',
        'replace',
        'this',
        'before',
        'use',
        'please',
        'thanks',
      ].join('-'),
    ),
  () => env('ANTHROPIC_API_KEY', `sk-ant-api03-${'X'.repeat(93)}AA`),
  () => env('OPENAI_API_KEY', `sk-${'1234567890abcdef'.repeat(2)}`),
  () => env('SLACK_BOT_TOKEN', ['xoxb', 'your', 'bot', 'token'].join('-')),
  () => env('STRIPE_SECRET_KEY', `sk_test_${'x'.repeat(24)}`),
  () => ({ args: ['--api-key', 'YOUR_API_KEY_HERE'] }),
  () => ({ args: ['--figma-api-key=YOUR-KEY', '--stdio'] }),
  () => ({ headers: { Authorization: 'Bearer YOUR_TOKEN' } }),
  () => ({ headers: { Authorization: 'Bearer <your-access-token>' } }),
  () => ({
    url: 'https://server.smithery.ai/@acme/tool/mcp?api_key=YOUR_SMITHERY_KEY&profile=funny-lemur-abc',
  }),
  () => env('DATABASE_URL', 'postgresql://user:password@localhost:5432/mydb'),
  () => env('DATABASE_URL', 'postgres://postgres:postgres@localhost/postgres'),
  () => env('MONGODB_URI', 'mongodb+srv://<username>:<password>@cluster0.example.mongodb.net/'),
  () => env('REDIS_URL', 'redis://localhost:6379/0'),
  () => env('API_KEY', 'API_KEY'),
  () => env('GITHUB_TOKEN', 'GITHUB_TOKEN'),
  (d) => env('GITHUB_TOKEN', `ghp_${'*'.repeat(32)}${d.text(b62, 4)}`),
  (d) => env('OPENAI_API_KEY', `sk-proj-…${d.text(b62, 4)}`),
  () => env('AWS_SECRET_ACCESS_KEY', ['wJalrXUtnFEMI/K7MDENG', 'bPxRfiCYEXAMPLEKEY'].join('/')),
  () => env('STRIPE_SECRET_KEY', ['sk_test_4eC39HqLyjW', 'DarjtT1zdp7dc'].join('')),
  () =>
    env(
      'AUTH_TOKEN',
      [
        'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9',
        'eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ',
        'SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c',
      ].join('.'),
    ),
  () =>
    env('PRIVATE_KEY', '-----BEGIN PRIVATE KEY-----\nYOUR_PRIVATE_KEY\n-----END PRIVATE KEY-----'),
];

const settings: readonly Maker[] = [
  (d) =>
    env(
      d.pick(['MAX_TOKENS', 'TOKEN_LIMIT', 'MAX_OUTPUT_TOKENS', 'TOKEN_TTL', 'TOKEN_BUDGET']),
      String(d.int(1000, 200000)),
    ),
  (d) => env('API_KEY_HEADER', d.pick(['X-Api-Key', 'Authorization', 'X-Custom-Auth-Header'])),
  () => env('KEYBOARD_LAYOUT', 'us-international-2'),
  (d) => env('PRIMARY_KEY', d.pick(['customer_id', 'order_uuid_v7', 'tenant_and_id'])),
  () => env('SECRET_TTL', '86400s'),
  () => env('TOKEN_TYPE', 'urn:ietf:params:oauth:token-type:jwt'),
  () => env('TOKEN_URL', 'https://login.acme.dev/oauth2/v2.0/token'),
  (d) => env('PRIVATE_KEY_PATH', `/home/${d.text(lower, 6)}/.ssh/id_ed25519`),
  () =>
    env(
      'GOOGLE_APPLICATION_CREDENTIALS',
      '/Users/kim/.config/gcloud/application_default_credentials.json',
    ),
  () => env('PASSWORD_FILE', '/run/secrets/db_password'),
  () => env('SECRET_NAME', 'prod/mcp/github-token-2024'),
  () => env('KEY_NAME', 'acme-signing-key-2025'),
  () => env('AUTH_METHOD', 'client_credentials_basic'),
  () => env('TOKEN_ALGORITHM', 'RS256-with-rotation'),
  () => env('SSH_KEY', '~/.ssh/id_ed25519'),
  () => env('API_TOKEN', 'true'),
  () => env('PASSWORD', '~/secrets/pw.txt'),
  () => env('SESSION_TOKEN', 'https://auth.acme.dev/session'),
  (d) =>
    env(
      'MODEL',
      d.pick([
        'claude-sonnet-4-5-20250929',
        'gpt-4o-mini-2024-07-18',
        'gemini-2.5-pro-preview-06-05',
        'deepseek-r1-distill-llama-70b',
      ]),
    ),
  (d) => env('VERSION', `${d.int(1, 9)}.${d.int(0, 40)}.${d.int(0, 9)}-beta.${d.int(1, 9)}`),
  () => ({ args: ['--auth', 'oauth2-client-credentials'] }),
  () => ({ args: ['--token-file', '/etc/acme/token.txt'] }),
  () => ({ args: ['--key-file=/etc/ssl/private/server.key'] }),
  () => ({ args: ['--max-tokens', '128000'] }),
  () => ({ args: ['--secret-name', 'github-pat-prod-2024'] }),
  () => ({ args: ['-p', '8080:80'] }),
  () => ({
    args: ['-y', '@modelcontextprotocol/server-filesystem', '/Users/kim/Documents/Projects2024'],
  }),
  () => ({ args: ['--password-stdin'] }),
  () => ({ args: ['-u', '1000:1000'] }),
  () => ({ headers: { 'X-MCP-Toolsets': 'repos,issues,pull_requests,code_security' } }),
  () => ({
    headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' },
  }),
  () => ({ headers: { 'X-Api-Version': '2025-11-25' } }),
  () => ({ url: 'https://mcp.linear.app/sse' }),
  () => ({ url: 'https://api.githubcopilot.com/mcp/' }),
  () => ({ url: 'https://mcp.supabase.com/mcp?project_ref=abcdqrstuvwxyzabmnop&read_only=true' }),
];

const ids: readonly Maker[] = [
  (d) =>
    env(
      d.pick([
        'PROJECT_ID',
        'TENANT_ID',
        'AZURE_TENANT_ID',
        'WORKSPACE_ID',
        'CLIENT_ID',
        'ORG_ID',
        'AUTH0_CLIENT_ID',
        'SPOTIFY_CLIENT_ID',
        'API_KEY_ID',
      ]),
      d.pick([uuid(d), d.text(hex, 32)]),
    ),
  (d) => env('TWILIO_ACCOUNT_SID', `AC${d.text(hex, 32)}`),
  (d) => env('TWILIO_API_KEY', `SK${d.text(hex, 32)}`),
  (d) => env('AWS_ACCESS_KEY_ID', `AKIA${d.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`),
  (d) => env('NOTION_DATABASE', d.text(hex, 32)),
  (d) => env('SUPABASE_PROJECT_REF', d.text(lower, 20)),
  (d) => env('LINEAR_TEAM', uuid(d)),
  (d) => env('SLACK_CHANNEL', `C${d.text(upper + digits, 10)}`),
  (d) => env('CLOUDFLARE_ACCOUNT', d.text(hex, 32)),
  (d) => env('TRELLO_API_KEY', d.text(hex, 32)),
  (d) => env('GIT_COMMIT', d.text(hex, 40)),
  (d) => env('BUILD_REV', d.text(hex, 40)),
  (d) => env('IMAGE_DIGEST', `sha256:${d.text(hex, 64)}`),
  (d) => env('INTEGRITY', `sha512-${d.text(b64, 86)}==`),
  (d) => ({ args: ['run', '-i', '--rm', `ghcr.io/acme/mcp@sha256:${d.text(hex, 64)}`] }),
  (d) => ({ args: ['--from', `git+https://github.com/acme/mcp@${d.text(hex, 40)}`, 'acme-mcp'] }),
  (d) => ({ args: ['--project-id', uuid(d)] }),
  (d) => ({ args: [`--database-id=${d.text(hex, 32)}`] }),
  (d) => ({ url: `https://api.acme.dev/projects/${uuid(d)}/mcp` }),
  (d) => ({ url: `https://mcp.acme.dev/v1/databases/${d.text(hex, 32)}/sse` }),
  (d) => ({ headers: { 'X-Project-Id': uuid(d) } }),
  (d) => ({ headers: { 'X-Tenant': d.text(hex, 32) } }),
  (d) => env('FIGMA_FILE_KEY', d.text(b62, 22)),
  (d) =>
    env(
      'GOOGLE_CLIENT_ID',
      `${d.text(digits, 12)}-${d.text(lower + digits, 32)}.apps.googleusercontent.com`,
    ),
];

const publicKeys: readonly Maker[] = [
  (d) => env('STRIPE_PUBLISHABLE_KEY', `pk_live_${d.text(b62, 99)}`),
  (d) => env('STRIPE_KEY', `pk_test_${d.text(b62, 24)}`),
  (d) => env('SUPABASE_KEY', `sb_publishable_${d.text(urlSafe, 22)}_${d.text(urlSafe, 8)}`),
  (d) =>
    env(
      'SUPABASE_ANON_KEY',
      jwt(d, {
        iss: 'supabase',
        ref: d.text(lower, 20),
        role: 'anon',
        iat: 1730000000,
        exp: 2045000000,
      }),
    ),
  (d) => env('SUPABASE_KEY', jwt(d, { iss: 'supabase', ref: d.text(lower, 20), role: 'anon' })),
  (d) => env('POSTHOG_API_KEY', `phc_${d.text(b62, 43)}`),
  (d) => env('DATADOG_CLIENT_TOKEN', `pub${d.text(hex, 32)}`),
  (d) =>
    env(
      'SENTRY_DSN',
      `https://${d.text(hex, 32)}@o${d.text(digits, 6)}.ingest.us.sentry.io/${d.text(digits, 8)}`,
    ),
  (d) =>
    env('SSH_PUBLIC_KEY', `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${d.text(b64, 43)} kim@laptop`),
  (d) =>
    env(
      'JWT_PUBLIC_KEY',
      `-----BEGIN PUBLIC KEY-----\n${d.text(b64, 64)}\n${d.text(b64, 64)}\n-----END PUBLIC KEY-----`,
    ),
  (d) =>
    env(
      'CA_CERT',
      `-----BEGIN CERTIFICATE-----\n${d.text(b64, 64)}\n${d.text(b64, 64)}\n-----END CERTIFICATE-----`,
    ),
  (d) =>
    env(
      'CONFIG_B64',
      base64(JSON.stringify({ region: 'eu-west-1', project: d.text(lower, 8), retries: 3 })),
    ),
];

const groups: Readonly<Record<string, readonly Maker[]>> = {
  references,
  placeholders,
  settings,
  ids,
  publicKeys,
};

/** One negative of a group chosen by chance. */
export function makeNegative(dice: Dice): Fragment {
  const group = dice.pick(Object.keys(groups));
  const makers = groups[group] ?? [];
  return { group, ...dice.pick(makers)(dice) };
}

/** How many hard negatives a fragment is: one per value. */
export const negativeGroups = Object.keys(groups);
