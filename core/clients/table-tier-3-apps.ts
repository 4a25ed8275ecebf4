/** The second half of the third tier; see `table-tier-3.ts`. */
import {
  alwaysTypedRemote,
  commandArgsEnv,
  mapAt,
  plainDialect,
  typedRemote,
  typedStdio,
  untypedRemote,
} from './dialects.ts';
import { syntax } from './references.ts';
import type { ClientRow, Dialect } from './row.ts';
import { readOnly, strict } from './table-tier-3.ts';

const lenient = { comments: true, trailingCommas: true } as const;
const onByIsActive = { path: ['isActive'], offWhen: false } as const;

const cherryDialect: Dialect = {
  typeFields: ['type'],
  stdio: commandArgsEnv,
  remote: {
    ...untypedRemote,
    urls: [{ field: 'baseUrl' }, { field: 'url' }],
    types: {
      read: { streamableHttp: 'streamable-http', sse: 'sse' },
      write: { 'streamable-http': 'streamableHttp', sse: 'sse' },
      always: true,
    },
    transports: ['streamable-http', 'sse'],
  },
  enable: onByIsActive,
};

const cherryStudio: ClientRow = {
  ...readOnly,
  id: 'cherry-studio',
  name: 'Cherry Studio',
  access: 'detect-only',
  detect: [{ path: '<appdata>/CherryStudio' }],
  files: [],
  containers: [mapAt(['mcpServers'], cherryDialect)],
  rewriting: 'constant',
  reload: 'hot',
  processes: ['Cherry Studio', 'CherryStudio'],
  snippetNote: 'Paste it in Settings | MCP Servers | Import from JSON.',
};

const fiveIre: ClientRow = {
  ...readOnly,
  ...strict,
  id: '5ire',
  name: '5ire',
  detect: [{ path: '<appdata>/5ire' }],
  files: [{ role: 'primary', path: '<appdata>/5ire/mcp.json' }],
  containers: [
    mapAt(['mcpServers'], {
      typeFields: ['type'],
      nameField: 'name',
      stdio: { ...commandArgsEnv, type: { value: 'local' } },
      remote: {
        ...untypedRemote,
        types: { read: { remote: 'streamable-http' }, write: { 'streamable-http': 'remote' } },
      },
      enable: onByIsActive,
    }),
  ],
  reload: 'restart',
  processes: ['5ire'],
};

const jan: ClientRow = {
  ...readOnly,
  ...strict,
  id: 'jan',
  name: 'Jan',
  evidence: 'source-verified',
  detect: [{ path: '<appdata>/Jan' }],
  files: [
    {
      role: 'primary',
      path: '<appdata>/Jan/data/mcp_config.json',
      note: 'The usual place; the person can move it.',
    },
  ],
  containers: [
    mapAt(['mcpServers'], {
      ...plainDialect,
      remote: {
        ...alwaysTypedRemote,
        supported: 'unknown',
        hint: 'Only newer builds of Jan connect to a URL.',
      },
      enable: { path: ['active'], offWhen: false },
    }),
  ],
  reload: 'reconnect-command',
  processes: ['Jan', 'jan'],
};

const augment: ClientRow = {
  ...readOnly,
  id: 'augment',
  name: 'Augment Code (extension, auggie)',
  detect: [{ path: '~/.augment' }],
  files: [{ role: 'primary', path: '~/.augment/settings.json' }],
  containers: [mapAt(['mcpServers'], { ...plainDialect, remote: typedRemote })],
  processes: ['auggie'],
  snippetNote: 'In the editor, use "Import from JSON" in the panel of Augment.',
};

const rovoDev: ClientRow = {
  ...readOnly,
  id: 'rovo-dev',
  name: 'Rovo Dev CLI',
  detect: [{ path: '~/.rovodev' }, { program: 'acli' }],
  files: [{ role: 'primary', path: '~/.rovodev/mcp.json' }],
  containers: [
    mapAt(['mcpServers'], { ...plainDialect, typeFields: ['transport'], remote: typedRemote }),
  ],
  rewriting: 'unknown',
  reload: 'restart',
  processes: ['acli'],
};

const hermes: ClientRow = {
  ...readOnly,
  ...lenient,
  id: 'hermes-agent',
  name: 'Hermes Agent',
  detect: [{ path: '~/.hermes' }],
  files: [{ role: 'primary', path: '~/.hermes/config.yaml' }],
  format: 'yaml',
  containers: [mapAt(['mcp_servers'], { ...plainDialect, typeFields: [] })],
  reload: 'restart',
  processes: ['hermes'],
};

