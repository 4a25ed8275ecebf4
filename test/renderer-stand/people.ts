/** The clients and servers of the stand's made-up machine. */
import type { ClientSummary } from '../../shared/models/client.ts';

export interface ClientSeed {
  readonly id: string;
  readonly name: string;
  readonly file: string;
  readonly key: string;
  readonly reload: ClientSummary['reload'];
  readonly note?: string;
  readonly evidence?: ClientSummary['evidence'];
  readonly access?: ClientSummary['access'];
}

export const home = '/home/ada';

export const clientSeeds: readonly ClientSeed[] = [
  {
    id: 'claude-desktop',
    name: 'Claude Desktop',
    file: `${home}/.config/Claude/claude_desktop_config.json`,
    key: 'mcpServers',
    reload: 'restart',
    note: 'Quit it from the tray; closing the window is not enough.',
  },
  {
    id: 'claude-code',
    name: 'Claude Code',
    file: `${home}/.claude.json`,
    key: 'mcpServers',
    reload: 'new-session',
  },
  {
    id: 'cursor',
    name: 'Cursor',
    file: `${home}/.cursor/mcp.json`,
    key: 'mcpServers',
    reload: 'hot',
  },
  {
    id: 'vscode',
    name: 'VS Code',
    file: `${home}/.config/Code/User/mcp.json`,
    key: 'servers',
    reload: 'hot',
    note: 'A server that runs goes on with the old command until it is restarted.',
  },
  {
    id: 'windsurf',
    name: 'Windsurf',
    file: `${home}/.codeium/windsurf/mcp_config.json`,
    key: 'mcpServers',
    reload: 'reconnect-command',
    note: 'Press refresh in its MCP panel.',
  },
  {
    id: 'zed',
    name: 'Zed',
    file: `${home}/.config/zed/settings.json`,
    key: 'context_servers',
    reload: 'hot',
  },
  {
    id: 'codex',
    name: 'Codex',
    file: `${home}/.codex/config.toml`,
    key: 'mcp_servers',
    reload: 'new-session',
  },
  {
    id: 'gemini-cli',
    name: 'Gemini CLI',
    file: `${home}/.gemini/settings.json`,
    key: 'mcpServers',
    reload: 'new-session',
  },
  {
    id: 'cline',
    name: 'Cline',
    file: `${home}/.config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json`,
    key: 'mcpServers',
    reload: 'hot',
  },
  {
    id: 'roo-code',
    name: 'Roo Code',
    file: `${home}/.config/Code/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json`,
    key: 'mcpServers',
    reload: 'hot',
    evidence: 'secondary',
  },
  {
    id: 'continue',
    name: 'Continue',
    file: `${home}/.continue/config.yaml`,
    key: 'mcpServers',
    reload: 'hot',
  },
  {
    id: 'goose',
    name: 'Goose',
    file: `${home}/.config/goose/config.yaml`,
    key: 'extensions',
    reload: 'new-session',
  },
  {
    id: 'lm-studio',
    name: 'LM Studio',
    file: `${home}/.lmstudio/mcp.json`,
    key: 'mcpServers',
    reload: 'hot',
    evidence: 'secondary',
  },
  {
    id: 'kiro',
    name: 'Kiro',
    file: `${home}/.kiro/settings/mcp.json`,
    key: 'mcpServers',
    reload: 'hot',
  },
  {
    id: 'amazon-q',
    name: 'Amazon Q Developer',
    file: `${home}/.aws/amazonq/mcp.json`,
    key: 'mcpServers',
    reload: 'restart',
  },
];

export interface SecretSeed {
  readonly name: string;
  readonly kind: string;
  readonly label: string;
  readonly preview: string;
  readonly rotateUrl?: string;
}

export interface ServerSeed {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly secrets: readonly SecretSeed[];
}

const npx = (name: string, from: string, ...secrets: readonly SecretSeed[]): ServerSeed => ({
  name,
  command: 'npx',
  args: ['-y', from],
  secrets,
});

const secret = (name: string, label: string, preview: string, rotateUrl?: string): SecretSeed => ({
  name,
  kind: label.toLowerCase().replaceAll(/[^a-z]+/g, '-'),
  label,
  preview,
  ...(rotateUrl === undefined ? {} : { rotateUrl }),
});

export const serverSeeds: readonly ServerSeed[] = [
  npx(
    'github',
    '@modelcontextprotocol/server-github',
    secret(
      'GITHUB_TOKEN',
      'GitHub personal access token',
      'ghp_…4f2a',
      'https://github.com/settings/tokens',
    ),
  ),
  npx('filesystem', '@modelcontextprotocol/server-filesystem'),
  npx(
    'postgres',
    '@modelcontextprotocol/server-postgres',
    secret('DATABASE_URL', 'password in a connection string', 'postgres://ada:…@db:5432'),
  ),
  npx(
    'slack',
    '@modelcontextprotocol/server-slack',
    secret('SLACK_BOT_TOKEN', 'Slack bot token', 'xoxb-…91Qd', 'https://api.slack.com/apps'),
    secret('SLACK_SIGNING_SECRET', 'key or token', '…c07e'),
  ),
  npx(
    'notion',
    '@notionhq/notion-mcp-server',
    secret(
      'NOTION_TOKEN',
      'Notion integration secret',
      'ntn_…Zk81',
      'https://www.notion.so/my-integrations',
    ),
  ),
  npx('playwright', '@playwright/mcp'),
  npx(
    'linear',
    'linear-mcp',
    secret('LINEAR_API_KEY', 'Linear API key', 'lin_api_…77Wq', 'https://linear.app/settings/api'),
  ),
  npx(
    'sentry',
    '@sentry/mcp-server',
    secret(
      'SENTRY_ACCESS_TOKEN',
      'Sentry user token',
      'sntrys_…0b3f',
      'https://sentry.io/settings',
    ),
  ),
  npx(
    'stripe',
    '@stripe/mcp',
    secret(
      'STRIPE_SECRET_KEY',
      'Stripe secret key',
      'sk_test_…Hd2P',
      'https://dashboard.stripe.com/apikeys',
    ),
  ),
  npx(
    'brave-search',
    '@brave/brave-search-mcp-server',
    secret('BRAVE_API_KEY', 'Brave Search API key', 'BSA…x90L', 'https://api.search.brave.com'),
  ),
  npx(
    'context7',
    '@upstash/context7-mcp',
    secret('CONTEXT7_API_KEY', 'Context7 API key', 'ctx7sk-…5a1e'),
  ),
  npx(
    'figma',
    'figma-developer-mcp',
    secret(
      'FIGMA_API_KEY',
      'Figma personal access token',
      'figd_…Yt6v',
      'https://www.figma.com/settings',
    ),
  ),
  npx(
    'supabase',
    '@supabase/mcp-server-supabase',
    secret('SUPABASE_ACCESS_TOKEN', 'Supabase personal access token', 'sbp_…e2c9'),
  ),
  npx(
    'redis',
    '@redis/mcp-redis',
    secret('REDIS_URL', 'password in a connection string', 'redis://:…@cache'),
  ),
  npx(
    'airtable',
    'airtable-mcp-server',
    secret(
      'AIRTABLE_API_KEY',
      'Airtable personal access token',
      'pat…41c8',
      'https://airtable.com/create/tokens',
    ),
  ),
  npx('posthog', '@posthog/mcp', secret('POSTHOG_KEY', 'PostHog personal API key', 'phx_…09aT')),
];
