/**
 * The secrets of the corpus: how each kind of facts §12 is made and under which names it is met.
 * Written apart from `core/exposure/kinds*.ts` on purpose: a slip in one table shows against the other.
 */
import {
  b62,
  b64,
  base64,
  type Dice,
  digits,
  hex,
  jwt,
  lower,
  pem,
  upper,
  urlSafe,
  uuid,
  withChecksum,
} from './random.ts';

export interface Shape {
  readonly kind: string;
  readonly family: string;
  readonly make: (dice: Dice) => string;
  /** Variable names; flags and query keys are derived. */
  readonly names: readonly string[];
  /** Package or image of the server that takes it. */
  readonly server: string;
  /** Only where it is told by name: not in a bare header, path or unnamed place. */
  readonly contextual?: boolean;
  /** Places that make no sense for it. */
  readonly not?: readonly string[];
}

const vendors: readonly [string, string, (d: Dice) => string, string, string][] = [
  [
    'github-pat-classic',
    'github',
    (d) => `ghp_${withChecksum(d.text(b62, 30))}`,
    'GITHUB_PERSONAL_ACCESS_TOKEN',
    '@modelcontextprotocol/server-github',
  ],
  [
    'github-pat-fine',
    'github',
    (d) => `github_pat_${d.text(b62, 22)}_${d.text(b62, 59)}`,
    'GITHUB_TOKEN',
    'ghcr.io/github/github-mcp-server',
  ],
  ['github-oauth', 'github', (d) => `gho_${withChecksum(d.text(b62, 30))}`, 'GH_TOKEN', 'gh-mcp'],
  [
    'github-app-user',
    'github',
    (d) => `ghu_${withChecksum(d.text(b62, 30))}`,
    'GITHUB_USER_TOKEN',
    'gh-mcp',
  ],
  [
    'github-refresh',
    'github',
    (d) => `ghr_${withChecksum(d.text(b62, 30))}`,
    'GITHUB_REFRESH_TOKEN',
    'gh-mcp',
  ],
  [
    'github-app-install',
    'github',
    (d) =>
      d.chance(0.5)
        ? `ghs_${d.text(digits, 7)}_${jwt(d, { iss: d.text(digits, 6), jti: d.text(b62, 200) })}`
        : `ghs_${withChecksum(d.text(b62, 30))}`,
    'GITHUB_INSTALLATION_TOKEN',
    'gh-mcp',
  ],
  [
    'gitlab-pat',
    'gitlab',
    (d) =>
      d.chance(0.4)
        ? `glpat-${d.text(urlSafe, 27)}.${d.text(lower, 2)}.${d.text(lower + digits, 9)}`
        : `${d.pick(['glpat-', 'gldt-', 'glrt-', 'glptt-'])}${d.text(urlSafe, 20)}`,
    'GITLAB_PERSONAL_ACCESS_TOKEN',
    '@zereight/mcp-gitlab',
  ],
  [
    'bitbucket-app-password',
    'bitbucket',
    (d) => `ATBB${d.text(b62, 24)}${d.text(hex.toUpperCase(), 8)}`,
    'BITBUCKET_APP_PASSWORD',
    'bitbucket-mcp',
  ],
  ['npm-token', 'npm', (d) => `npm_${withChecksum(d.text(b62, 30))}`, 'NPM_TOKEN', 'npm-mcp'],
  [
    'pypi-token',
    'pypi',
    (d) => `pypi-AgEIcHlwaS5vcmc${d.text(urlSafe, 140)}`,
    'PYPI_TOKEN',
    'pypi-mcp',
  ],
  [
    'docker-pat',
    'docker',
    (d) => (d.chance(0.5) ? `dckr_pat_${d.text(urlSafe, 27)}` : `dckr_oat_${d.text(urlSafe, 32)}`),
    'DOCKERHUB_PAT',
    'mcp/dockerhub',
  ],
  [
    'huggingface',
    'huggingface',
    (d) => `hf_${d.text(lower + upper, 34)}`,
    'HF_TOKEN',
    'hf-mcp-server',
  ],
  [
    'sourcegraph',
    'sourcegraph',
    (d) => `sgp_${d.chance(0.5) ? 'local' : d.text(hex, 16)}_${d.text(hex, 40)}`,
    'SRC_ACCESS_TOKEN',
    'sourcegraph-mcp',
  ],
  [
    'slack-bot',
    'slack',
    (d) => `xoxb-${d.text(digits, 12)}-${d.text(digits, 13)}-${d.text(b62, 24)}`,
    'SLACK_BOT_TOKEN',
    '@modelcontextprotocol/server-slack',
  ],
  [
    'slack-user',
    'slack',
    (d) =>
      `xoxp-${d.text(digits, 12)}-${d.text(digits, 12)}-${d.text(digits, 13)}-${d.text(hex, 32)}`,
    'SLACK_MCP_XOXP_TOKEN',
    'slack-mcp-server',
  ],
  [
    'slack-app',
    'slack',
    (d) => `xapp-1-A${d.text(upper + digits, 10)}-${d.text(digits, 13)}-${d.text(hex, 64)}`,
    'SLACK_APP_TOKEN',
    'slack-mcp-server',
  ],
  [
    'slack-xoxc',
    'slack',
    (d) =>
      `xoxc-${d.text(digits, 12)}-${d.text(digits, 12)}-${d.text(digits, 13)}-${d.text(hex, 64)}`,
    'SLACK_MCP_XOXC_TOKEN',
    'slack-mcp-server',
  ],
  [
    'slack-xoxd',
    'slack',
    (d) => `xoxd-${d.text(b64, 110).replaceAll('+', '%2B').replaceAll('/', '%2F')}`,
    'SLACK_MCP_XOXD_TOKEN',
    'slack-mcp-server',
  ],
  [
    'slack-webhook',
    'slack',
    (d) =>
      `https://hooks.slack.com/services/T${d.text(upper + digits, 9)}/B${d.text(upper + digits, 10)}/${d.text(b62, 24)}`,
    'SLACK_WEBHOOK_URL',
    'slack-notify',
  ],
  [
    'discord-bot',
    'discord',
    (d) =>
      `${base64(d.pick(['1', '8', '9']) + d.text(digits, 17)).replace(/=+$/, '')}.G${d.text(urlSafe, 5)}.${d.text(urlSafe, 38)}`,
    'DISCORD_TOKEN',
    'mcp-discord',
  ],
  [
    'telegram-bot',
    'telegram',
    (d) => `${d.int(100000000, 9999999999)}:AA${d.text(urlSafe, 33)}`,
    'TELEGRAM_BOT_TOKEN',
    'mcp-telegram',
  ],
  [
    'sendgrid',
    'sendgrid',
    (d) => `SG.${d.text(urlSafe, 22)}.${d.text(urlSafe, 43)}`,
    'SENDGRID_API_KEY',
    'sendgrid-mcp',
  ],
  [
    'resend',
    'resend',
    (d) => `re_${d.text(b62, 8)}_${d.text(b62, 24)}`,
    'RESEND_API_KEY',
    'mcp-send-email',
  ],
  ['mailgun', 'mailgun', (d) => `key-${d.text(hex, 32)}`, 'MAILGUN_API_KEY', 'mailgun-mcp'],
  [
    'notion',
    'notion',
    (d) =>
      d.chance(0.6) ? `ntn_${d.text(digits, 11)}${d.text(b62, 35)}` : `secret_${d.text(b62, 43)}`,
    'NOTION_API_KEY',
    '@notionhq/notion-mcp-server',
  ],
  ['linear', 'linear', (d) => `lin_api_${d.text(b62, 40)}`, 'LINEAR_API_KEY', 'mcp-linear'],
  [
    'atlassian',
    'atlassian',
    (d) => `ATATT3${d.text(`${urlSafe}=`, 178)}=${d.text(hex.toUpperCase(), 8)}`,
    'JIRA_API_TOKEN',
    'mcp-atlassian',
  ],
  ['figma', 'figma', (d) => `figd_${d.text(urlSafe, 40)}`, 'FIGMA_API_KEY', 'figma-developer-mcp'],
  [
    'asana',
    'asana',
    (d) => `2/${d.text(digits, 16)}/${d.text(digits, 16)}:${d.text(hex, 32)}`,
    'ASANA_ACCESS_TOKEN',
    '@roychri/mcp-server-asana',
  ],
  [
    'clickup',
    'clickup',
    (d) => `pk_${d.text(digits, 8)}_${d.text(upper + digits, 32)}`,
    'CLICKUP_API_KEY',
    '@taazkareem/clickup-mcp-server',
  ],
  [
    'airtable',
    'airtable',
    (d) => `pat${d.text(b62, 14)}.${d.text(hex, 64)}`,
    'AIRTABLE_API_KEY',
    'airtable-mcp-server',
  ],
  [
    'hubspot',
    'hubspot',
    (d) => `pat-${d.pick(['na1', 'eu1'])}-${uuid(d)}`,
    'PRIVATE_APP_ACCESS_TOKEN',
    '@hubspot/mcp-server',
  ],
  [
    'intercom',
    'intercom',
    (d) => base64(`tok:${d.text(hex, 8)}_${d.text(hex, 4)}_${d.text(hex, 24)}:1:0`),
    'INTERCOM_ACCESS_TOKEN',
    'intercom-mcp',
  ],
  [
    'stripe-secret',
    'stripe',
    (d) => `sk_${d.pick(['live', 'test'])}_51${d.text(b62, 97)}`,
    'STRIPE_SECRET_KEY',
    '@stripe/mcp',
  ],
  [
    'stripe-restricted',
    'stripe',
    (d) => `rk_live_${d.text(b62, 24)}`,
    'STRIPE_API_KEY',
    '@stripe/mcp',
  ],
  [
    'stripe-webhook',
    'stripe',
    (d) => `whsec_${d.text(b62, 32)}`,
    'STRIPE_WEBHOOK_SECRET',
    '@stripe/mcp',
  ],
  ['shopify', 'shopify', (d) => `shpat_${d.text(hex, 32)}`, 'SHOPIFY_ACCESS_TOKEN', 'shopify-mcp'],
  [
    'square',
    'square',
    (d) => `EAAA${d.text(urlSafe, 60)}`,
    'SQUARE_ACCESS_TOKEN',
    'square-mcp-server',
  ],
  [
    'openai',
    'openai',
    (d) =>
      d.chance(0.3)
        ? `sk-${d.text(b62, 20)}T3BlbkFJ${d.text(b62, 20)}`
        : `sk-${d.pick(['proj', 'svcacct', 'admin'])}-${d.text(urlSafe, 74)}T3BlbkFJ${d.text(urlSafe, 74)}`,
    'OPENAI_API_KEY',
    'mcp-openai',
  ],
  [
    'anthropic',
    'anthropic',
    (d) => `sk-ant-${d.pick(['api03', 'oat01', 'admin01'])}-${d.text(urlSafe, 93)}AA`,
    'ANTHROPIC_API_KEY',
    'claude-mcp',
  ],
  [
    'gemini-api',
    'google',
    (d) => (d.chance(0.7) ? `AIza${d.text(urlSafe, 35)}` : `AQ.Ab8RN6${d.text(urlSafe, 44)}`),
    'GEMINI_API_KEY',
    'gemini-mcp',
  ],
  [
    'google-maps',
    'google',
    (d) => `AIza${d.text(urlSafe, 35)}`,
    'GOOGLE_MAPS_API_KEY',
    '@modelcontextprotocol/server-google-maps',
  ],
  ['groq', 'groq', (d) => `gsk_${d.text(b62, 52)}`, 'GROQ_API_KEY', 'groq-mcp'],
  [
    'perplexity',
    'perplexity',
    (d) => `pplx-${d.text(b62, 48)}`,
    'PERPLEXITY_API_KEY',
    'server-perplexity-ask',
  ],
  ['xai', 'xai', (d) => `xai-${d.text(b62, 80)}`, 'XAI_API_KEY', 'grok-mcp'],
  [
    'openrouter',
    'openrouter',
    (d) => `sk-or-v1-${d.text(hex, 64)}`,
    'OPENROUTER_API_KEY',
    'openrouter-mcp',
  ],
  ['deepseek', 'deepseek', (d) => `sk-${d.text(hex, 32)}`, 'DEEPSEEK_API_KEY', 'deepseek-mcp'],
  [
    'replicate',
    'replicate',
    (d) => `r8_${d.text(b62, 37)}`,
    'REPLICATE_API_TOKEN',
    'replicate-mcp',
  ],
  [
    'elevenlabs',
    'elevenlabs',
    (d) => `sk_${d.text(hex, 48)}`,
    'ELEVENLABS_API_KEY',
    'elevenlabs-mcp',
  ],
  [
    'together',
    'together',
    (d) => `tgp_v1_${d.text(urlSafe, 43)}`,
    'TOGETHER_API_KEY',
    'together-mcp',
  ],
  [
    'langsmith',
    'langsmith',
    (d) => `lsv2_${d.pick(['pt', 'sk'])}_${d.text(hex, 32)}_${d.text(hex, 10)}`,
    'LANGSMITH_API_KEY',
    'langsmith-mcp-server',
  ],
  [
    'brave',
    'brave',
    (d) => `BSA${d.text(urlSafe, d.int(24, 28))}`,
    'BRAVE_API_KEY',
    '@modelcontextprotocol/server-brave-search',
  ],
  [
    'tavily',
    'tavily',
    (d) => `tvly-${d.pick(['', 'dev-', 'prod-'])}${d.text(b62, 32)}`,
    'TAVILY_API_KEY',
    'tavily-mcp',
  ],
  ['firecrawl', 'firecrawl', (d) => `fc-${d.text(hex, 32)}`, 'FIRECRAWL_API_KEY', 'firecrawl-mcp'],
  ['jina', 'jina', (d) => `jina_${d.text(b62, 60)}`, 'JINA_API_KEY', 'jina-mcp'],
  [
    'apify',
    'apify',
    (d) => `apify_api_${d.text(b62, 36)}`,
    'APIFY_TOKEN',
    '@apify/actors-mcp-server',
  ],
  [
    'browserbase',
    'browserbase',
    (d) => `bb_live_${d.text(urlSafe, 27)}`,
    'BROWSERBASE_API_KEY',
    '@browserbasehq/mcp',
  ],
  ['e2b', 'e2b', (d) => `e2b_${d.text(hex, 40)}`, 'E2B_API_KEY', '@e2b/mcp-server'],
  ['context7', 'context7', (d) => `ctx7sk-${uuid(d)}`, 'CONTEXT7_API_KEY', '@upstash/context7-mcp'],
  ['composio', 'composio', (d) => `ak_${d.text(urlSafe, 20)}`, 'COMPOSIO_API_KEY', 'composio-mcp'],
  [
    'aws-bedrock-key',
    'aws',
    (d) => `ABSK${d.text(b64, 128)}`,
    'AWS_BEARER_TOKEN_BEDROCK',
    'bedrock-mcp',
  ],
  [
    'gcp-oauth-secret',
    'google',
    (d) => `GOCSPX-${d.text(urlSafe, 28)}`,
    'GOOGLE_CLIENT_SECRET',
    'google-workspace-mcp',
  ],
  [
    'gcp-refresh-token',
    'google',
    (d) => `1//0${d.text(urlSafe, 100)}`,
    'GOOGLE_REFRESH_TOKEN',
    'google-workspace-mcp',
  ],
  [
    'azure-client-secret',
    'azure',
    (d) => `${d.text(b62, 3)}8Q~${d.text(`${urlSafe}~.`, 31)}${d.text(b62, 2)}`,
    'AZURE_CLIENT_SECRET',
    '@azure/mcp',
  ],
  [
    'cloudflare',
    'cloudflare',
    (d) => `cfut_${d.text(b62, 40)}${d.text(hex, 8)}`,
    'CLOUDFLARE_API_TOKEN',
    '@cloudflare/mcp-server-cloudflare',
  ],
  [
    'fly',
    'fly',
    (d) =>
      d.chance(0.3)
        ? `fo1_${d.text(urlSafe, 43)}`
        : `FlyV1 fm2_${d.text(b64, 120)},fm2_${d.text(b64, 160)}`,
    'FLY_API_TOKEN',
    'flyctl-mcp',
  ],
  ['vercel', 'vercel', (d) => `vcp_${d.text(b62, 56)}`, 'VERCEL_TOKEN', 'vercel-mcp'],
  [
    'netlify',
    'netlify',
    (d) => `nfp_${d.text(b62, 36)}`,
    'NETLIFY_PERSONAL_ACCESS_TOKEN',
    '@netlify/mcp',
  ],
  ['render', 'render', (d) => `rnd_${d.text(b62, 28)}`, 'RENDER_API_KEY', 'render-mcp'],
  [
    'digitalocean',
    'digitalocean',
    (d) => `dop_v1_${d.text(hex, 64)}`,
    'DIGITALOCEAN_API_TOKEN',
    '@digitalocean/mcp',
  ],
  [
    'heroku',
    'heroku',
    (d) => `HRKU-AA${d.text(urlSafe, 58)}`,
    'HEROKU_API_KEY',
    '@heroku/mcp-server',
  ],
  [
    'databricks',
    'databricks',
    (d) => `dapi${d.text(hex, 32)}`,
    'DATABRICKS_TOKEN',
    'databricks-mcp',
  ],
  [
    'terraform-cloud',
    'terraform',
    (d) => `${d.text(b62, 14)}.atlasv1.${d.text(b62, 67)}`,
    'TFE_TOKEN',
    'terraform-mcp-server',
  ],
  ['vault', 'vault', (d) => `hvs.${d.text(urlSafe, 95)}`, 'VAULT_TOKEN', 'vault-mcp-server'],
  ['doppler', 'doppler', (d) => `dp.pt.${d.text(b62, 43)}`, 'DOPPLER_TOKEN', 'doppler-mcp'],
  [
    'onepassword-sa',
    'onepassword',
    (d) => `ops_eyJ${d.text(b64, 400)}`,
    'OP_SERVICE_ACCOUNT_TOKEN',
    'op-mcp',
  ],
  [
    'supabase-pat',
    'supabase',
    (d) => `sbp_${d.text(hex, 40)}`,
    'SUPABASE_ACCESS_TOKEN',
    '@supabase/mcp-server-supabase',
  ],
  [
    'supabase-secret',
    'supabase',
    (d) => `sb_secret_${d.text(urlSafe, 22)}_${d.text(urlSafe, 8)}`,
    'SUPABASE_SECRET_KEY',
    'supabase-mcp',
  ],
  [
    'supabase-service-jwt',
    'supabase',
    (d) =>
      jwt(d, {
        iss: 'supabase',
        ref: d.text(lower, 20),
        role: 'service_role',
        iat: 1730000000,
        exp: 2045000000,
      }),
    'SUPABASE_SERVICE_ROLE_KEY',
    'supabase-mcp',
  ],
  [
    'neon',
    'neon',
    (d) => `napi_${d.text(b62, 64)}`,
    'NEON_API_KEY',
    '@neondatabase/mcp-server-neon',
  ],
  [
    'pinecone',
    'pinecone',
    (d) => `pcsk_${d.text(b62, 6)}_${d.text(b62, 63)}`,
    'PINECONE_API_KEY',
    '@pinecone-database/mcp',
  ],
  [
    'planetscale',
    'planetscale',
    (d) => `pscale_tkn_${d.text(urlSafe, 43)}`,
    'PLANETSCALE_SERVICE_TOKEN',
    'planetscale-mcp',
  ],
  [
    'mongodb-atlas',
    'mongodb',
    (d) => `mdb_sa_sk_${d.text(urlSafe, 40)}`,
    'MDB_MCP_API_CLIENT_SECRET',
    'mongodb-mcp-server',
  ],
  [
    'sentry',
    'sentry',
    (d) => `sntryu_${d.text(hex, 64)}`,
    'SENTRY_AUTH_TOKEN',
    '@sentry/mcp-server',
  ],
  [
    'sentry-org',
    'sentry',
    (d) =>
      `sntrys_${base64(JSON.stringify({ iat: 1700000000.1, url: 'https://sentry.io', region_url: 'https://us.sentry.io', org: 'acme' }))}_${d.text(b64, 43)}`,
    'SENTRY_ACCESS_TOKEN',
    '@sentry/mcp-server',
  ],
  [
    'grafana',
    'grafana',
    (d) => `glsa_${d.text(b62, 32)}_${d.text(hex, 8)}`,
    'GRAFANA_SERVICE_ACCOUNT_TOKEN',
    'mcp-grafana',
  ],
  [
    'newrelic',
    'newrelic',
    (d) => `NRAK-${d.text(upper + digits, 27)}`,
    'NEW_RELIC_API_KEY',
    'newrelic-mcp',
  ],
  [
    'posthog',
    'posthog',
    (d) => `phx_${d.text(b62, 43)}`,
    'POSTHOG_PERSONAL_API_KEY',
    '@posthog/mcp',
  ],
  ['axiom', 'axiom', (d) => `xaat-${uuid(d)}`, 'AXIOM_TOKEN', 'axiom-mcp'],
  [
    'circleci',
    'circleci',
    (d) => `CCIPAT_${d.text(b62, 22)}_${d.text(hex, 40)}`,
    'CIRCLECI_TOKEN',
    '@circleci/mcp-server-circleci',
  ],
  [
    'buildkite',
    'buildkite',
    (d) => `bkua_${d.text(hex, 40)}`,
    'BUILDKITE_API_TOKEN',
    'buildkite-mcp-server',
  ],
  [
    'postman',
    'postman',
    (d) => `PMAK-${d.text(hex, 24)}-${d.text(hex, 34)}`,
    'POSTMAN_API_KEY',
    '@postman/postman-mcp-server',
  ],
];

