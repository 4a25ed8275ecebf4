// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the references of clients look like this
import { describe, expect, test } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { parseDocument } from '../documents/parse-document.ts';
import type { Entry } from './entry.ts';
import { readEntries } from './read-entries.ts';
import { textMap } from './read-launch.ts';
import { renderLaunchEntry, renderLauncherEntry } from './render-entry.ts';
import { clientTable, findClient } from './table.ts';

const launcher = '/opt/portcullis/bin/portcullis';
const url = 'https://mcp.example.com/mcp';
const headers = { Authorization: 'Bearer x' };

/** The entry as it reads in the client's usual container. */
function entryOf(id: string, raw: unknown): Entry {
  const row = findClient(id);
  const container = row.containers.find(({ existingOnly }) => existingOnly === undefined);
  const held = container?.kind === 'list' ? [raw] : { it: raw };
  const text = JSON.stringify(
    (container?.path ?? []).reduceRight<unknown>((inner, key) => ({ [key]: inner }), held),
  );
  const document = parseDocument(new TextEncoder().encode(text), 'json', 'f');
  const place = { containers: row.containers, firstContainerWins: false, writable: true };
  const [entry] = readEntries(row, place, document);
  if (entry === undefined) throw new Error('no entry');
  return entry;
}

function rendered(id: string, raw: unknown, env: Record<string, string> = {}): string {
  const value = renderLauncherEntry(findClient(id), entryOf(id, raw), {
    launcher,
    server: 's',
    env,
  });
  return JSON.stringify(value);
}

const started = { command: launcher, args: ['run', 's'] };

describe('an existing entry becomes ours', () => {
  test.each<[string, unknown, unknown, Record<string, string>?]>([
    [
      'claude-code',
      { type: 'http', url, headers, alwaysLoad: true },
      { type: 'stdio', ...started, alwaysLoad: true },
    ],
    [
      'claude-code',
      { timeout: 5, command: 'c', env: { A: 'x', B: '${B}' } },
      { timeout: 5, ...started, env: { B: '${B}' } },
      { B: '${B}' },
    ],
    [
      'claude-code',
      { command: 'c', disabled: true, mystery: [1] },
      { ...started, disabled: true, mystery: [1] },
    ],
    ['cursor', { command: 'c', args: ['a'], envFile: '.env' }, started],
    ['vscode', { url, headers }, { type: 'stdio', ...started }],
    [
      'vscode',
      { command: 'c', cwd: '/d', env: { A: 'x', B: null } },
      { command: launcher, env: { B: null }, args: ['run', 's'] },
    ],
    ['windsurf', { serverUrl: url, headers, disabled: true }, { ...started, disabled: true }],
    ['devin-desktop', { transport: 'http', url, headers }, started],
    [
      'zed',
      { source: 'custom', enabled: false, url, headers },
      { source: 'custom', enabled: false, ...started },
    ],
    [
      'codex',
      { url, http_headers: headers, bearer_token_env_var: 'T', enabled: false },
      { ...started, enabled: false },
    ],
    [
      'codex',
      { command: 'c', cwd: '/d', env_vars: ['A'], startup_timeout_sec: 5 },
      { ...started, env_vars: ['A'], startup_timeout_sec: 5 },
    ],
    ['gemini-cli', { type: 'http', url, headers, trust: true }, { ...started, trust: true }],
    ['gemini-cli', { type: 'stdio', command: 'c' }, { type: 'stdio', ...started }],
    [
      'cline',
      { transport: { type: 'sse', url, headers }, disabled: true, oauth: { tokens: {} } },
      { transport: { type: 'stdio', ...started }, disabled: true },
    ],
    [
      'cline',
      { autoApprove: ['t'], transportType: 'http', url },
      { autoApprove: ['t'], transportType: 'stdio', ...started },
    ],
    [
      'opencode',
      { type: 'remote', url, headers, oauth: false, disabled: true },
      { type: 'local', command: [launcher, 'run', 's'], disabled: true },
    ],
    [
      'copilot-cli',
      { type: 'local', command: 'c', tools: ['*'] },
      { type: 'local', ...started, tools: ['*'] },
    ],
    [
      'mcphub-nvim',
      { command: 'c', env: { A: 'x', B: '', C: null } },
      { command: launcher, env: { B: '', C: null }, args: ['run', 's'] },
    ],
    [
      'continue',
      { name: 'it', type: 'sse', url, requestOptions: { headers } },
      { name: 'it', type: 'stdio', ...started },
    ],
    [
      'mistral-vibe',
      { name: 'it', transport: 'http', url, auth: { type: 'static', headers } },
      { name: 'it', transport: 'stdio', ...started },
    ],
  ])('%s %j', (id, raw, expected, env) => {
    expect(JSON.parse(rendered(id, raw, env))).toEqual(expected);
  });

  test('keys keep their order; new ones stand where the URL stood', () => {
    const raw = { disabled: false, type: 'http', note: 'n', url, headers, timeout: 5 };
    expect(rendered('kiro', raw)).toBe(
      `{"disabled":false,"note":"n","command":"${launcher}","args":["run","s"],"timeout":5}`,
    );
    expect(rendered('claude-code', raw)).toBe(
      `{"disabled":false,"type":"stdio","note":"n","command":"${launcher}","args":["run","s"],"timeout":5}`,
    );
  });

  test('ours again is the same', () => {
    for (const row of clientTable.filter(({ access }) => access === 'read-write')) {
      const fresh = renderLauncherEntry(row, undefined, { launcher, server: 's', env: { A: 'x' } });
      const again = renderLauncherEntry(row, entryOf(row.id, fresh), {
        launcher,
        server: 's',
        env: { A: 'x' },
      });
      expect([row.id, again]).toEqual([row.id, fresh]);
    }
  });

  test('what is not a server entry is refused', () => {
    for (const [id, raw] of [
      ['goose', { type: 'builtin', name: 'x' }],
      ['zed', { settings: {} }],
      ['cursor', 'x'],
    ] as const)
      expect(() => rendered(id, raw)).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });
});

