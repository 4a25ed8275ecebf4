/** Clients of the second tier with a format or a file layout of their own. */
import {
  alwaysTypedRemote,
  alwaysTypedStdio,
  commandArgsEnv,
  listAt,
  localRemoteDialect,
  mapAt,
  offByDisabled,
  offByEnabled,
  plainDialect,
  rooDialect,
  typedStdio,
  untypedRemote,
} from './dialects.ts';
import { syntax } from './references.ts';
import type { ClientRow, ContainerRow, Dialect } from './row.ts';

const continueDialect: Dialect = {
  typeFields: ['type'],
  nameField: 'name',
  stdio: { ...typedStdio, cwd: 'cwd' },
  remote: {
    ...untypedRemote,
    types: {
      read: { 'streamable-http': 'streamable-http', sse: 'sse' },
      write: { 'streamable-http': 'streamable-http', sse: 'sse' },
    },
    transports: ['streamable-http', 'sse'],
    headers: [['requestOptions', 'headers']],
    only: ['requestOptions', 'apiKey', 'oauth'],
  },
};

const pastedDialect: Dialect = { ...plainDialect, stdio: typedStdio };

/** A block file of Continue in JSON: a pasted `mcpServers` file, or one entry named after the file. */
const continueJson: readonly ContainerRow[] = [
  {
    ...mapAt(['mcpServers'], pastedDialect),
    applies: (at) => at(['mcpServers']) !== undefined,
  },
  {
    path: [],
    kind: 'single',
    dialect: pastedDialect,
    applies: (at) => at(['mcpServers']) === undefined,
  },
];

const continueClient: ClientRow = {
  id: 'continue',
  name: 'Continue (VS Code, JetBrains, CLI)',
  tier: 2,
  evidence: 'source-verified',
  access: 'read-write',
  detect: [{ path: '~/.continue' }],
  files: [
    { role: 'override', path: '$CONTINUE_GLOBAL_DIR/config.yaml' },
    { role: 'primary', path: '~/.continue/config.yaml' },
    { role: 'alternate', path: '{$CONTINUE_GLOBAL_DIR|~/.continue}/mcpServers/*.yaml' },
    {
      role: 'alternate',
      path: '{$CONTINUE_GLOBAL_DIR|~/.continue}/mcpServers/*.json',
      format: 'json',
      containers: continueJson,
    },
    {
      role: 'legacy',
      path: '~/.continue/config.json',
      format: 'json',
      access: 'read-only',
      containers: [
        listAt(['experimental', 'modelContextProtocolServers'], 'name', {
          ...pastedDialect,
          nestedUnder: 'transport',
        }),
        mapAt(['mcpServers'], pastedDialect),
      ],
    },
    { role: 'project', path: '.continue/mcpServers/*.yaml' },
    {
      role: 'project',
      path: '.continue/mcpServers/*.json',
      format: 'json',
      containers: continueJson,
    },
  ],
  managedFiles: [],
  format: 'yaml',
  comments: true,
  trailingCommas: true,
  containers: [listAt(['mcpServers'], 'name', continueDialect)],
  newFile: { name: 'Local Assistant', version: '1.0.0', schema: 'v1' },
  references: [{ pattern: syntax.hub }, { pattern: syntax.braced }],
  rewriting: 'on-ui-action',
  reload: 'hot',
  processes: ['cn'],
};

const kiloFormer: readonly ContainerRow[] = [mapAt(['mcpServers'], rooDialect)];

const kiloCode: ClientRow = {
  id: 'kilo-code',
  name: 'Kilo Code (VS Code, JetBrains, CLI)',
  tier: 2,
  evidence: 'docs',
  access: 'read-write',
  detect: [{ path: '~/.config/kilo' }, { path: '~/.kilocode' }],
  files: [
    { role: 'primary', path: '~/.config/kilo/kilo.json{c,}' },
    { role: 'alternate', path: '~/.config/kilo/opencode.json{,c}' },
    { role: 'alternate', path: '~/.config/kilo/config.json' },
    {
      role: 'legacy',
      path: '<appdata>/Code/User/globalStorage/kilocode.kilo-code/settings/mcp_settings.json',
      format: 'json',
      containers: kiloFormer,
    },
    {
      role: 'legacy',
      path: '~/.kilocode/cli/global/settings/mcp_settings.json',
      format: 'json',
      containers: kiloFormer,
    },
    { role: 'project', path: 'kilo.json{,c}' },
    { role: 'project', path: '.kilo/kilo.json{,c}' },
    { role: 'legacy', path: '.kilocode/mcp.json', format: 'json', containers: kiloFormer },
  ],
  managedFiles: [],
  format: 'jsonc',
  comments: true,
  trailingCommas: true,
  containers: [mapAt(['mcp'], { ...localRemoteDialect, enable: offByEnabled })],
  references: [{ pattern: syntax.plainEnv }],
  rewriting: 'on-ui-action',
  reload: 'unknown',
  processes: ['kilo', 'kilocode'],
};