const contextual: readonly [string, string, (d: Dice) => string, string, string][] = [
  ['twilio-auth', 'twilio', (d) => d.text(hex, 32), 'TWILIO_AUTH_TOKEN', '@twilio-alpha/mcp'],
  ['postmark', 'postmark', uuid, 'POSTMARK_SERVER_TOKEN', 'postmark-mcp'],
  ['todoist', 'todoist', (d) => d.text(hex, 40), 'TODOIST_API_TOKEN', 'todoist-mcp-server'],
  ['zendesk', 'zendesk', (d) => d.text(b62, 40), 'ZENDESK_API_TOKEN', 'zendesk-mcp'],
  [
    'pagerduty',
    'pagerduty',
    (d) => `u+${d.text(b62, 18)}`,
    'PAGERDUTY_USER_API_KEY',
    'pagerduty-mcp',
  ],
  ['obsidian', 'obsidian', (d) => d.text(hex, 64), 'OBSIDIAN_API_KEY', 'mcp-obsidian'],
  ['mistral', 'mistral', (d) => d.text(b62, 32), 'MISTRAL_API_KEY', 'mistral-mcp'],
  ['cohere', 'cohere', (d) => d.text(b62, 40), 'COHERE_API_KEY', 'cohere-mcp'],
  ['exa', 'exa', uuid, 'EXA_API_KEY', 'exa-mcp-server'],
  ['serpapi', 'serpapi', (d) => d.text(hex, 64), 'SERPAPI_API_KEY', 'serpapi-mcp'],
  ['smithery', 'smithery', uuid, 'SMITHERY_API_KEY', '@smithery/cli@latest'],
  ['railway', 'railway', uuid, 'RAILWAY_API_TOKEN', 'railway-mcp'],
  ['upstash', 'upstash', uuid, 'UPSTASH_API_KEY', '@upstash/mcp-server'],
  ['aws-secret', 'aws', (d) => d.text(b64, 40), 'AWS_SECRET_ACCESS_KEY', 'awslabs.core-mcp-server'],
  ['azure-storage-key', 'azure', (d) => `${d.text(b64, 86)}==`, 'AZURE_STORAGE_KEY', '@azure/mcp'],
  [
    'azure-devops-pat',
    'azure',
    (d) => d.text('abcdefghijklmnopqrstuvwxyz234567', 52),
    'AZURE_DEVOPS_PAT',
    '@azure-devops/mcp',
  ],
  [
    'cloudflare',
    'cloudflare',
    (d) => d.text(urlSafe, 40),
    'CLOUDFLARE_API_TOKEN',
    'mcp-cloudflare',
  ],
  ['vercel', 'vercel', (d) => d.text(b62, 24), 'VERCEL_API_TOKEN', 'vercel-mcp'],
  ['datadog-api', 'datadog', (d) => d.text(hex, 32), 'DATADOG_API_KEY', 'datadog-mcp'],
  ['datadog-app', 'datadog', (d) => d.text(hex, 40), 'DD_APP_KEY', 'datadog-mcp'],
  ['honeycomb', 'honeycomb', (d) => d.text(b62, 22), 'HONEYCOMB_API_KEY', 'honeycomb-mcp'],
  ['okta', 'okta', (d) => `00${d.text(urlSafe, 40)}`, 'OKTA_API_TOKEN', 'okta-mcp'],
  [
    'auth0-secret',
    'auth0',
    (d) => d.text(urlSafe, 64),
    'AUTH0_CLIENT_SECRET',
    '@auth0/auth0-mcp-server',
  ],
  ['spotify-secret', 'spotify', (d) => d.text(hex, 32), 'SPOTIFY_CLIENT_SECRET', 'spotify-mcp'],
  ['paypal-secret', 'paypal', (d) => d.text(urlSafe, 80), 'PAYPAL_CLIENT_SECRET', '@paypal/mcp'],
  [
    'qdrant',
    'qdrant',
    (d) => jwt(d, { access: 'm', sub: d.text(b62, 12) }),
    'QDRANT_API_KEY',
    'mcp-server-qdrant',
  ],
  [
    'monday',
    'monday',
    (d) => jwt(d, { tid: d.int(1e8, 9e8), uid: 12 }),
    'MONDAY_API_TOKEN',
    '@mondaydotcomorg/monday-api-mcp',
  ],
  [
    'home-assistant',
    'home-assistant',
    (d) => jwt(d, { iss: d.text(hex, 32), iat: 1700000000 }),
    'HOME_ASSISTANT_TOKEN',
    'mcp-home-assistant',
  ],
  [
    'elastic',
    'elastic',
    (d) => base64(`${d.text(urlSafe, 20)}:${d.text(urlSafe, 22)}`),
    'ELASTICSEARCH_API_KEY',
    '@elastic/mcp-server-elasticsearch',
  ],
];

