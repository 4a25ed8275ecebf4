/**
 * Clients of the third tier: what is known of them is too thin to write their files. Entries are
 * read where the place is known; the person gets a snippet to paste.
 */
import {
  alwaysTypedRemote,
  alwaysTypedStdio,
  claudeCodeDialect,
  codexDialect,
  listAt,
  mapAt,
  offByDisabled,
  plainDialect,
  rooDialect,
  typedRemote,
  typedStdio,
  untypedRemote,
} from './dialects.ts';
import { syntax } from './references.ts';
import type { ClientRow, Dialect, FileRow } from './row.ts';

/** What most rows here have in common. */
export const readOnly = {
  tier: 3,
  evidence: 'secondary',
  access: 'read-only',
  managedFiles: [],
  format: 'json',
  comments: 'unknown',
  trailingCommas: 'unknown',
  containers: [mapAt(['mcpServers'], plainDialect)],
  references: [],
  rewriting: 'on-ui-action',
  reload: 'unknown',
  processes: [],
} as const satisfies Partial<ClientRow>;

export const strict = { comments: false, trailingCommas: false } as const;

const byTransport: Dialect = { ...plainDialect, typeFields: ['transport'], remote: typedRemote };

const unsureRemote: Dialect = {
  ...plainDialect,
  remote: {
    ...untypedRemote,
    supported: 'unknown',
    hint: 'Whether it connects to URLs is unknown.',
  },
};

function primary(path: string): FileRow {
  return { role: 'primary', path };
}

const rooCode: ClientRow = {
  ...readOnly,
  ...strict,
  id: 'roo-code',
  name: 'Roo Code',
  evidence: 'source-verified',
  detect: [{ path: '<appdata>/Code/User/globalStorage/rooveterinaryinc.roo-cline' }],
  files: [
    primary(
      '<appdata>/Code/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json',
    ),
    { role: 'project', path: '.roo/mcp.json' },
  ],
  containers: [mapAt(['mcpServers'], rooDialect)],
  references: [{ pattern: syntax.bracedEnv }, { pattern: '\\$\\{workspaceFolder\\}' }],
  reload: 'hot',
};

const amazonQ: ClientRow = {
  ...readOnly,
  ...strict,
  id: 'amazon-q-cli',
  name: 'Amazon Q Developer (CLI and IDE)',
  evidence: 'source-verified',
  detect: [{ path: '~/.aws/amazonq' }, { program: 'q' }],
  files: [
    { ...primary('~/.aws/amazonq/mcp.json'), os: ['macos', 'linux'] },
    { role: 'alternate', os: ['macos', 'linux'], path: '~/.aws/amazonq/cli-agents/*.json' },
    {
      role: 'alternate',
      os: ['macos', 'linux'],
      path: '~/.aws/amazonq/agents/{default,mcp}.json',
    },
    { role: 'alternate', os: ['windows'], path: '~/.aws/amazonq/mcp.json' },
    { role: 'project', path: '.amazonq/mcp.json' },
    { role: 'project', path: '.amazonq/cli-agents/*.json' },
  ],
  containers: [
    mapAt(['mcpServers'], {
      typeFields: ['type'],
      stdio: typedStdio,
      remote: {
        ...alwaysTypedRemote,
        transports: ['streamable-http'],
        only: ['headers', 'oauth', 'oauthScopes'],
      },
      enable: offByDisabled,
    }),
  ],
  references: [{ pattern: syntax.bracedEnv, places: ['env'] }],
  reload: 'new-session',
  processes: ['q'],
};

const kimi: ClientRow = {
  ...readOnly,
  ...strict,
  id: 'kimi-cli',
  name: 'Kimi CLI',
  evidence: 'docs',
  detect: [{ path: '~/.kimi' }, { program: 'kimi' }],
  files: [primary('~/.kimi/mcp.json')],
  containers: [mapAt(['mcpServers'], byTransport)],
  reload: 'new-session',
  processes: ['kimi'],
};

const jetBrains: ClientRow = {
  ...readOnly,
  id: 'jetbrains-ai-assistant',
  name: 'JetBrains AI Assistant',
  evidence: 'docs',
  access: 'detect-only',
  detect: [
    { path: '~/Library/Application Support/JetBrains', os: ['macos'] },
    { path: '{$XDG_CONFIG_HOME|~/.config}/JetBrains', os: ['linux'] },
    { path: '%APPDATA%/JetBrains', os: ['windows'] },
  ],
  files: [],
  reload: 'hot',
  snippetNote: 'Paste it in Settings | Tools | AI Assistant | Model Context Protocol, as JSON.',
};

