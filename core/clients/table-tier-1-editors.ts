/** Clients supported first: editors and desktop apps. */
import {
  commandArgsEnv,
  editorDialect,
  mapAt,
  offByEnabled,
  plainDialect,
  typedRemote,
  typedStdio,
} from './dialects.ts';
import { syntax } from './references.ts';
import type { ClientRow, Dialect, FileRow } from './row.ts';

const claudeDesktop: ClientRow = {
  id: 'claude-desktop',
  name: 'Claude Desktop',
  tier: 1,
  evidence: 'docs',
  access: 'read-write',
  detect: [
    { path: '/Applications/Claude.app', os: ['macos'] },
    { path: '%LOCALAPPDATA%/Packages/Claude_*', os: ['windows'] },
    { path: '%APPDATA%/Claude', os: ['windows'] },
    { path: '~/.config/Claude', os: ['linux'] },
  ],
  files: [
    {
      role: 'primary',
      os: ['macos'],
      path: '~/Library/Application Support/Claude/claude_desktop_config.json',
    },
    {
      role: 'primary',
      os: ['windows'],
      path: '%LOCALAPPDATA%/Packages/Claude_*/LocalCache/Roaming/Claude/claude_desktop_config.json',
      note: 'The installed package reads only this one.',
    },
    {
      role: 'alternate',
      os: ['windows'],
      path: '%APPDATA%/Claude/claude_desktop_config.json',
      note: 'Read by older installs only.',
    },
    {
      role: 'alternate',
      os: ['linux'],
      path: '~/.config/Claude/claude_desktop_config.json',
      note: 'Unofficial builds only.',
    },
  ],
  managedFiles: [],
  format: 'json',
  comments: false,
  trailingCommas: false,
  containers: [
    mapAt(['mcpServers'], {
      ...plainDialect,
      remote: {
        ...typedRemote,
        supported: false,
        hint: 'Claude Desktop starts programs only; the launcher can bridge to the URL.',
      },
    }),
  ],
  references: [],
  rewriting: 'constant',
  reload: 'restart',
  reloadNote: 'Quit Claude Desktop fully, from the tray or menu bar too, and start it again.',
  processes: ['Claude', 'claude-desktop'],
};

const cursor: ClientRow = {
  id: 'cursor',
  name: 'Cursor',
  tier: 1,
  evidence: 'docs',
  access: 'read-write',
  detect: [{ path: '~/.cursor' }, { path: '/Applications/Cursor.app', os: ['macos'] }],
  files: [
    { role: 'primary', path: '~/.cursor/mcp.json' },
    { role: 'project', path: '.cursor/mcp.json' },
    { role: 'project', path: '.mcp.json', access: 'read-only', note: 'Read, but not documented.' },
  ],
  managedFiles: [],
  format: 'json',
  comments: 'unknown',
  trailingCommas: 'unknown',
  containers: [
    mapAt(['mcpServers'], {
      ...plainDialect,
      stdio: { ...typedStdio, envFile: 'envFile' },
      remote: typedRemote,
    }),
  ],
  references: [
    { pattern: syntax.bracedEnv },
    { pattern: '\\$\\{(?:userHome|workspaceFolderBasename|workspaceFolder|pathSeparator)\\}' },
  ],
  rewriting: 'on-ui-action',
  reload: 'hot',
  reloadNote: 'Seen on save in most builds; a new server may have to be switched on once.',
  processes: ['Cursor'],
};

/** VS Code and what shares its layout under another folder name. */
function editorFiles(folder: string): readonly FileRow[] {
  const nested = [mapAt(['mcp', 'servers'], editorDialect)];
  return [
    { role: 'primary', path: `<appdata>/${folder}/User/mcp.json` },
    { role: 'alternate', path: `<appdata>/${folder}/User/profiles/*/mcp.json` },
    { role: 'legacy', path: `<appdata>/${folder}/User/settings.json`, containers: nested },
    { role: 'project', path: '.vscode/mcp.json' },
  ];
}

