/** Entry dialects that several clients share; rows spread them and change what differs. */
import type { ContainerRow, Dialect, EnableWords, RemoteWords, StdioWords } from './row.ts';

export const offByDisabled: EnableWords = { path: ['disabled'], offWhen: true };
export const offByEnabled: EnableWords = { path: ['enabled'], offWhen: false };

export const commandArgsEnv: StdioWords = {
  command: 'command',
  commandShape: 'string',
  args: 'args',
  env: 'env',
};

export const typedStdio: StdioWords = { ...commandArgsEnv, type: { value: 'stdio' } };
export const alwaysTypedStdio: StdioWords = {
  ...commandArgsEnv,
  type: { value: 'stdio', always: true },
};

/** `url` and `headers`, and nothing that names the transport. */
export const untypedRemote: RemoteWords = {
  supported: true,
  urls: [{ field: 'url' }],
  untyped: 'streamable-http',
  transports: ['streamable-http'],
  headers: [['headers']],
  only: ['headers', 'oauth', 'auth'],
};

/** `type: http | sse`. */
export const typedRemote: RemoteWords = {
  ...untypedRemote,
  types: {
    read: {
      http: 'streamable-http',
      'streamable-http': 'streamable-http',
      sse: 'sse',
      ws: 'other',
    },
    write: { 'streamable-http': 'http', sse: 'sse' },
  },
  transports: ['streamable-http', 'sse'],
};

export const alwaysTypedRemote: RemoteWords = {
  ...typedRemote,
  types: {
    ...typedRemote.types,
    read: typedRemote.types?.read ?? {},
    write: typedRemote.types?.write ?? {},
    always: true,
  },
};

export const plainDialect: Dialect = {
  typeFields: ['type'],
  stdio: commandArgsEnv,
  remote: untypedRemote,
};

/** The dialect of VS Code's `servers`. */
export const editorDialect: Dialect = {
  typeFields: ['type'],
  stdio: { ...alwaysTypedStdio, cwd: 'cwd', envFile: 'envFile' },
  remote: alwaysTypedRemote,
};

/** `type: local | remote`, the command and its arguments in one list: OpenCode and what is built on it. */
export const localRemoteDialect: Dialect = {
  typeFields: ['type'],
  stdio: {
    command: 'command',
    commandShape: 'array-with-args',
    args: 'args',
    env: 'environment',
    type: { value: 'local', always: true },
  },
  remote: {
    supported: true,
    urls: [{ field: 'url' }],
    types: {
      read: { remote: 'streamable-http' },
      write: { 'streamable-http': 'remote', sse: 'remote' },
      always: true,
    },
    untyped: 'streamable-http',
    transports: ['streamable-http', 'sse'],
    headers: [['headers']],
    only: ['headers', 'oauth'],
  },
};

/** Entries as Claude Code writes them, also inside other apps that embed it. */
export const claudeCodeDialect: Dialect = {
  typeFields: ['type'],
  stdio: typedStdio,
  remote: {
    ...alwaysTypedRemote,
    only: ['headers', 'headersHelper', 'oauth'],
  },
};

/** Entries as Codex reads them. It refuses an entry that mixes stdio and remote fields. */
export const codexDialect: Dialect = {
  typeFields: [],
  stdio: { ...commandArgsEnv, cwd: 'cwd', suppliedEnv: 'env_vars' },
  remote: {
    supported: true,
    hint: 'Codex speaks Streamable HTTP only.',
    urls: [{ field: 'url' }],
    untyped: 'streamable-http',
    transports: ['streamable-http'],
    headers: [['http_headers']],
    only: [
      'http_headers',
      'env_http_headers',
      'bearer_token_env_var',
      'scopes',
      'oauth',
      'oauth_resource',
    ],
  },
  enable: offByEnabled,
};

/** The shape of the VS Code extensions that grew out of one another (Roo Code, old Kilo Code). */
export const rooDialect: Dialect = {
  typeFields: ['type'],
  stdio: { ...typedStdio, cwd: 'cwd' },
  remote: {
    ...untypedRemote,
    types: {
      read: { 'streamable-http': 'streamable-http', sse: 'sse' },
      write: { 'streamable-http': 'streamable-http', sse: 'sse' },
      always: true,
    },
    transports: ['streamable-http', 'sse'],
  },
  enable: offByDisabled,
};

export function mapAt(path: readonly string[], dialect: Dialect): ContainerRow {
  return { path, kind: 'map', dialect };
}

export function listAt(path: readonly string[], idField: string, dialect: Dialect): ContainerRow {
  return { path, kind: 'list', idField, dialect };
}
