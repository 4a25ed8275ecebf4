/** Clients supported first: agents that live in a terminal, an extension or both. */
import {
  claudeCodeDialect,
  codexDialect,
  commandArgsEnv,
  mapAt,
  offByDisabled,
  offByEnabled,
  typedRemote,
  untypedRemote,
} from './dialects.ts';
import { syntax } from './references.ts';
import type { ClientRow } from './row.ts';

const claudeCode: ClientRow = {
  id: 'claude-code',
  name: 'Claude Code',
  tier: 1,
  evidence: 'docs',
  access: 'read-write',
  detect: [{ path: '~/.claude' }, { program: 'claude' }],
  files: [
    { role: 'override', path: '$CLAUDE_CONFIG_DIR/.claude.json' },
    { role: 'primary', path: '~/.claude.json' },
    {
      role: 'project',
      path: '.mcp.json',
      ancestors: true,
      containers: [mapAt(['mcpServers'], claudeCodeDialect)],
    },
  ],
  managedFiles: [
    { path: '/Library/Application Support/ClaudeCode/managed-mcp.json', os: ['macos'] },
    { path: '/etc/claude-code/managed-mcp.json', os: ['linux'] },
    { path: '%PROGRAMFILES%/ClaudeCode/managed-mcp.json', os: ['windows'] },
  ],
  format: 'json',
  comments: false,
  trailingCommas: false,
  containers: [
    mapAt(['mcpServers'], claudeCodeDialect),
    { ...mapAt(['projects', '*', 'mcpServers'], claudeCodeDialect), existingOnly: true },
  ],
  references: [{ pattern: syntax.bracedDefault }, { pattern: syntax.braced }],
  rewriting: 'constant',
  projectsAt: ['projects'],
  reload: 'new-session',
  reloadNote: 'Start a new session; `/mcp` → Reconnect is enough for `.mcp.json`.',
  processes: ['claude'],
  reservedNames: ['Claude Browser', 'Claude Preview'],
};

const codex: ClientRow = {
  id: 'codex',
  name: 'OpenAI Codex (CLI, IDE extension, desktop)',
  tier: 1,
  evidence: 'source-verified',
  access: 'read-write',
  detect: [{ path: '~/.codex' }, { program: 'codex' }],
  files: [
    { role: 'override', path: '$CODEX_HOME/config.toml' },
    { role: 'primary', path: '~/.codex/config.toml' },
    { role: 'alternate', path: '{$CODEX_HOME|~/.codex}/*.config.toml', note: 'Profiles.' },
    { role: 'project', path: '.codex/config.toml', ancestors: true },
  ],
  managedFiles: [
    { path: '/etc/codex/config.toml', os: ['macos', 'linux'] },
    { path: '%PROGRAMDATA%/OpenAI/Codex/config.toml', os: ['windows'] },
  ],
  format: 'toml',
  comments: true,
  trailingCommas: true,
  containers: [mapAt(['mcp_servers'], codexDialect)],
  references: [],
  rewriting: 'constant',
  reload: 'new-session',
  reloadNote: 'The desktop app has to be restarted.',
  processes: ['codex', 'Codex', 'ChatGPT'],
};

const geminiReferences = [
  { pattern: syntax.bracedDefault },
  { pattern: syntax.braced },
  { pattern: syntax.dollar },
  { pattern: syntax.percent, places: ['env', 'header'], os: ['windows'] },
] as const;

const geminiCli: ClientRow = {
  id: 'gemini-cli',
  name: 'Gemini CLI',
  tier: 1,
  evidence: 'source-verified',
  access: 'read-write',
  detect: [{ path: '~/.gemini' }, { program: 'gemini' }],
  files: [
    { role: 'override', path: '$GEMINI_CLI_HOME/.gemini/settings.json' },
    { role: 'primary', path: '~/.gemini/settings.json' },
    { role: 'project', path: '.gemini/settings.json' },
  ],
  managedFiles: [
    { path: '$GEMINI_CLI_SYSTEM_SETTINGS_PATH', os: ['macos', 'linux', 'windows'] },
    { path: '$GEMINI_CLI_SYSTEM_DEFAULTS_PATH', os: ['macos', 'linux', 'windows'] },
    {
      path: '/Library/Application Support/GeminiCli/{settings,system-defaults}.json',
      os: ['macos'],
    },
    { path: '/etc/gemini-cli/{settings,system-defaults}.json', os: ['linux'] },
    { path: 'C:/ProgramData/gemini-cli/{settings,system-defaults}.json', os: ['windows'] },
  ],
  format: 'jsonc',
  comments: true,
  trailingCommas: false,
  containers: [
    mapAt(['mcpServers'], {
      typeFields: ['type'],
      stdio: { ...commandArgsEnv, cwd: 'cwd' },
      remote: {
        ...typedRemote,
        urls: [
          { field: 'url' },
          { field: 'httpUrl', transport: 'streamable-http' },
          { field: 'tcp', transport: 'other' },
        ],
        only: ['headers', 'oauth', 'authProviderType', 'targetAudience', 'targetServiceAccount'],
      },
    }),
  ],
  references: geminiReferences,
  rewriting: 'on-ui-action',
  reload: 'restart',
  reloadNote: 'Restart Gemini CLI; `/mcp refresh` finds new tools only.',
  processes: ['gemini'],
};

