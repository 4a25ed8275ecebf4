/** Entries as vendors' pages and people write them: each with exactly what must be found in it. */
import { describe, expect, test } from 'vitest';
import {
  b62,
  b64,
  base64,
  createDice,
  digits,
  hex,
  jwt,
  lower,
  pem,
  upper,
  urlSafe,
  uuid,
  withChecksum,
} from '../../test/corpus/random.ts';
import { detectInBytes } from './detect-bytes.ts';

const d = createDice(20261123);
type Row = readonly [title: string, entry: unknown, expected: Readonly<Record<string, string>>];

function found(entry: unknown): Record<string, string> {
  const text = JSON.stringify({ mcpServers: { s: entry } });
  const detections = detectInBytes(new TextEncoder().encode(text), 'mcp.json');
  const sure = detections.filter(({ confidence }) => confidence !== 'possible');
  return Object.fromEntries(
    sure.map(({ pointer, kind }) => [pointer.replace('/mcpServers/s', ''), kind]),
  );
}

const ghp = () => `ghp_${withChecksum(d.text(b62, 30))}`;
const weird = `Tr0ub4dor&3-${d.text(b62, 6)}`;
const sa = JSON.stringify({
  type: 'service_account',
  project_id: 'acme-1',
  private_key_id: d.text(hex, 40),
  private_key: pem(d),
  client_email: 'x@acme-1.iam.gserviceaccount.com',
});