describe('a new entry', () => {
  const stdio = { transport: 'stdio', command: 'c', args: ['a'], env: { A: 'x' } } as const;
  const remote = { transport: 'streamable-http', url, headers } as const;
  const shown = (id: string, spec: Parameters<typeof renderLaunchEntry>[2]): unknown =>
    JSON.parse(JSON.stringify(renderLaunchEntry(findClient(id), 'My it', spec)));

  test.each([
    ['claude-desktop', { command: 'c', args: ['a'], env: { A: 'x' } }],
    ['vscode', { type: 'stdio', command: 'c', args: ['a'], env: { A: 'x' } }],
    ['opencode', { type: 'local', command: ['c', 'a'], environment: { A: 'x' } }],
    [
      'goose',
      {
        name: 'My it',
        type: 'stdio',
        cmd: 'c',
        args: ['a'],
        envs: { A: 'x' },
        enabled: true,
        timeout: 300,
      },
    ],
    ['cline', { transport: { type: 'stdio', command: 'c', args: ['a'], env: { A: 'x' } } }],
    [
      'mistral-vibe',
      { name: 'My it', transport: 'stdio', command: 'c', args: ['a'], env: { A: 'x' } },
    ],
    ['copilot-cli', { command: 'c', args: ['a'], env: { A: 'x' }, tools: ['*'] }],
  ])('stdio: %s', (id, expected) => {
    expect(shown(id, stdio)).toEqual(expected);
  });

  test.each([
    ['claude-code', { type: 'http', url, headers }],
    ['cursor', { url, headers }],
    ['windsurf', { serverUrl: url, headers }],
    ['antigravity', { serverUrl: url, headers }],
    ['codex', { url, http_headers: headers }],
    ['qwen-code', { httpUrl: url, headers }],
    ['cline', { transport: { type: 'streamableHttp', url, headers } }],
    [
      'goose',
      { name: 'My it', type: 'streamable_http', uri: url, headers, enabled: true, timeout: 300 },
    ],
    ['opencode', { type: 'remote', url, headers }],
    ['continue', { name: 'My it', url, requestOptions: { headers } }],
    [
      'mistral-vibe',
      { name: 'My it', transport: 'streamable-http', url, auth: { type: 'static', headers } },
    ],
  ])('remote: %s', (id, expected) => {
    expect(shown(id, remote)).toEqual(expected);
  });

  test('SSE is said where the client tells the two apart', () => {
    const sse = { transport: 'sse', url, headers: {} } as const;
    expect(shown('cursor', sse)).toEqual({ type: 'sse', url });
    expect(shown('qwen-code', sse)).toEqual({ url });
    expect(shown('gemini-cli', sse)).toEqual({ type: 'sse', url });
    expect(() => shown('codex', sse)).toThrow(
      'OpenAI Codex (CLI, IDE extension, desktop) has no way to say an SSE server',
    );
  });

  test('no words, no entry', () => {
    const cases = [
      ['claude-desktop', remote],
      ['junie', remote],
      ['claude-desktop', { ...stdio, cwd: '/d' }],
      ['zed', { ...stdio, envFile: '.env' }],
    ] as const;
    for (const [id, spec] of cases) {
      const failing = (): unknown => shown(id, spec);
      expect(failing).toThrow(AppError);
      expect(failing).toThrow(
        expect.objectContaining({ code: 'unsupported', hint: expect.stringMatching(/launcher/i) }),
      );
    }
  });

  test('a command that a shell would tear apart is a list', () => {
    const spaced = { ...stdio, command: '/Library/Application Support/bin/portcullis', env: {} };
    expect(shown('mistral-vibe', spaced)).toMatchObject({ command: [spaced.command], args: ['a'] });
    expect(shown('mistral-vibe', { ...stdio, command: 'C:\\p.exe' })).toMatchObject({
      command: ['C:\\p.exe'],
    });
  });

  test('what a row writes, it reads back', () => {
    const specs = [stdio, remote, { transport: 'sse', url, headers }] as const;
    for (const row of clientTable) {
      for (const spec of specs) {
        const { transports, supported } = row.containers[0]?.dialect.remote ?? {};
        if (
          spec.transport !== 'stdio' &&
          (supported !== true || !transports?.includes(spec.transport))
        )
          continue;
        const { launch } = entryOf(row.id, renderLaunchEntry(row, 'it', spec));
        // One word for both in OpenCode and Kilo Code: read as the newer.
        const both = row.containers[0]?.dialect.remote.types?.read.remote !== undefined;
        const transport = both && spec.transport === 'sse' ? 'streamable-http' : spec.transport;
        expect([row.id, JSON.parse(JSON.stringify(launch))]).toEqual([
          row.id,
          { ...spec, transport },
        ]);
      }
    }
  });

  test('`__proto__` is a variable like any other', () => {
    const env = textMap([['__proto__', 'x']]);
    const value = renderLaunchEntry(findClient('claude-code'), 'it', { ...stdio, env });
    expect(JSON.stringify(value)).toBe('{"command":"c","args":["a"],"env":{"__proto__":"x"}}');
  });
});