const generic: readonly Shape[] = [
  {
    kind: 'generic-api-key',
    family: 'generic',
    names: [
      'API_KEY',
      'ACME_API_KEY',
      'SERVICE_TOKEN',
      'apiKey',
      'ACCESS_TOKEN',
      'WIDGETCO_SECRET',
      'X_API_TOKEN',
      'INTERNAL_SERVICE_KEY',
    ],
    server: 'acme-mcp',
    contextual: true,
    make: (d) => d.text(d.pick([b62, hex, urlSafe]), d.int(20, 48)).replace(/^-/, 'k'),
  },
  {
    kind: 'generic-password',
    family: 'generic',
    names: [
      'DB_PASSWORD',
      'ADMIN_PASSWORD',
      'SMTP_PASS',
      'NEO4J_PASSWORD',
      'WORDPRESS_PASSWORD',
      'ODOO_PASSWORD',
      'MYSQL_PWD',
    ],
    server: 'widget-mcp',
    contextual: true,
    make: (d) =>
      `${d.pick(['Tr', 'gL', 'Zeb', 'Moss', 'Quil'])}${d.text(lower, 3)}${d.pick(['#', '!', '$', '@', '-', '&'])}${d.text(digits, 2)}${d.text(b62, 5)}`,
    not: ['header', 'shell', 'history'],
  },
  {
    kind: 'jwt',
    family: 'jwt',
    names: ['AUTH_TOKEN', 'BACKEND_JWT'],
    server: 'intranet-mcp',
    make: (d) => jwt(d, { sub: d.text(b62, 8), exp: 1900000000 }),
  },
  {
    kind: 'private-key-pem',
    family: 'private-key',
    names: ['APP_PRIVATE_KEY', 'SSH_PRIVATE_KEY'],
    server: 'ssh-mcp',
    make: (d) => pem(d, d.pick(['PRIVATE KEY', 'RSA PRIVATE KEY', 'OPENSSH PRIVATE KEY'])),
    not: ['args', 'header', 'query', 'shell', 'history', 'text'],
  },
  {
    kind: 'database-url',
    family: 'database',
    names: ['DATABASE_URL', 'POSTGRES_URL', 'MONGODB_URI', 'REDIS_URL'],
    server: 'postgres-mcp',
    make: databaseUrl,
    not: ['header', 'query'],
  },
];

