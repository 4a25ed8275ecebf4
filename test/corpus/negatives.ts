/** Hard negatives: every exclusion of facts §11, as fragments of an entry. None may be reported. */

import { env, type Fragment, type Maker } from './fragments.ts';
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
import { placeholders, references } from './stand-ins.ts';

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