const openClaw: ClientRow = {
  ...readOnly,
  ...lenient,
  id: 'openclaw',
  name: 'OpenClaw',
  detect: [{ path: '~/.openclaw' }, { path: '~/.clawdbot' }],
  files: [{ role: 'primary', path: '~/.openclaw/openclaw.json' }],
  format: 'json5',
  containers: [
    mapAt(['mcp', 'servers'], {
      typeFields: ['transport'],
      stdio: commandArgsEnv,
      remote: {
        ...untypedRemote,
        types: {
          read: { 'streamable-http': 'streamable-http', sse: 'sse' },
          write: { 'streamable-http': 'streamable-http', sse: 'sse' },
        },
        transports: ['streamable-http', 'sse'],
      },
    }),
  ],
  references: [{ pattern: syntax.braced }],
  reload: 'hot',
  processes: ['openclaw'],
  snippetNote: 'Use `openclaw mcp add`, or paste it under `mcp.servers`.',
};

const anythingLlm: ClientRow = {
  ...readOnly,
  ...strict,
  id: 'anythingllm',
  name: 'AnythingLLM Desktop',
  detect: [{ path: '<appdata>/anythingllm-desktop' }],
  files: [
    {
      role: 'primary',
      path: '<appdata>/anythingllm-desktop/storage/plugins/anythingllm_mcp_servers.json',
    },
  ],
  containers: [
    mapAt(['mcpServers'], {
      ...plainDialect,
      remote: {
        ...untypedRemote,
        types: {
          read: { streamable: 'streamable-http', sse: 'sse' },
          write: { 'streamable-http': 'streamable', sse: 'sse' },
          always: true,
        },
        transports: ['streamable-http', 'sse'],
      },
      enable: { path: ['anythingllm', 'autoStart'], offWhen: false },
    }),
  ],
  reload: 'reconnect-command',
  reloadNote: 'Press Refresh.',
  processes: ['AnythingLLM'],
};

const libreChat: ClientRow = {
  ...readOnly,
  ...lenient,
  id: 'librechat',
  name: 'LibreChat',
  access: 'detect-only',
  detect: [],
  files: [],
  format: 'yaml',
  containers: [
    mapAt(['mcpServers'], {
      ...plainDialect,
      stdio: typedStdio,
      remote: {
        ...untypedRemote,
        types: {
          read: { 'streamable-http': 'streamable-http', sse: 'sse', websocket: 'other' },
          write: { 'streamable-http': 'streamable-http', sse: 'sse' },
        },
        transports: ['streamable-http', 'sse'],
      },
    }),
  ],
  references: [{ pattern: syntax.braced }],
  rewriting: 'never-observed',
  reload: 'restart',
  snippetNote: 'Paste it into librechat.yaml in the folder of LibreChat.',
};

const sema4: ClientRow = {
  ...readOnly,
  ...strict,
  id: 'sema4-studio',
  name: 'Sema4.ai Studio',
  detect: [{ path: '~/.sema4ai' }],
  files: [
    {
      role: 'primary',
      os: ['macos', 'linux'],
      path: '~/.sema4ai/sema4ai-studio/mcp_servers.json',
    },
    {
      role: 'primary',
      os: ['windows'],
      path: '%LOCALAPPDATA%/sema4ai/sema4ai-studio/mcp_servers.json',
    },
  ],
  containers: [
    mapAt(['mcpServers'], {
      typeFields: ['transport'],
      stdio: { ...commandArgsEnv, type: { value: 'stdio', always: true } },
      remote: {
        ...untypedRemote,
        supported: 'unknown',
        hint: 'How Sema4.ai Studio names a remote transport is unknown.',
      },
    }),
  ],
  rewriting: 'unknown',
};

const mcporter: ClientRow = {
  ...readOnly,
  ...lenient,
  id: 'mcporter',
  name: 'mcporter',
  evidence: 'source-verified',
  detect: [{ path: '~/.mcporter' }],
  files: [
    { role: 'primary', path: '~/.mcporter/mcporter.json{,c}' },
    { role: 'project', path: 'config/mcporter.json' },
  ],
  format: 'jsonc',
  containers: [
    mapAt(['mcpServers'], {
      ...plainDialect,
      remote: { ...untypedRemote, urls: [{ field: 'baseUrl' }, { field: 'url' }] },
    }),
  ],
  references: [
    { pattern: syntax.bracedDefault, places: ['env', 'header'] },
    { pattern: syntax.braced, places: ['env', 'header'] },
    { pattern: syntax.dollarEnv, places: ['header'] },
  ],
  reload: 'new-session',
  processes: ['mcporter'],
};

export const tier3Apps: readonly ClientRow[] = [
  cherryStudio,
  fiveIre,
  jan,
  augment,
  rovoDev,
  hermes,
  openClaw,
  anythingLlm,
  libreChat,
  sema4,
  mcporter,
];
