/** Clients of the second tier whose entries are plain `command`/`url` maps. */
import {
  alwaysTypedRemote,
  alwaysTypedStdio,
  commandArgsEnv,
  editorDialect,
  mapAt,
  offByDisabled,
  plainDialect,
  typedRemote,
  untypedRemote,
} from './dialects.ts';
import { syntax } from './references.ts';
import type { ClientRow, Dialect } from './row.ts';

const windsurf: ClientRow = {
  id: 'windsurf',
  name: 'Windsurf (older layout) and its JetBrains plugin',
  tier: 2,
  evidence: 'docs',
  access: 'read-write',
  detect: [{ path: '~/.codeium/windsurf' }, { path: '~/.codeium' }],
  files: [
    { role: 'primary', path: '~/.codeium/windsurf/mcp_config.json' },
    { role: 'alternate', path: '~/.codeium/windsurf-next/mcp_config.json' },
    { role: 'alternate', path: '~/.codeium/mcp_config.json', note: 'JetBrains plugin.' },
    { role: 'project', path: '.mcp.json', access: 'read-only', note: 'Read, but not documented.' },
  ],
  managedFiles: [],
  format: 'json',
  comments: false,
  trailingCommas: false,
  containers: [
    mapAt(['mcpServers'], {
      ...plainDialect,
      remote: { ...typedRemote, urls: [{ field: 'serverUrl' }, { field: 'url' }] },
      enable: offByDisabled,
    }),
  ],
  references: [{ pattern: syntax.bracedEnv }, { pattern: syntax.bracedFile }],
  rewriting: 'on-ui-action',
  reload: 'reconnect-command',
  reloadNote: 'Press Refresh in the MCP panel.',
  processes: ['Windsurf', 'windsurf'],
};

const lmStudio: ClientRow = {
  id: 'lm-studio',
  name: 'LM Studio',
  tier: 2,
  evidence: 'docs',
  access: 'read-write',
  detect: [{ path: '~/.lmstudio' }, { path: '~/.cache/lm-studio' }],
  files: [
    { role: 'primary', path: '~/.lmstudio/mcp.json' },
    { role: 'primary', path: '~/.cache/lm-studio/mcp.json', note: 'Older data folder.' },
  ],
  managedFiles: [],
  format: 'json',
  comments: 'unknown',
  trailingCommas: 'unknown',
  containers: [mapAt(['mcpServers'], plainDialect)],
  references: [],
  rewriting: 'on-ui-action',
  reload: 'hot',
  processes: ['LM Studio', 'lm-studio'],
};

const qwenCode: ClientRow = {
  id: 'qwen-code',
  name: 'Qwen Code',
  tier: 2,
  evidence: 'docs',
  access: 'read-write',
  detect: [{ path: '~/.qwen' }, { program: 'qwen' }],
  files: [
    { role: 'primary', path: '~/.qwen/settings.json' },
    { role: 'project', path: '.qwen/settings.json' },
  ],
  managedFiles: [],
  format: 'jsonc',
  comments: true,
  trailingCommas: false,
  containers: [
    mapAt(['mcpServers'], {
      typeFields: [],
      stdio: { ...commandArgsEnv, cwd: 'cwd' },
      remote: {
        ...untypedRemote,
        urls: [
          { field: 'httpUrl', transport: 'streamable-http' },
          { field: 'url', transport: 'sse' },
        ],
        transports: ['streamable-http', 'sse'],
        only: ['headers', 'oauth'],
      },
    }),
  ],
  references: [{ pattern: syntax.braced }, { pattern: syntax.dollar }],
  rewriting: 'on-ui-action',
  reload: 'restart',
  processes: ['qwen'],
};

const warpDialect: Dialect = {
  ...plainDialect,
  typeFields: [],
  stdio: { ...commandArgsEnv, cwd: 'working_directory' },
};

const warp: ClientRow = {
  id: 'warp',
  name: 'Warp',
  tier: 2,
  evidence: 'source-verified',
  access: 'read-write',
  detect: [{ path: '~/.warp' }],
  files: [
    { role: 'primary', path: '~/.warp/.mcp.json' },
    { role: 'project', path: '.warp/.mcp.json' },
  ],
  managedFiles: [],
  format: 'json',
  comments: false,
  trailingCommas: false,
  containers: [
    mapAt(['mcpServers'], warpDialect),
    { ...mapAt(['servers'], warpDialect), existingOnly: true },
    { ...mapAt(['mcp', 'servers'], warpDialect), existingOnly: true },
  ],
  references: [{ pattern: syntax.braced }],
  rewriting: 'never-observed',
  reload: 'hot',
  processes: ['Warp', 'warp', 'warp-terminal'],
};