const positives: readonly Row[] = [
  [
    'docker -e',
    {
      command: 'docker',
      args: [
        'run',
        '-i',
        '--rm',
        '-e',
        `GITHUB_PERSONAL_ACCESS_TOKEN=${ghp()}`,
        'ghcr.io/github/github-mcp-server',
      ],
    },
    { '/args/4': 'github-pat-classic' },
  ],
  [
    'docker -e without space',
    { command: 'docker', args: ['run', `-eACME_TOKEN=${d.text(b62, 24)}`] },
    { '/args/1': 'generic-api-key' },
  ],
  [
    'docker --env=',
    {
      command: 'docker',
      args: ['run', `--env=NOTION_TOKEN=ntn_${d.text(digits, 11)}${d.text(b62, 35)}`],
    },
    { '/args/1': 'notion' },
  ],
  [
    'notion headers in env',
    {
      command: 'npx',
      args: ['-y', '@notionhq/notion-mcp-server'],
      env: {
        OPENAPI_MCP_HEADERS: JSON.stringify({
          Authorization: `Bearer ntn_${d.text(digits, 11)}${d.text(b62, 35)}`,
          'Notion-Version': '2022-06-28',
        }),
      },
    },
    { '/env/OPENAPI_MCP_HEADERS': 'notion' },
  ],
  [
    'mcp-remote header',
    {
      command: 'npx',
      args: [
        'mcp-remote',
        'https://x.acme.dev/sse',
        '--header',
        `Authorization: Bearer ${d.text(b62, 32)}`,
      ],
    },
    { '/args/3': 'generic-bearer' },
  ],
  [
    'mcp-remote header without space',
    {
      command: 'npx',
      args: ['mcp-remote', 'https://x.acme.dev/sse', '--header', `X-Api-Key:${d.text(b62, 32)}`],
    },
    { '/args/3': 'generic-api-key' },
  ],
  [
    'mcp-remote value in env',
    {
      command: 'npx',
      args: ['mcp-remote', 'https://x.acme.dev/sse', '--header', 'Authorization:${AUTH_HEADER}'],
      env: { AUTH_HEADER: `Bearer ${d.text(b62, 32)}` },
    },
    { '/env/AUTH_HEADER': 'generic-bearer' },
  ],
  [
    'figma flag',
    {
      command: 'npx',
      args: ['-y', 'figma-developer-mcp', `--figma-api-key=figd_${d.text(urlSafe, 40)}`, '--stdio'],
    },
    { '/args/2': 'figma' },
  ],
  [
    'stripe flag',
    {
      command: 'npx',
      args: ['-y', '@stripe/mcp', '--tools=all', `--api-key=sk_test_51${d.text(b62, 97)}`],
    },
    { '/args/3': 'stripe-secret' },
  ],
  [
    'supabase',
    {
      command: 'npx',
      args: [
        '-y',
        '@supabase/mcp-server-supabase@latest',
        '--read-only',
        '--project-ref=abcdqrstuvwxyzabmnop',
        '--access-token',
        `sbp_${d.text(hex, 40)}`,
      ],
    },
    { '/args/5': 'supabase-pat' },
  ],
  [
    'postgres positional',
    {
      command: 'npx',
      args: [
        '-y',
        '@modelcontextprotocol/server-postgres',
        `postgresql://app:p%40ss%23${d.text(b62, 6)}@db.internal.example.com:5432/main`,
      ],
    },
    { '/args/2': 'database-url' },
  ],
  [
    'password with @',
    { env: { DATABASE_URL: `postgres://app:p@ss${d.text(b62, 6)}@db.acme.dev/main` } },
    { '/env/DATABASE_URL': 'database-url' },
  ],
  [
    'password with slash',
    { env: { DATABASE_URL: `postgres://app:p/ss${d.text(b62, 6)}@db.acme.dev:5432/main` } },
    { '/env/DATABASE_URL': 'database-url' },
  ],
  [
    'sqlalchemy',
    { env: { DB_URI: `mysql+pymysql://root:${d.text(b62, 12)}@127.0.0.1/x` } },
    { '/env/DB_URI': 'database-url' },
  ],
  [
    'jdbc oracle',
    { env: { JDBC: `jdbc:oracle:thin:scott/${d.text(b62, 10)}@//h:1521/x` } },
    { '/env/JDBC': 'database-url' },
  ],
  [
    'jdbc sqlserver',
    {
      env: {
        JDBC_URL: `jdbc:sqlserver://h:1433;databaseName=x;user=sa;password=${d.text(b62, 10)};encrypt=true`,
      },
    },
    { '/env/JDBC_URL': 'database-url' },
  ],
  [
    'ado with spaces',
    {
      env: {
        MSSQL_CONNECTION_STRING: `Server=h,1433;Database=x;User Id=sa;Password=My Pa55 w!${d.text(b62, 4)};TrustServerCertificate=true`,
      },
    },
    { '/env/MSSQL_CONNECTION_STRING': 'database-url' },
  ],
  [
    'libpq quoted',
    { env: { PG_DSN: `host=h user=app password='it s ${d.text(b62, 8)}' dbname=x` } },
    { '/env/PG_DSN': 'database-url' },
  ],
  [
    'azure storage',
    {
      env: {
        AZURE_STORAGE_CONNECTION_STRING: `DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=${d.text(b64, 86)}==;EndpointSuffix=core.windows.net`,
      },
    },
    { '/env/AZURE_STORAGE_CONNECTION_STRING': 'azure-storage-conn' },
  ],
  [
    'azure sas',
    {
      url: `https://acme.blob.core.windows.net/c/f?sv=2023-11-03&se=2027-01-01&sp=r&sig=${encodeURIComponent(`${d.text(b64, 43)}=`)}`,
    },
    { '/url': 'azure-sas' },
  ],
  [
    'service account in one line',
    { env: { GOOGLE_CREDENTIALS: sa } },
    { '/env/GOOGLE_CREDENTIALS': 'gcp-sa-key' },
  ],
  [
    'service account in base64',
    { env: { GOOGLE_CREDENTIALS_B64: base64(sa) } },
    { '/env/GOOGLE_CREDENTIALS_B64': 'gcp-sa-key' },
  ],
  [
    'service account as an object',
    { credentials: JSON.parse(sa) },
    { '/credentials/private_key': 'gcp-sa-key' },
  ],
  [
    'pem with escapes',
    { env: { GITHUB_APP_PRIVATE_KEY: pem(d, 'RSA PRIVATE KEY').replaceAll('\n', '\\n') } },
    { '/env/GITHUB_APP_PRIVATE_KEY': 'private-key-pem' },
  ],
  [
    'pem in base64',
    { env: { SNOWFLAKE_PRIVATE_KEY: base64(pem(d)) } },
    { '/env/SNOWFLAKE_PRIVATE_KEY': 'private-key-pem' },
  ],
  [
    'basic auth header',
    {
      url: 'https://x.acme.dev',
      headers: { Authorization: `Basic ${base64(`kim:${d.text(b62, 14)}`)}` },
    },
    { '/headers/Authorization': 'basic-auth' },
  ],
  [
    'basic auth atlassian',
    {
      url: 'https://x.acme.dev',
      headers: { Authorization: `Basic ${base64(`kim@acme.dev:${d.text(b62, 24)}`)}` },
    },
    { '/headers/Authorization': 'basic-auth' },
  ],
  [
    'raw authorization',
    { url: 'https://x.acme.dev', headers: { Authorization: d.text(b62, 36) } },
    { '/headers/Authorization': 'generic-bearer' },
  ],
  [
    'apikey scheme',
    { url: 'https://x.acme.dev', headers: { Authorization: `ApiKey ${d.text(b62, 36)}` } },
    { '/headers/Authorization': 'generic-api-key' },
  ],
  [
    'elastic',
    {
      command: 'npx',
      args: ['-y', '@elastic/mcp-server-elasticsearch'],
      env: {
        ES_URL: 'https://es.acme.dev:9200',
        ES_API_KEY: base64(`${d.text(urlSafe, 20)}:${d.text(urlSafe, 22)}`),
      },
    },
    { '/env/ES_API_KEY': 'elastic' },
  ],
  [
    'cookie',
    {
      url: 'https://x.acme.dev',
      headers: { Cookie: `theme=dark; session=${d.text(b62, 40)}; lang=en` },
    },
    { '/headers/Cookie': 'generic-api-key' },
  ],
  [
    'slack cookie',
    {
      env: {
        SLACK_MCP_XOXD_TOKEN: `xoxd-${d.text(b62, 60)}%2B${d.text(b62, 60)}%2F${d.text(b62, 20)}%3D`,
      },
    },
    { '/env/SLACK_MCP_XOXD_TOKEN': 'slack-xoxd' },
  ],
  [
    'fly with spaces',
    {
      env: {
        FLY_API_TOKEN: `FlyV1 fm2_${d.text(b64, 90)},fm2_${d.text(b64, 200)}==,fm2_${d.text(b64, 80)}`,
      },
    },
    { '/env/FLY_API_TOKEN': 'fly' },
  ],
  [
    'long ghs',
    {
      headers: { Authorization: `Bearer ghs_1234567_${jwt(d, { iss: '1', d: d.text(b62, 200) })}` },
      url: 'https://api.githubcopilot.com/mcp/',
    },
    { '/headers/Authorization': 'github-app-install' },
  ],
  [
    'zapier',
    { url: `https://mcp.zapier.com/api/mcp/s/${d.text(urlSafe, 86)}/mcp` },
    { '/url': 'zapier-mcp' },
  ],
  [
    'zapier actions',
    { url: `https://actions.zapier.com/mcp/sk-ak-${d.text(b62, 24)}/sse` },
    { '/url': 'zapier-mcp' },
  ],
  [
    'zapier in mcp-remote',
    {
      command: 'npx',
      args: ['mcp-remote', `https://mcp.zapier.com/api/mcp/s/${d.text(urlSafe, 86)}/sse`],
    },
    { '/args/1': 'zapier-mcp' },
  ],
  [
    'smithery',
    {
      url: `https://server.smithery.ai/@exa/exa/mcp?api_key=${uuid(d)}&profile=striking-lemur-Ab12cd`,
    },
    { '/url': 'smithery' },
  ],
  [
    'smithery cli',
    {
      command: 'npx',
      args: [
        '-y',
        '@smithery/cli@latest',
        'run',
        '@exa/exa',
        '--key',
        uuid(d),
        '--profile',
        'striking-lemur-Ab12cd',
      ],
    },
    { '/args/5': 'smithery' },
  ],
  [
    'smithery config',
    {
      command: 'npx',
      args: [
        '-y',
        '@smithery/cli@latest',
        'run',
        'x',
        '--config',
        JSON.stringify(JSON.stringify({ braveApiKey: `BSA${d.text(b62, 27)}` })),
      ],
    },
    { '/args/5': 'brave' },
  ],
  [
    'tavily remote',
    { url: `https://mcp.tavily.com/mcp/?tavilyApiKey=tvly-prod-${d.text(b62, 32)}` },
    { '/url': 'tavily' },
  ],
  [
    'firecrawl path',
    { url: `https://mcp.firecrawl.dev/fc-${d.text(hex, 32)}/sse` },
    { '/url': 'firecrawl' },
  ],
  [
    'n8n',
    {
      url: 'https://n8n.acme.dev/mcp/x/sse',
      headers: { 'X-N8N-API-KEY': jwt(d, { sub: '1', iss: 'n8n' }) },
    },
    { '/headers/X-N8N-API-KEY': 'jwt' },
  ],
  [
    'amap',
    { url: `https://mcp.amap.com/sse?key=${d.text(hex, 32)}` },
    { '/url': 'generic-api-key' },
  ],
  [
    'baidu',
    { url: `https://mcp.map.baidu.com/sse?ak=${d.text(b62, 32)}` },
    { '/url': 'generic-api-key' },
  ],
  [
    'telegram url',
    { env: { HOOK: `https://api.telegram.org/bot123456789:AA${d.text(urlSafe, 33)}/sendMessage` } },
    { '/env/HOOK': 'telegram-bot' },
  ],
  [
    'slack webhook',
    {
      env: {
        NOTIFY: `https://hooks.slack.com/services/T${d.text(upper, 8)}/B${d.text(upper, 8)}/${d.text(b62, 24)}`,
      },
    },
    { '/env/NOTIFY': 'slack-webhook' },
  ],
  [
    'shell export',
    {
      command: 'bash',
      args: ['-lc', `export ACME_API_KEY="${d.text(b62, 30)}"; exec npx -y acme-mcp`],
    },
    { '/args/1': 'generic-api-key' },
  ],
  [
    'cmd set',
    { command: 'cmd', args: ['/c', `set ACME_TOKEN=${d.text(b62, 30)}&& npx acme`] },
    { '/args/1': 'generic-api-key' },
  ],
  [
    'powershell',
    {
      command: 'pwsh',
      args: ['-NoProfile', '-Command', `$env:ACME_TOKEN = '${d.text(b62, 30)}'; npx acme`],
    },
    { '/args/2': 'generic-api-key' },
  ],
  [
    'curl in shell',
    {
      command: 'sh',
      args: [
        '-c',
        `curl -s -H 'Authorization: Bearer ${d.text(b62, 30)}' https://x.acme.dev | node a.js`,
      ],
    },
    { '/args/1': 'generic-bearer' },
  ],
  [
    'command in one text',
    { command: `npx -y acme-mcp --api-key ${d.text(b62, 30)}` },
    { '/command': 'generic-api-key' },
  ],
  [
    'mysql -p',
    { command: 'mysql', args: ['-h', 'db', '-u', 'root', `-p${d.text(b62, 12)}1a`] },
    { '/args/4': 'generic-password' },
  ],
  [
    'curl -u',
    { command: 'curl', args: ['-u', `admin:${d.text(b62, 14)}`, 'https://x.acme.dev'] },
    { '/args/1': 'generic-password' },
  ],
  [
    'default with a real value',
    { env: { API_KEY: `\${API_KEY:-${d.text(b62, 24)}}` } },
    { '/env/API_KEY': 'generic-api-key' },
  ],
  [
    'oauth client',
    { url: 'https://x.acme.dev', oauth: { clientId: 'abc', clientSecret: d.text(b62, 40) } },
    { '/oauth/clientSecret': 'generic-api-key' },
  ],
  [
    'cursor auth',
    {
      url: 'https://x.acme.dev',
      auth: { CLIENT_ID: d.text(hex, 20), CLIENT_SECRET: `GOCSPX-${d.text(urlSafe, 28)}` },
    },
    { '/auth/CLIENT_SECRET': 'gcp-oauth-secret' },
  ],
  [
    'cline tokens',
    {
      transport: { url: 'https://x.acme.dev' },
      oauth: {
        tokens: {
          access_token: d.text(b62, 60),
          refresh_token: d.text(b62, 60),
          token_type: 'Bearer',
          expires_in: 3600,
          scope: 'read write',
        },
      },
    },
    {
      '/oauth/tokens/access_token': 'generic-api-key',
      '/oauth/tokens/refresh_token': 'generic-api-key',
    },
  ],
  [
    'headers as a list',
    {
      url: 'https://x.acme.dev',
      headers: [
        { name: 'X-Api-Key', value: d.text(b62, 32) },
        { name: 'X-Org', value: 'acme' },
      ],
    },
    { '/headers/0/value': 'generic-api-key' },
  ],
  [
    'env as a list',
    { command: 'x', env: [`ACME_TOKEN=${d.text(b62, 30)}`, 'DEBUG=true'] },
    { '/env/0': 'generic-api-key' },
  ],
  [
    'aws',
    {
      command: 'uvx',
      args: ['awslabs.x'],
      env: {
        AWS_ACCESS_KEY_ID: `AKIA${d.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`,
        AWS_SECRET_ACCESS_KEY: d.text(b64, 40),
        AWS_REGION: 'eu-west-1',
      },
    },
    { '/env/AWS_SECRET_ACCESS_KEY': 'aws-secret' },
  ],
  [
    'datadog headers',
    {
      url: 'https://mcp.datadoghq.com',
      headers: { 'DD-API-KEY': d.text(hex, 32), 'DD-APPLICATION-KEY': d.text(hex, 40) },
    },
    { '/headers/DD-API-KEY': 'datadog-api', '/headers/DD-APPLICATION-KEY': 'datadog-app' },
  ],
  [
    'password with quotes',
    { env: { ADMIN_PASSWORD: `a"b'c${d.text(b62, 8)}` } },
    { '/env/ADMIN_PASSWORD': 'generic-password' },
  ],
  [
    'password in Unicode',
    { env: { ADMIN_PASSWORD: `Zwölf${d.text(b62, 4)}äpfel!` } },
    { '/env/ADMIN_PASSWORD': 'generic-password' },
  ],
  [
    'password with a dollar',
    { env: { ADMIN_PASSWORD: weird.replace('&', '$x') } },
    { '/env/ADMIN_PASSWORD': 'generic-password' },
  ],
  [
    'host named example',
    { env: { PGPASSWORD: d.text(b62, 14), PGHOST: 'db.example.com' } },
    { '/env/PGPASSWORD': 'generic-password' },
  ],
  [
    'wordpress application password',
    {
      env: {
        WP_APP_PASSWORD: `${d.text(b62, 4)} ${d.text(b62, 4)} ${d.text(b62, 4)} ${d.text(b62, 4)}`,
      },
    },
    { '/env/WP_APP_PASSWORD': 'generic-password' },
  ],
  [
    'gmail app password',
    {
      env: {
        SMTP_PASSWORD: `${d.text(lower, 4)} ${d.text(lower, 4)} ${d.text(lower, 4)} ${d.text(lower, 4)}`,
      },
    },
    { '/env/SMTP_PASSWORD': 'generic-password' },
  ],
  [
    'java property',
    { command: 'java', args: [`-Dapi.key=${d.text(b62, 30)}`, '-jar', 'x.jar'] },
    { '/args/0': 'generic-api-key' },
  ],
  [
    'n8n path',
    { url: `https://hooks.acme.dev/webhook/${d.text(b62, 32)}` },
    { '/url': 'generic-api-key' },
  ],
  [
    'composio header',
    {
      url: 'https://backend.composio.dev/v3/mcp',
      headers: { 'x-api-key': `ak_${d.text(b62, 20)}` },
    },
    { '/headers/x-api-key': 'composio' },
  ],
  [
    'context7',
    { command: 'npx', args: ['-y', '@upstash/context7-mcp', '--api-key', `ctx7sk-${uuid(d)}`] },
    { '/args/3': 'context7' },
  ],
  [
    'home assistant',
    {
      command: 'mcp-proxy',
      env: {
        SSE_URL: 'http://homeassistant.local:8123/mcp_server/sse',
        API_ACCESS_TOKEN: jwt(d, { iss: d.text(hex, 32) }),
      },
    },
    { '/env/API_ACCESS_TOKEN': 'home-assistant' },
  ],
  [
    'qdrant',
    {
      command: 'uvx',
      args: ['mcp-server-qdrant'],
      env: {
        QDRANT_URL: 'https://x.eu.cloud.qdrant.io:6333',
        QDRANT_API_KEY: jwt(d, { access: 'm' }),
      },
    },
    { '/env/QDRANT_API_KEY': 'qdrant' },
  ],
  [
    'clickup is secret',
    { env: { CLICKUP_API_KEY: `pk_${d.text(digits, 8)}_${d.text(upper + digits, 32)}` } },
    { '/env/CLICKUP_API_KEY': 'clickup' },
  ],
  [
    'neo4j',
    {
      command: 'uvx',
      args: [
        'mcp-neo4j-cypher',
        '--db-url',
        'bolt://localhost',
        '--username',
        'neo4j',
        '--password',
        d.text(b62, 12),
      ],
    },
    { '/args/6': 'generic-password' },
  ],
  [
    'encoded command',
    {
      command: 'powershell',
      args: [
        '-EncodedCommand',
        Buffer.from(`$env:TOKEN='${d.text(b62, 30)}'; npx x`, 'utf16le').toString('base64'),
      ],
    },
    { '/args/1': 'generic-api-key' },
  ],
  [
    'obsidian',
    {
      command: 'uvx',
      args: ['mcp-obsidian'],
      env: { OBSIDIAN_API_KEY: d.text(hex, 64), OBSIDIAN_HOST: '127.0.0.1' },
    },
    { '/env/OBSIDIAN_API_KEY': 'obsidian' },
  ],
  [
    'bitwarden session',
    { env: { BW_SESSION: `${d.text(b64, 86)}==` } },
    { '/env/BW_SESSION': 'generic-api-key' },
  ],
  [
    'proxy',
    { env: { HTTPS_PROXY: `http://kim:${d.text(b62, 12)}@proxy.acme.dev:3128` } },
    { '/env/HTTPS_PROXY': 'generic-password' },
  ],
  [
    'git url',
    {
      command: 'uvx',
      args: ['--from', `git+https://x-access-token:${ghp()}@github.com/acme/mcp`, 'mcp'],
    },
    { '/args/1': 'github-pat-classic' },
  ],
  ['a bare --secret', { args: ['--secret', d.text(b62, 30)] }, { '/args/1': 'generic-api-key' }],
  [
    '--auth user:password',
    { args: ['--auth', `kim:${d.text(b62, 14)}`] },
    { '/args/1': 'generic-password' },
  ],
  [
    'password in the query of a database URL',
    { env: { PG: `postgres://app@db.acme.dev/x?password=${d.text(b62, 12)}` } },
    { '/env/PG': 'database-url' },
  ],
  [
    'mongodb with many hosts',
    { env: { M: `mongodb://app:${d.text(b62, 12)}@h1:27017,h2:27017/x` } },
    { '/env/M': 'database-url' },
  ],
  [
    'words as a password',
    { env: { DB_PASSWORD: 'winter-sunset-42-bridge' } },
    { '/env/DB_PASSWORD': 'generic-password' },
  ],
  [
    'a password said twice',
    { env: { DB_PASSWORD: ['hunter2', 'hunter2'].join('') } },
    { '/env/DB_PASSWORD': 'generic-password' },
  ],
  [
    'seed phrase',
    {
      env: {
        WALLET_MNEMONIC:
          'legal winner thank year wave sausage worth useful legal winner thank yellow',
      },
    },
    { '/env/WALLET_MNEMONIC': 'generic-api-key' },
  ],
  [
    'powershell in capitals',
    { command: 'pwsh', args: ['-Command', `$Env:ACME_TOKEN="${d.text(b62, 30)}"; npx x`] },
    { '/args/1': 'generic-api-key' },
  ],
  [
    'a token with test in it',
    { env: { ACME_API_KEY: `acme_test_${d.text(b62, 30)}1a` } },
    { '/env/ACME_API_KEY': 'generic-api-key' },
  ],
  [
    'input with a default',
    { inputs: [{ id: 'api-key', type: 'promptString', password: true, default: d.text(b62, 24) }] },
    { '/inputs/0/default': 'generic-api-key' },
  ],
  [
    'a declared secret under a dull name',
    {
      inputs: [{ id: 'value-one', type: 'promptString', password: true, default: d.text(b62, 24) }],
    },
    { '/inputs/0/default': 'generic-api-key' },
  ],
  [
    'provider key of a model',
    { provider: { mistral: { options: { apiKey: d.text(b62, 32) } } } },
    { '/provider/mistral/options/apiKey': 'mistral' },
  ],
  [
    'models in a list',
    { models: [{ provider: 'cohere', apiKey: d.text(b62, 40) }] },
    { '/models/0/apiKey': 'cohere' },
  ],
  ['keys in a list', { apiKeys: [d.text(b62, 32)] }, { '/apiKeys/0': 'generic-api-key' }],
  [
    'tokens by account',
    { tokens: { work: d.text(b62, 32), expires_at: '2026-11-23T00:00:00Z' } },
    { '/tokens/work': 'generic-api-key' },
  ],
];