const cline: ClientRow = {
  id: 'cline',
  name: 'Cline (VS Code, JetBrains, CLI)',
  tier: 1,
  evidence: 'source-verified',
  access: 'read-write',
  detect: [
    { path: '~/.cline' },
    { path: '<appdata>/Code/User/globalStorage/saoudrizwan.claude-dev' },
  ],
  files: [
    { role: 'override', path: '$CLINE_MCP_SETTINGS_PATH' },
    { role: 'override', path: '$CLINE_DATA_DIR/settings/cline_mcp_settings.json' },
    { role: 'override', path: '$CLINE_DIR/data/settings/cline_mcp_settings.json' },
    { role: 'primary', path: '~/.cline/data/settings/cline_mcp_settings.json' },
    {
      role: 'legacy',
      path: '<appdata>/{Code,Cursor}/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json',
    },
    { role: 'legacy', path: '~/Documents/Cline/MCP/cline_mcp_settings.json' },
  ],
  managedFiles: [],
  format: 'json',
  comments: false,
  trailingCommas: false,
  containers: [
    mapAt(['mcpServers'], {
      typeFields: ['type', 'transportType'],
      nestedUnder: 'transport',
      stdio: { ...commandArgsEnv, cwd: 'cwd', type: { value: 'stdio', always: true } },
      remote: {
        ...untypedRemote,
        types: {
          read: { streamableHttp: 'streamable-http', http: 'streamable-http', sse: 'sse' },
          write: { 'streamable-http': 'streamableHttp', sse: 'sse' },
          always: true,
        },
        untyped: 'sse',
        transports: ['streamable-http', 'sse'],
        only: ['headers', 'oauth', 'oauthClient'],
      },
      enable: offByDisabled,
    }),
  ],
  references: [{ pattern: syntax.bracedEnv }],
  rewriting: 'constant',
  lock: { kind: 'folder', suffix: '.lock', staleAfter: 10_000 },
  reload: 'hot',
  processes: ['cline'],
};

const goose: ClientRow = {
  id: 'goose',
  name: 'Goose (CLI and Desktop)',
  tier: 1,
  evidence: 'source-verified',
  access: 'read-write',
  detect: [
    { path: '~/.config/goose', os: ['macos', 'linux'] },
    { path: '%APPDATA%/Block/goose', os: ['windows'] },
    { program: 'goose' },
  ],
  files: [
    { role: 'override', additional: true, path: '{each $GOOSE_ADDITIONAL_CONFIG_FILES}' },
    { role: 'primary', os: ['macos', 'linux'], path: '~/.config/goose/config.yaml' },
    { role: 'primary', os: ['windows'], path: '%APPDATA%/Block/goose/config/config.yaml' },
  ],
  managedFiles: [
    { path: '/etc/goose/config.yaml', os: ['macos', 'linux'] },
    { path: '%PROGRAMDATA%/goose/config.yaml', os: ['windows'] },
  ],
  format: 'yaml',
  comments: true,
  trailingCommas: true,
  containers: [
    mapAt(['extensions'], {
      typeFields: ['type'],
      nameField: 'name',
      stdio: {
        command: 'cmd',
        commandShape: 'string',
        args: 'args',
        argsRequired: true,
        env: 'envs',
        suppliedEnv: 'env_keys',
        type: { value: 'stdio', always: true },
        extras: { enabled: true, timeout: 300 },
      },
      remote: {
        supported: true,
        hint: 'Goose speaks Streamable HTTP only.',
        urls: [{ field: 'uri' }],
        types: {
          read: { streamable_http: 'streamable-http', sse: 'sse' },
          write: { 'streamable-http': 'streamable_http' },
          always: true,
        },
        untyped: 'streamable-http',
        transports: ['streamable-http'],
        headers: [['headers']],
        only: ['headers', 'socket'],
        extras: { enabled: true, timeout: 300 },
      },
      enable: offByEnabled,
      otherTypes: ['builtin', 'platform', 'frontend', 'inline_python'],
    }),
  ],
  references: [
    { pattern: syntax.braced, places: ['header'] },
    { pattern: syntax.dollar, places: ['header'] },
  ],
  rewriting: 'on-ui-action',
  reload: 'new-session',
  processes: ['goose', 'goosed', 'Goose'],
  keyOf: (name) =>
    name
      .replace(/\s/gu, '')
      .replace(/[^A-Za-z0-9_-]/gu, '_')
      .toLowerCase(),
};

export const tier1Agents: readonly ClientRow[] = [claudeCode, codex, geminiCli, cline, goose];