const copilotDialect: Dialect = {
  typeFields: ['type'],
  stdio: alwaysTypedStdio,
  remote: { ...untypedRemote, headers: [['requestInit', 'headers'], ['headers']] },
};

const copilotOthers: ClientRow = {
  ...readOnly,
  id: 'copilot-other-ides',
  name: 'GitHub Copilot for JetBrains, Eclipse and Xcode',
  detect: [{ path: '~/.config/github-copilot', os: ['macos', 'linux'] }],
  files: [
    { ...primary('~/.config/github-copilot/intellij/mcp.json'), os: ['macos', 'linux'] },
    { ...primary('%LOCALAPPDATA%/github-copilot/intellij/mcp.json'), os: ['windows'] },
    { ...primary('~/.config/github-copilot/xcode/mcp.json'), os: ['macos'] },
  ],
  containers: [mapAt(['servers'], copilotDialect)],
  rewriting: 'unknown',
  reload: 'hot',
};

const xcodeFolder = '~/Library/Developer/Xcode/CodingAssistant';

const xcode: ClientRow = {
  ...readOnly,
  ...strict,
  id: 'xcode-agents',
  name: 'Xcode coding assistant (Claude Agent, Codex)',
  detect: [{ path: xcodeFolder, os: ['macos'] }],
  files: [
    { ...primary(`${xcodeFolder}/ClaudeAgentConfig/.claude.json`), os: ['macos'] },
    {
      ...primary(`${xcodeFolder}/codex/config.toml`),
      os: ['macos'],
      format: 'toml',
      containers: [mapAt(['mcp_servers'], codexDialect)],
    },
  ],
  containers: [
    mapAt(['mcpServers'], claudeCodeDialect),
    { ...mapAt(['projects', '*', 'mcpServers'], claudeCodeDialect), existingOnly: true },
  ],
  rewriting: 'constant',
  reload: 'restart',
  processes: ['Xcode'],
};

const trae: ClientRow = {
  ...readOnly,
  id: 'trae',
  name: 'Trae',
  detect: [{ path: '<appdata>/Trae' }, { path: '<appdata>/Trae CN' }],
  files: [
    primary('<appdata>/Trae/User/mcp.json'),
    { role: 'alternate', path: '<appdata>/Trae CN/User/mcp.json' },
    { role: 'project', path: '.trae/mcp.json' },
  ],
  processes: ['Trae'],
};

const qoder: ClientRow = {
  ...readOnly,
  id: 'qoder',
  name: 'Qoder',
  detect: [{ path: '~/.qoder' }],
  files: [
    { ...primary('~/.qoder/mcp.json'), os: ['macos', 'linux'] },
    { ...primary('%APPDATA%/Qoder/SharedClientCache/mcp.json'), os: ['windows'] },
  ],
  containers: [mapAt(['mcpServers'], { ...plainDialect, remote: alwaysTypedRemote })],
  rewriting: 'unknown',
  processes: ['Qoder'],
};

const boltAi: ClientRow = {
  ...readOnly,
  id: 'boltai',
  name: 'BoltAI',
  detect: [{ path: '~/.boltai', os: ['macos'] }],
  files: [{ ...primary('~/.boltai/mcp.json'), os: ['macos'] }],
  containers: [mapAt(['mcpServers'], unsureRemote)],
  processes: ['BoltAI'],
};

const witsy: ClientRow = {
  ...readOnly,
  ...strict,
  id: 'witsy',
  name: 'Witsy',
  detect: [{ path: '<appdata>/Witsy' }],
  files: [primary('<appdata>/Witsy/settings.json')],
  containers: [
    mapAt(['mcpServers'], unsureRemote),
    { ...listAt(['plugins', 'mcp', 'servers'], 'name', unsureRemote), existingOnly: true },
  ],
  rewriting: 'constant',
  reload: 'restart',
  processes: ['Witsy'],
};

export const tier3: readonly ClientRow[] = [
  rooCode,
  amazonQ,
  kimi,
  jetBrains,
  copilotOthers,
  xcode,
  trae,
  qoder,
  boltAi,
  witsy,
];