const fortyHex = d.text(hex, 40);
const negatives: readonly Row[] = [
  [
    'twilio ids',
    {
      env: {
        TWILIO_ACCOUNT_SID: `AC${d.text(hex, 32)}`,
        TWILIO_VERIFY_SID: `VA${d.text(hex, 32)}`,
        CALL_SID: `CA${d.text(hex, 32)}`,
      },
    },
    {},
  ],
  [
    'hashes',
    {
      env: {
        CONTENT_HASH: d.text(hex, 40),
        PASSWORD_HASH: d.text(hex, 64),
        CHECKSUM: d.text(hex, 64),
        ETAG: d.text(hex, 32),
      },
    },
    {},
  ],
  [
    'words of the documentation',
    {
      env: {
        POSTGRES_PASSWORD: 'mysecretpassword',
        JWT_SECRET: 'super-secret-jwt-token-with-at-least-32-characters-long',
        KEYSTORE_PASSWORD: 'changeit',
        SECRET_KEY: 'dev-secret-key-do-not-use-in-production',
      },
    },
    {},
  ],
  [
    'ids of keys',
    {
      env: {
        API_KEY_ID: uuid(d),
        SECRET_REF: d.text(hex, 32),
        TOKEN_ID: d.text(b62, 24),
        ACCESS_KEY_ID: d.text(b62, 20),
      },
    },
    {},
  ],
  ['a session id', { headers: { 'X-Session': uuid(d), 'Mcp-Session-Id': uuid(d) } }, {}],
  [
    'build secret',
    { command: 'docker', args: ['build', '--secret', 'id=token,src=./token.txt', '.'] },
    {},
  ],
  [
    'github remote',
    { type: 'http', url: 'https://api.githubcopilot.com/mcp/x/repos/readonly' },
    {},
  ],
  [
    'names only',
    {
      command: 'docker',
      args: ['run', '-i', '--rm', '-e', 'API_KEY', '-e', 'DB_PASSWORD', 'img'],
      env_vars: ['API_KEY', 'DB_PASSWORD'],
    },
    {},
  ],
  [
    'codex names',
    {
      url: 'https://x.acme.dev',
      bearer_token_env_var: 'GITHUB_PAT_TOKEN',
      env_http_headers: { 'X-Api-Key': 'ACME_API_KEY' },
    },
    {},
  ],
  ['env_keys', { cmd: 'x', env_keys: ['GITHUB_TOKEN', 'ACME_SECRET_KEY'] }, {}],
  [
    'mounts',
    {
      command: 'docker',
      args: [
        'run',
        '--mount',
        'type=bind,src=/Users/kim/Desktop,dst=/projects/Desktop',
        '-v',
        '/home/kim/.config/x:/root/.config/x:ro',
      ],
    },
    {},
  ],
  [
    'git pin',
    { command: 'uvx', args: ['--from', `git+https://github.com/acme/x@${fortyHex}`, 'x'] },
    {},
  ],
  [
    'input description',
    {
      inputs: [
        {
          type: 'promptString',
          id: 'api-key',
          description: 'Enter the API key of your account',
          password: true,
        },
      ],
    },
    {},
  ],
  [
    'schema',
    {
      config: {
        properties: {
          apiKey: { type: 'string', description: 'API key used to sign in', default: '' },
        },
        required: ['apiKey'],
      },
    },
    {},
  ],
  [
    'tool names',
    {
      autoApprove: ['get_api_key_metadata_v2', 'rotate_token_for_user_x'],
      alwaysAllow: ['create_secret_2024_version'],
    },
    {},
  ],
  [
    'file key in a figma url',
    { args: ['--url', 'https://www.figma.com/design/AbC1dEf2GhI3jKl4MnO5pQ/Landing?node-id=1-2'] },
    {},
  ],
  [
    'notion page',
    { args: ['--page', 'https://www.notion.so/acme/Roadmap-1f2e3d4c5b6a79881234567890abcdef'] },
    {},
  ],
  [
    'google sheet',
    {
      env: {
        SHEET:
          'https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdEFG/edit',
      },
    },
    {},
  ],
  [
    'azure ids',
    { env: { AZURE_TENANT_ID: uuid(d), AZURE_CLIENT_ID: uuid(d), AZURE_SUBSCRIPTION_ID: uuid(d) } },
    {},
  ],
  [
    'scopes',
    {
      oauth: {
        clientId: uuid(d),
        scopes: ['api.read', 'offline_access'],
        authorizationUrl: 'https://login.acme.dev/authorize',
        tokenUrl: 'https://login.acme.dev/token',
      },
    },
    {},
  ],
  [
    'auth words',
    {
      env: {
        AUTH_TYPE: 'bearer',
        AUTH_MODE: 'api_key_header',
        TOKEN_SOURCE: 'environment-variable',
        PASSWORD_POLICY: 'strong-with-rotation-90d',
      },
    },
    {},
  ],
  [
    'npx cache key',
    {
      env: {
        CACHE_KEY: `build-${d.text(hex, 32)}`,
        IDEMPOTENCY_KEY: uuid(d),
        PARTITION_KEY: 'customer-region-2024',
      },
    },
    {},
  ],
  ['next public', { env: { NEXT_PUBLIC_API_KEY: d.text(b62, 32) } }, {}],
  [
    'local urls',
    {
      env: {
        REDIS_URL: 'redis://localhost:6379',
        DB: 'postgres://localhost:5432/app',
        M: 'mongodb://127.0.0.1:27017/test',
      },
    },
    {},
  ],
  ['readme dsn', { args: ['postgresql://username:password@host:5432/database'] }, {}],
  ['user without password', { args: ['postgresql://readonly@db.acme.dev:5432/app'] }, {}],
  ['ssh url', { args: ['git+ssh://git@github.com/acme/private.git'] }, {}],
  [
    'docker secrets',
    { env: { DB_PASSWORD_FILE: '/run/secrets/db_password', API_KEY: '/run/secrets/api_key' } },
    {},
  ],
  [
    'keychain in shell',
    {
      command: 'sh',
      args: [
        '-c',
        'API_KEY=$(security find-generic-password -s acme -w) npx acme --token "$API_KEY"',
      ],
    },
    {},
  ],
  [
    'zed refs',
    {
      env: {
        T: '$GITHUB_TOKEN',
        U: '${GITHUB_TOKEN}',
        V: '{env:GITHUB_TOKEN}',
        W: '%GITHUB_TOKEN%',
      },
    },
    {},
  ],
  ['apiKeyHelper', { apiKeyHelper: '/Users/kim/bin/get-anthropic-key.sh --profile work' }, {}],
  [
    'bool flags',
    {
      args: [
        '--no-token-cache',
        '--require-token',
        'server.js',
        '--use-api-key',
        'false',
        '--token-expiry',
        '30d',
      ],
    },
    {},
  ],
  [
    'auth0 domain',
    { env: { AUTH0_DOMAIN: 'acme.eu.auth0.com', AUTH0_AUDIENCE: 'https://api.acme.dev' } },
    {},
  ],
  [
    'sentry dsn',
    { env: { SENTRY_DSN: `https://${d.text(hex, 32)}@o45.ingest.sentry.io/4505` } },
    {},
  ],
  [
    'headers harmless',
    {
      headers: {
        'X-Request-Id': uuid(d),
        'Notion-Version': '2022-06-28',
        'anthropic-version': '2023-06-01',
        'X-Session-Id': 'local-dev-session',
      },
    },
    {},
  ],
  [
    'masked',
    {
      env: {
        API_KEY: `${d.text(b62, 4)}************${d.text(b62, 4)}`,
        TOKEN: 'sk-ant-...AbCd',
        PASSWORD: '(hidden)',
      },
    },
    {},
  ],
  [
    'prose',
    {
      env: { PASSWORD: 'The password of the database user, see the wiki.' },
      note: 'Set API_KEY: ask Kim for the token',
    },
    {},
  ],
];

describe('what must be found', () => {
  test.each(positives)('%s', (_, entry, expected) => {
    expect(found(entry)).toEqual(expected);
  });
});

describe('what must not be reported', () => {
  test.each(negatives)('%s', (_, entry, expected) => {
    expect(found(entry)).toEqual(expected);
  });
});