function databaseUrl(d: Dice): string {
  const password = `${d.text(b62, d.int(8, 18))}${d.pick(['', '%21', '%40x', '%23', '!'])}`;
  const host = d.pick([
    'db.internal.example.com',
    'localhost',
    'ep-cool-sun-123.eu-central-1.aws.neon.tech',
    '10.2.3.4',
    'test-db.acme.dev',
  ]);
  return d.pick([
    `postgresql://app:${password}@${host}:5432/main?sslmode=require`,
    `postgres://svc_user:${password}@${host}/prod`,
    `mysql://root:${password}@${host}:3306/shop`,
    `mongodb+srv://admin:${password}@cluster0.ab1cd.mongodb.net/?retryWrites=true`,
    `redis://default:${password}@${host}:6379/0`,
    `rediss://:${password}@${host}:6380`,
    `amqps://queue:${password}@${host}/vhost`,
    `Server=tcp:${host},1433;Initial Catalog=crm;User ID=sa_app;Password=${password};Encrypt=True`,
    `host=${host} port=5432 dbname=app user=app password=${password}`,
    `jdbc:postgresql://${host}:5432/app?user=app&password=${password}`,
  ]);
}

function toShape(
  [kind, family, make, name, server]: (typeof vendors)[number],
  isContextual: boolean,
): Shape {
  return {
    kind,
    family,
    make,
    names: [name],
    server,
    ...(isContextual ? { contextual: true } : {}),
    ...(kind === 'slack-webhook' ? { not: ['header', 'query'] } : {}),
  };
}

export const shapes: readonly Shape[] = [
  ...vendors.map((row) => toShape(row, false)),
  ...contextual.map((row) => toShape(row, true)),
  ...generic,
  ...generic,
  ...generic,
];