const crush: ClientRow = {
  id: 'crush',
  name: 'Crush',
  tier: 2,
  evidence: 'source-verified',
  access: 'read-write',
  detect: [{ path: '{$XDG_CONFIG_HOME|~/.config}/crush' }, { program: 'crush' }],
  files: [
    { role: 'override', path: '$CRUSH_GLOBAL_CONFIG/crush.json' },
    { role: 'primary', path: '{$XDG_CONFIG_HOME|~/.config}/crush/crush.json' },
    {
      role: 'primary',
      path: '{$XDG_CONFIG_HOME|~/.config}/crush/crushrc',
      format: 'script',
      note: 'A script, which wins over crush.json beside it.',
    },
    { role: 'state', os: ['macos', 'linux'], path: '~/.local/share/crush/crush.json' },
    { role: 'state', os: ['windows'], path: '%LOCALAPPDATA%/crush/crush.json' },
    { role: 'project', path: '{.,}crush.json' },
    { role: 'project', path: '{.,}crushrc', format: 'script' },
  ],
  managedFiles: [],
  format: 'json',
  comments: false,
  trailingCommas: false,
  containers: [
    mapAt(['mcp'], {
      typeFields: ['type'],
      stdio: alwaysTypedStdio,
      remote: {
        ...alwaysTypedRemote,
        only: ['headers', 'oauth', 'oauth_client_id', 'oauth_client_secret', 'oauth_callback_port'],
      },
      enable: offByDisabled,
    }),
  ],
  references: [
    { pattern: syntax.shell },
    { pattern: syntax.bracedDefault },
    { pattern: syntax.braced },
    { pattern: syntax.dollar },
  ],
  rewriting: 'on-ui-action',
  reload: 'restart',
  processes: ['crush'],
  snippetNote: 'A crushrc is a program: put this into crush.json, or its like into the script.',
};

const vibeDialect: Dialect = {
  typeFields: ['transport'],
  nameField: 'name',
  stdio: {
    ...commandArgsEnv,
    commandShape: 'string-or-array',
    cwd: 'cwd',
    type: { value: 'stdio', always: true },
  },
  remote: {
    supported: true,
    hint: 'Mistral Vibe speaks Streamable HTTP only.',
    urls: [{ field: 'url' }],
    types: {
      read: { 'streamable-http': 'streamable-http', http: 'streamable-http' },
      write: { 'streamable-http': 'streamable-http' },
      always: true,
    },
    untyped: 'streamable-http',
    transports: ['streamable-http'],
    headers: [['auth', 'headers'], ['headers']],
    headersBeside: { type: 'static' },
    only: ['auth', 'headers', 'api_key_env', 'api_key_header', 'api_key_format'],
  },
  enable: offByDisabled,
};

const mistralVibe: ClientRow = {
  id: 'mistral-vibe',
  name: 'Mistral Vibe',
  tier: 2,
  evidence: 'source-verified',
  access: 'read-write',
  detect: [{ path: '~/.vibe' }, { program: 'vibe' }],
  files: [
    { role: 'override', path: '$VIBE_HOME/config.toml' },
    { role: 'primary', path: '~/.vibe/config.toml' },
    { role: 'project', path: '.vibe/config.toml' },
  ],
  managedFiles: [],
  format: 'toml',
  comments: true,
  trailingCommas: true,
  containers: [listAt(['mcp_servers'], 'name', vibeDialect)],
  references: [],
  rewriting: 'on-ui-action',
  reload: 'restart',
  processes: ['vibe'],
  keyOf: (name) => name.replace(/[^A-Za-z0-9_-]/gu, '_'),
};

const hubDialect: Dialect = {
  ...plainDialect,
  typeFields: [],
  stdio: { ...commandArgsEnv, cwd: 'cwd', emptyEnvInherits: true },
  enable: offByDisabled,
};

const mcphubNvim: ClientRow = {
  id: 'mcphub-nvim',
  name: 'Neovim (mcphub.nvim)',
  tier: 2,
  evidence: 'docs',
  access: 'read-write',
  detect: [{ path: '~/.config/mcphub' }],
  files: [
    { role: 'primary', path: '~/.config/mcphub/servers.json' },
    { role: 'project', path: '.mcphub/servers.json' },
    { role: 'project', path: '.vscode/mcp.json', access: 'read-only' },
    { role: 'project', path: '.cursor/mcp.json', access: 'read-only' },
  ],
  managedFiles: [],
  format: 'json5',
  comments: true,
  trailingCommas: true,
  containers: [
    { ...mapAt(['servers'], hubDialect), existingOnly: true },
    mapAt(['mcpServers'], hubDialect),
  ],
  firstContainerWins: true,
  references: [
    { pattern: syntax.command },
    { pattern: syntax.bracedEnv },
    { pattern: syntax.braced },
  ],
  rewriting: 'on-ui-action',
  reload: 'hot',
  processes: ['mcp-hub'],
};

export const tier2Own: readonly ClientRow[] = [
  continueClient,
  kiloCode,
  crush,
  mistralVibe,
  mcphubNvim,
];