const vscode: ClientRow = {
  id: 'vscode',
  name: 'Visual Studio Code',
  tier: 1,
  evidence: 'source-verified',
  access: 'read-write',
  detect: [{ path: '~/.vscode' }, { path: '<appdata>/Code' }, { program: 'code' }],
  files: [
    { role: 'override', path: '$VSCODE_PORTABLE/user-data/User/mcp.json' },
    ...editorFiles('Code'),
    { role: 'alternate', os: ['linux'], path: '~/.vscode-server/data/User/mcp.json' },
    {
      role: 'project',
      path: '*.code-workspace',
      containers: [mapAt(['settings', 'mcp', 'servers'], editorDialect)],
    },
    {
      role: 'project',
      path: '.devcontainer/devcontainer.json',
      containers: [mapAt(['customizations', 'vscode', 'mcp', 'servers'], editorDialect)],
    },
    { role: 'project', path: '.mcp.json', access: 'read-only', note: 'Read, but not documented.' },
  ],
  managedFiles: [],
  format: 'jsonc',
  comments: true,
  trailingCommas: true,
  containers: [mapAt(['servers'], editorDialect)],
  references: [{ pattern: syntax.editorVariable }],
  rewriting: 'on-ui-action',
  reload: 'hot',
  reloadNote: 'A changed server is marked outdated and restarts when it is used next.',
  processes: ['Code', 'code'],
};

const vscodeInsiders: ClientRow = {
  ...vscode,
  id: 'vscode-insiders',
  name: 'VS Code Insiders',
  detect: [{ path: '~/.vscode-insiders' }, { program: 'code-insiders' }],
  files: editorFiles('Code - Insiders'),
  processes: ['Code - Insiders', 'code-insiders'],
};

const devinDialect: Dialect = {
  typeFields: ['transport'],
  stdio: commandArgsEnv,
  remote: typedRemote,
};

const devinDesktop: ClientRow = {
  id: 'devin-desktop',
  name: 'Devin Desktop and Devin CLI (formerly Windsurf)',
  tier: 1,
  evidence: 'docs',
  access: 'read-write',
  detect: [
    { path: '~/.config/devin', os: ['macos', 'linux'] },
    { path: '%APPDATA%/devin', os: ['windows'] },
    { program: 'devin' },
  ],
  files: [
    { role: 'primary', os: ['macos', 'linux'], path: '~/.config/devin/mcp_config.json' },
    { role: 'primary', os: ['macos', 'linux'], path: '~/.config/devin/config.json' },
    { role: 'primary', os: ['windows'], path: '%APPDATA%/devin/mcp_config.json' },
    { role: 'primary', os: ['windows'], path: '%APPDATA%/devin/config.json' },
    { role: 'project', path: '.devin/config.json' },
    { role: 'project', path: '.devin/config.local.json' },
    { role: 'project', path: '.devin/mcp_config.json' },
    { role: 'legacy', path: '.cognition/config.json' },
  ],
  managedFiles: [],
  format: 'json',
  comments: 'unknown',
  trailingCommas: 'unknown',
  containers: [mapAt(['mcpServers'], devinDialect)],
  references: [],
  rewriting: 'on-ui-action',
  reload: 'new-session',
  processes: ['Devin', 'devin', 'Windsurf', 'windsurf'],
};

const zed: ClientRow = {
  id: 'zed',
  name: 'Zed',
  tier: 1,
  evidence: 'source-verified',
  access: 'read-write',
  detect: [
    { path: '~/.config/zed', os: ['macos'] },
    { path: '{$XDG_CONFIG_HOME|~/.config}/zed', os: ['linux'] },
    { path: '%APPDATA%/Zed', os: ['windows'] },
    { path: '~/Library/Application Support/Zed', os: ['macos'] },
  ],
  files: [
    { role: 'primary', os: ['macos'], path: '~/.config/zed/settings.json' },
    { role: 'primary', os: ['linux'], path: '{$XDG_CONFIG_HOME|~/.config}/zed/settings.json' },
    { role: 'alternate', os: ['linux'], path: '$FLATPAK_XDG_CONFIG_HOME/zed/settings.json' },
    { role: 'primary', os: ['windows'], path: '%APPDATA%/Zed/settings.json' },
    { role: 'project', path: '.zed/settings.json' },
  ],
  managedFiles: [],
  format: 'jsonc',
  comments: true,
  trailingCommas: true,
  containers: [
    mapAt(['context_servers'], {
      ...plainDialect,
      typeFields: [],
      enable: offByEnabled,
      otherFields: ['settings'],
    }),
  ],
  references: [],
  rewriting: 'on-ui-action',
  reload: 'hot',
  processes: ['Zed', 'zed', 'zed-editor'],
};

export const tier1Editors: readonly ClientRow[] = [
  claudeDesktop,
  cursor,
  vscode,
  vscodeInsiders,
  devinDesktop,
  zed,
];