const amp: ClientRow = {
  id: 'amp',
  name: 'Amp',
  tier: 2,
  evidence: 'secondary',
  access: 'read-write',
  detect: [
    { path: '~/.config/amp', os: ['macos', 'linux'] },
    { path: '%APPDATA%/amp', os: ['windows'] },
    { program: 'amp' },
  ],
  files: [
    { role: 'override', path: '$AMP_SETTINGS_FILE' },
    { role: 'primary', os: ['macos', 'linux'], path: '~/.config/amp/settings.json' },
    { role: 'primary', os: ['windows'], path: '%APPDATA%/amp/settings.json' },
    { role: 'project', path: '.amp/settings.json' },
  ],
  managedFiles: [],
  format: 'jsonc',
  comments: true,
  trailingCommas: true,
  // One literal key with a dot in it.
  containers: [mapAt(['amp.mcpServers'], { ...plainDialect, enable: offByDisabled })],
  references: [{ pattern: syntax.braced, places: ['env', 'header'] }],
  rewriting: 'on-ui-action',
  reload: 'restart',
  processes: ['amp'],
};

const factoryDroid: ClientRow = {
  id: 'factory-droid',
  name: 'Factory Droid',
  tier: 2,
  evidence: 'secondary',
  access: 'read-write',
  detect: [{ path: '~/.factory' }, { program: 'droid' }],
  files: [
    { role: 'primary', path: '~/.factory/mcp.json' },
    { role: 'project', path: '.factory/mcp.json' },
  ],
  managedFiles: [],
  format: 'json',
  comments: 'unknown',
  trailingCommas: 'unknown',
  containers: [
    mapAt(['mcpServers'], {
      typeFields: ['type'],
      stdio: alwaysTypedStdio,
      remote: alwaysTypedRemote,
      enable: offByDisabled,
    }),
  ],
  references: [],
  rewriting: 'on-ui-action',
  reload: 'hot',
  processes: ['droid'],
};

const junie: ClientRow = {
  id: 'junie',
  name: 'JetBrains Junie (plugin and CLI)',
  tier: 2,
  evidence: 'secondary',
  access: 'read-write',
  detect: [{ path: '~/.junie' }],
  files: [
    { role: 'primary', path: '~/.junie/mcp/mcp.json' },
    { role: 'project', path: '.junie/mcp/mcp.json' },
  ],
  managedFiles: [],
  format: 'json',
  comments: 'unknown',
  trailingCommas: 'unknown',
  containers: [
    mapAt(['mcpServers'], {
      ...plainDialect,
      remote: {
        ...untypedRemote,
        supported: 'unknown',
        hint: 'Only newer builds of Junie connect to a URL; the launcher can bridge to it.',
      },
    }),
  ],
  references: [],
  rewriting: 'on-ui-action',
  reload: 'unknown',
  processes: ['junie'],
};

const visualStudioDialect: Dialect = {
  ...editorDialect,
  stdio: alwaysTypedStdio,
};

const visualStudio: ClientRow = {
  id: 'visual-studio',
  name: 'Visual Studio (Copilot agent mode)',
  tier: 2,
  evidence: 'docs',
  access: 'read-write',
  detect: [
    { path: '~/.mcp.json', os: ['windows'] },
    {
      path: '%ProgramFiles(x86)%/Microsoft Visual Studio/Installer/vswhere.exe',
      os: ['windows'],
    },
  ],
  files: [
    { role: 'primary', os: ['windows'], path: '~/.mcp.json' },
    { role: 'project', os: ['windows'], path: '.vs/mcp.json' },
    { role: 'project', os: ['windows'], path: '.mcp.json' },
    { role: 'project', os: ['windows'], path: '.vscode/mcp.json' },
    {
      role: 'project',
      os: ['windows'],
      path: '.cursor/mcp.json',
      access: 'read-only',
      containers: [mapAt(['mcpServers'], visualStudioDialect)],
    },
  ],
  managedFiles: [],
  format: 'jsonc',
  comments: true,
  trailingCommas: true,
  containers: [mapAt(['servers'], visualStudioDialect)],
  references: [{ pattern: syntax.input }, { pattern: syntax.bracedEnv }],
  rewriting: 'on-ui-action',
  reload: 'hot',
  processes: ['devenv'],
};

export const tier2: readonly ClientRow[] = [
  windsurf,
  lmStudio,
  qwenCode,
  warp,
  amp,
  factoryDroid,
  junie,
  visualStudio,
];
