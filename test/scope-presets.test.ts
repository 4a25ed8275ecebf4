/** The index of presets is in step with the catalogue's snapshot. `PORTCULLIS_UPDATE=1` writes it anew. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findPresets, indexPresets, readPresets } from '../core/scope/catalogue-presets.ts';
import { mayOffer } from '../core/scope/offered-variables.ts';
import { hostSchema, variableNameSchema } from '../shared/models/scope.ts';

const assets = join(import.meta.dirname, '..', 'assets');
const file = join(assets, 'scope-presets.json');
const index = indexPresets(JSON.parse(readFileSync(join(assets, 'catalog-snapshot.json'), 'utf8')));

test('the index is what the snapshot says, and small', async () => {
  const rows = Object.entries(index).map((row) =>
    row.map((part) => JSON.stringify(part)).join(':'),
  );
  const text = `{\n${rows.join(',\n')}\n}\n`;
  if (process.env.PORTCULLIS_UPDATE === '1') writeFileSync(file, text);
  expect(readFileSync(file, 'utf8')).toBe(text);
  expect(statSync(file).size).toBeLessThan(130_000);
  expect(await readPresets()).toEqual(index);
});

test('nothing in it is more than a short line with a plain name', () => {
  const all = Object.values(index);
  const hosts = all.flatMap((row) => row.hosts ?? []);
  expect(hosts.length).toBeGreaterThan(15);
  for (const host of hosts) expect(hostSchema.parse(host)).toBe(host);
  const variables = all.flatMap((row) => row.variables ?? []);
  expect(variables.length).toBeGreaterThan(500);
  for (const { name, about = '', usual = '', secret } of variables) {
    expect(variableNameSchema.parse(name)).toBe(name);
    expect(mayOffer(name), name).toBe(true);
    expect(about).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    expect([...about].length).toBeLessThanOrEqual(110);
    expect(usual).toMatch(/^[\x20-\x7e]{0,60}$/);
    if (secret === true) expect(usual).toBe('');
  }
});

test('what real servers read: a file of its own, a secret, a folder as an argument', () => {
  const memory = index['npm:@modelcontextprotocol/server-memory'];
  expect(memory?.variables).toEqual([
    { name: 'MEMORY_FILE_PATH', about: 'File that holds the graph', path: true },
  ]);
  const files = index['npm:@modelcontextprotocol/server-filesystem'];
  expect(files?.paths).toEqual([
    { name: 'allowed_directory', about: 'A directory the server may access', required: true },
  ]);
});

const entry = (packages: readonly object[], urls: readonly string[] = []) => ({
  servers: [{ server: { packages, remotes: urls.map((url) => ({ url })) } }],
});
const npm = { registryType: 'npm', identifier: '@acme/mcp' };
const read = (variables: readonly object[], args: readonly object[] = []) =>
  indexPresets(entry([{ ...npm, environmentVariables: variables, packageArguments: args }]))[
    'npm:@acme/mcp'
  ] ?? {};

test('variables of the system, of runtimes and of other programs are never offered', () => {
  const hostile = [
    ...['PATH', 'Path', 'HOME', 'SHELL', 'IFS', 'ENV', 'BASH_ENV', 'BASH_FUNC_ls', 'LD_PRELOAD'],
    ...['LD_LIBRARY_PATH', 'DYLD_INSERT_LIBRARIES', 'NODE_OPTIONS', 'node_options', 'NODE_PATH'],
    ...['NODE_EXTRA_CA_CERTS', 'NODE_TLS_REJECT_UNAUTHORIZED', 'npm_config_registry', 'PYTHONPATH'],
    ...[
      'PYTHONSTARTUP',
      'PIP_INDEX_URL',
      'UV_INDEX_URL',
      'PERL5OPT',
      'RUBYOPT',
      'JAVA_TOOL_OPTIONS',
    ],
    ...['ELECTRON_RUN_AS_NODE', 'GIT_SSH_COMMAND', 'SSH_AUTH_SOCK', 'SSH_ASKPASS', 'DOCKER_HOST'],
    ...[
      'DBUS_SESSION_BUS_ADDRESS',
      'XDG_RUNTIME_DIR',
      'HTTPS_PROXY',
      'https_proxy',
      'SSL_CERT_FILE',
    ],
    ...['SSLKEYLOGFILE', 'GCONV_PATH', 'EDITOR', 'PORTCULLIS_HOME', 'PORTCULLIS_REF_X'],
    ...['__proto__', 'A B', 'A=B', 'A\nB', '', '1A', 'Ä', 'x'.repeat(65), 7, null],
  ];
  expect(read(hostile.map((name) => ({ name })))).toEqual({});
  expect(read([{ name: 'ACME_PATH' }]).variables).toEqual([{ name: 'ACME_PATH' }]);
});

test('words of strangers: cut, on one line, with nothing unseen in them', () => {
  const [long, tricky, none, odd] =
    read([
      { name: 'A', description: 'ab '.repeat(4000) },
      { name: 'B', description: 'a\u202eb\n\u001b[31mc\u200bd\ttext\u0301\u0301\u0301\u0301' },
      { name: 'C', description: '\u200b\n ' },
      { name: 'D', description: { toString: 'x' }, default: ['x'] },
    ]).variables ?? [];
  expect([...(long?.about ?? '')].length).toBe(110);
  expect(tricky).toEqual({ name: 'B', about: 'a b [31mc d text\u0301\u0301' });
  expect(none).toEqual({ name: 'C' });
  expect(odd).toEqual({ name: 'D' });
});

test('no value of a secret is kept, whatever the catalogue calls it; no value is long or unseen', () => {
  const variables = read([
    { name: 'ACME_REGION', default: 'eu-1', isSecret: false },
    { name: 'ACME_API_KEY', default: 'planted', isSecret: false },
    { name: 'ACME_THING', default: 'planted', isSecret: true },
    { name: 'ACME_LIMIT', default: 20, isRequired: true },
    { name: 'ACME_LONG', default: 'x'.repeat(61) },
    { name: 'ACME_ODD', default: 'a\u202eb' },
    { name: 'ACME_FIXED', value: 'planted' },
  ]).variables;
  expect(variables).toEqual([
    { name: 'ACME_REGION', usual: 'eu-1' },
    { name: 'ACME_API_KEY', secret: true },
    { name: 'ACME_THING', secret: true },
    { name: 'ACME_LIMIT', required: true, usual: '20' },
    { name: 'ACME_LONG' },
    { name: 'ACME_ODD' },
    { name: 'ACME_FIXED' },
  ]);
});

test('paths: by their format, or by name and words together, and not parts of addresses', () => {
  const about = (description: string) => ({ description });
  const { variables = [], paths } = read(
    [
      { name: 'STORE', format: 'filepath' },
      { name: 'DATA_DIR', ...about('Directory for its data') },
      { name: 'HTTP_PATH', ...about('The endpoint path of the server') },
      { name: 'DIRS', ...about('Comma-separated directories') },
      { name: 'LIMIT_FILE', format: 'number', ...about('files') },
    ],
    [
      { type: 'named', name: '--db', format: 'filepath', isRequired: true },
      { type: 'named', name: '--logPath', ...about('Folder to store logs.') },
      { type: 'positional', valueHint: 'folder', ...about('A directory') },
      { type: 'named', name: '--port', format: 'number' },
      { type: 'named', name: '-x; rm -rf ~', format: 'filepath' },
      { type: 'positional', value: 'mcp' },
    ],
  );
  expect(variables.filter(({ path }) => path).map(({ name }) => name)).toEqual([
    'STORE',
    'DATA_DIR',
  ]);
  expect(paths).toEqual([
    { name: '--db', required: true },
    { name: '--logPath', about: 'Folder to store logs.' },
    { name: 'folder', about: 'A directory' },
  ]);
});

test('lists are short, the first word on a name counts, and a container has hosts only', () => {
  const many = Array.from({ length: 200 }, (_, at) => ({ name: `V${at}` }));
  expect(read(many).variables).toHaveLength(40);
  const twice = [
    { name: 'A', description: 'first' },
    { name: 'A', description: 'second' },
  ];
  expect(read(twice).variables).toEqual([{ name: 'A', about: 'first' }]);
  const boxed = {
    registryType: 'oci',
    identifier: 'acme/mcp',
    environmentVariables: [{ name: 'A' }],
  };
  expect(indexPresets(entry([boxed]))).toEqual({});
});

test('what is no host of anybody is left out: examples, patterns, this computer, addresses', () => {
  const urls = [
    'https://mcp.acme.dev/sse?key={KEY}',
    'https://{tenant}.acme.dev/mcp',
    'https://your-server.example.com/',
    'https://example.com/',
    'http://localhost:3000/',
    'http://127.0.0.1/',
    'http://[::1]/',
    'ftp://files.acme.dev/',
    'https://user:pass@evil.acme.dev@mcp.acme.dev/',
    'not a url',
  ];
  expect(indexPresets(entry([npm], urls))).toEqual({
    'npm:@acme/mcp': { hosts: ['mcp.acme.dev'] },
  });
  expect(indexPresets(entry([npm], urls.slice(1, 8)))).toEqual({});
});

test('a package is found by its command line, whatever version is asked for, and no other is', () => {
  const packages = [
    npm,
    { registryType: 'pypi', identifier: 'Acme_Server' },
    { registryType: 'oci', identifier: 'ghcr.io/acme/mcp:1.2' },
  ];
  const acme = indexPresets(entry(packages, ['https://api.acme.dev/']));
  const find = (command: string, ...args: readonly string[]) =>
    findPresets({ transport: 'stdio', command, args, env: {} }, acme);
  for (const found of [
    find('npx', '-y', '@acme/mcp'),
    find('npx', '-y', '@acme/mcp@1.2.3'),
    find('uvx', 'acme-server==1.0'),
    find('uvx', 'acme.server[extra]@latest'),
    find('docker', 'run', '-i', 'ghcr.io/acme/mcp:2'),
    find('docker', 'run', 'ghcr.io/acme/mcp@sha256:00'),
  ])
    expect(found).toEqual({ hosts: ['api.acme.dev'] });
  for (const none of [
    find('npx', '-y', '@acme/mcp-other'),
    find('npx', 'acme-server'),
    find('/usr/bin/tool', '@acme/mcp'),
    find('npx', '__proto__', 'constructor'),
  ])
    expect(none).toEqual({});
});
