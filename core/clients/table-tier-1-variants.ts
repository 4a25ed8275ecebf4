/** Clients supported first: those whose files or fields come in more than one variant. */
import { isPlainMap } from '../documents/nodes.ts';
import {
  commandArgsEnv,
  localRemoteDialect,
  mapAt,
  offByDisabled,
  offByEnabled,
  plainDialect,
  typedRemote,
  untypedRemote,
} from './dialects.ts';
import { plainIn } from './plain-map.ts';
import { syntax } from './references.ts';
import type { ClientRow, ContainerRow, Dialect, PlainAt } from './row.ts';

const openCodeStdio = { ...localRemoteDialect.stdio, cwd: 'cwd' };

/** Version 2 nests servers one level deeper; version 1 may hold a server that is called "servers". */
function isNestedConfig(at: PlainAt): boolean {
  const mcp = at(['mcp']);
  if (mcp === undefined) return true;
  const servers = at(['mcp', 'servers']);
  return (
    servers !== undefined && isPlainMap(servers) && typeof plainIn(servers, ['type']) !== 'string'
  );
}

const openCodeContainers: readonly ContainerRow[] = [
  {
    ...mapAt(['mcp', 'servers'], {
      ...localRemoteDialect,
      stdio: openCodeStdio,
      enable: offByDisabled,
    }),
    applies: isNestedConfig,
  },
  {
    ...mapAt(['mcp'], { ...localRemoteDialect, stdio: openCodeStdio, enable: offByEnabled }),
    applies: (at) => !isNestedConfig(at),
  },
];

const openCode: ClientRow = {
  id: 'opencode',
  name: 'OpenCode',
  tier: 1,
  evidence: 'source-verified',
  access: 'read-write',
  detect: [
    { path: '{$XDG_CONFIG_HOME|~/.config}/opencode' },
    { path: '~/.opencode' },
    { program: 'opencode' },
  ],
  files: [
    { role: 'override', additional: true, path: '$OPENCODE_CONFIG' },
    { role: 'override', additional: true, path: '$OPENCODE_CONFIG_DIR/opencode.json{,c}' },
    { role: 'primary', path: '{$XDG_CONFIG_HOME|~/.config}/opencode/opencode.json{,c}' },
    { role: 'alternate', path: '~/.opencode/opencode.json{,c}' },
    { role: 'project', path: 'opencode.json{,c}' },
    { role: 'project', path: '.opencode/opencode.json{,c}' },
  ],
  managedFiles: [
    { path: '/Library/Application Support/opencode/opencode.json{,c}', os: ['macos'] },
    { path: '/etc/opencode/opencode.json{,c}', os: ['linux'] },
    { path: '%PROGRAMDATA%/opencode/opencode.json{,c}', os: ['windows'] },
  ],
  format: 'jsonc',
  comments: true,
  trailingCommas: true,
  containers: openCodeContainers,
  references: [{ pattern: syntax.plainEnv }, { pattern: syntax.plainFile }],
  rewriting: 'on-ui-action',
  reload: 'restart',
  reloadNote: 'Version 2 sees the edit by itself; version 1 has to be restarted.',
  processes: ['opencode', 'OpenCode'],
};

const copilotDialect: Dialect = {
  typeFields: ['type'],
  stdio: {
    ...commandArgsEnv,
    cwd: 'cwd',
    type: { value: 'stdio', aliases: ['local'] },
    extras: { tools: ['*'] },
  },
  remote: {
    ...typedRemote,
    only: ['headers', 'oauth', 'oauthClientId', 'auth'],
    extras: { tools: ['*'] },
  },
};

/** Copilot CLI takes `.mcp.json` also as one bare map of entries. */
function isBareMap(at: PlainAt): boolean {
  const root = at([]);
  if (root === undefined || !isPlainMap(root) || 'mcpServers' in root || 'servers' in root)
    return false;
  const values = Object.values(root);
  return values.length > 0 && values.every((v) => isPlainMap(v) && ('command' in v || 'url' in v));
}

const copilotCli: ClientRow = {
  id: 'copilot-cli',
  name: 'GitHub Copilot CLI',
  tier: 1,
  evidence: 'docs',
  access: 'read-write',
  detect: [{ path: '~/.copilot' }, { program: 'copilot' }],
  files: [
    { role: 'override', path: '$COPILOT_HOME/mcp-config.json' },
    { role: 'primary', path: '~/.copilot/mcp-config.json' },
    {
      role: 'project',
      path: '.mcp.json',
      containers: [
        { ...mapAt([], copilotDialect), applies: isBareMap, existingOnly: true },
        { ...mapAt(['mcpServers'], copilotDialect), applies: (at) => !isBareMap(at) },
      ],
    },
    { role: 'project', path: '.github/mcp.json' },
  ],
  managedFiles: [],
  format: 'json',
  comments: false,
  trailingCommas: false,
  containers: [mapAt(['mcpServers'], copilotDialect)],
  references: [{ pattern: syntax.braced }, { pattern: syntax.dollar }],
  rewriting: 'on-ui-action',
  reload: 'reconnect-command',
  reloadNote: 'Type `/mcp reload`.',
  processes: ['copilot'],
};

const kiroDialect: Dialect = {
  typeFields: ['type'],
  stdio: commandArgsEnv,
  remote: { ...typedRemote, only: ['headers', 'oauth', 'oauthScopes'] },
  enable: offByDisabled,
};

const kiro: ClientRow = {
  id: 'kiro',
  name: 'Kiro (IDE and CLI)',
  tier: 1,
  evidence: 'docs',
  access: 'read-write',
  detect: [{ path: '~/.kiro' }],
  files: [
    { role: 'primary', path: '~/.kiro/settings/mcp.json' },
    { role: 'project', path: '.kiro/settings/mcp.json' },
    { role: 'alternate', path: '~/.kiro/agents/*.json', access: 'read-only' },
    { role: 'project', path: '.kiro/agents/*.json', access: 'read-only' },
  ],
  managedFiles: [],
  format: 'json',
  comments: 'unknown',
  trailingCommas: 'unknown',
  containers: [
    mapAt(['mcpServers'], kiroDialect),
    { ...mapAt(['powers', 'mcpServers'], kiroDialect), access: 'read-only', existingOnly: true },
  ],
  references: [{ pattern: syntax.braced, places: ['env', 'header'] }],
  rewriting: 'on-ui-action',
  reload: 'hot',
  processes: ['Kiro', 'kiro', 'kiro-cli'],
};

const antigravity: ClientRow = {
  id: 'antigravity',
  name: 'Google Antigravity (IDE and CLI)',
  tier: 1,
  evidence: 'secondary',
  access: 'read-write',
  detect: [{ path: '~/.gemini/antigravity' }, { path: '~/.gemini/config' }],
  files: [
    { role: 'primary', path: '~/.gemini/config/mcp_config.json' },
    { role: 'primary', path: '~/.gemini/antigravity/mcp_config.json' },
  ],
  managedFiles: [],
  format: 'json',
  comments: 'unknown',
  trailingCommas: 'unknown',
  containers: [
    mapAt(['mcpServers'], {
      ...plainDialect,
      remote: { ...untypedRemote, urls: [{ field: 'serverUrl' }] },
      enable: offByDisabled,
    }),
  ],
  references: [],
  rewriting: 'on-ui-action',
  reload: 'reconnect-command',
  reloadNote: 'Press Refresh in "Manage MCP servers".',
  processes: ['Antigravity', 'antigravity'],
};

export const tier1Variants: readonly ClientRow[] = [openCode, copilotCli, kiro, antigravity];
