/**
 * Programs whose packages lie elsewhere: workspaces of npm and pnpm, `npm link`, pnpm's shared store. Real
 * starts at *confined*, with the scope that is suggested; and links that lead where nothing may be shown.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { listClientFiles } from '../../core/launch/client-files.ts';
import { planConfinement } from '../../core/scope/confinement.ts';
import { fixedMaskedPaths } from '../../core/scope/masked-paths.ts';
import { suggestScope } from '../../core/scope/presets.ts';
import { viewScope } from '../../core/servers/scope-view.ts';
import { programFiles } from '../../platform/program-files.ts';
import { createSandbox } from '../../platform/sandbox/sandbox.ts';
import type { CredentialScope } from '../../shared/models/scope.ts';
import type { StdioLaunch } from '../../shared/models/server.ts';
import { plantedValue, serverRecord } from '../support/launcher.ts';
import { openRealInspect } from '../support/real-inspect.ts';

const world = realpathSync(mkdtempSync(join(tmpdir(), 'linked ünï-')));
const home = join(world, 'my home');
const roots = { config: join(home, 'c'), data: join(home, 'd'), cache: join(home, 'k') };
const secret = plantedValue();
const at = (path: string) => join(home, path);

beforeEach(() => mkdirSync(home));
afterEach(() => rmSync(home, { recursive: true, force: true }));
afterAll(() => rmSync(world, { recursive: true, force: true }));

function write(path: string, text: string): string {
  const file = at(path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** As package managers make it: relative. */
function link(path: string, target: string): void {
  const file = at(path);
  mkdirSync(dirname(file), { recursive: true });
  symlinkSync(target.startsWith('/') ? target : relative(dirname(file), at(target)), file);
}

interface Package {
  readonly name: string;
  readonly needs?: readonly string[];
  readonly workspaces?: readonly string[];
  readonly bin?: string;
}

function manifest(folder: string, { name, needs = [], ...more }: Package): void {
  const dependencies = Object.fromEntries(needs.map((need) => [need, '*']));
  const text = { name, version: '1.0.0', type: 'module', main: 'index.js', dependencies, ...more };
  write(`${folder}/package.json`, JSON.stringify(text));
}

/** A package that says its name and what it got from those that it needs. */
function library(folder: string, name: string, needs: readonly string[] = []): void {
  manifest(folder, { name, needs });
  const imports = needs.map((need, index) => `import part${index} from '${need}';`).join('\n');
  const parts = needs.map((_, index) => `part${index}`).join(', ');
  write(
    `${folder}/index.js`,
    `${imports}\nexport default ['${name}', ${parts}].filter(Boolean).join('+');\n`,
  );
}

/** A server with a tool that says what it was put together from, and one that reads a file. */
function program(folder: string, needs: readonly string[]): string {
  manifest(folder, { name: 'server', needs, bin: 'index.js' });
  const imports = needs.map((need, index) => `import part${index} from '${need}';`).join('\n');
  const parts = needs.map((_, index) => `part${index}`).join(', ');
  const text = `#!/usr/bin/env node
${imports}
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
const answer = (id, result) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
const read = (path) => { try { return readFileSync(path, 'utf8'); } catch (thrown) { return thrown.code; } };
const tool = (name) => ({ name, inputSchema: { type: 'object' } });
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === 'initialize') answer(id, { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } });
  else if (method === 'tools/list') answer(id, { tools: [tool('parts'), tool('read')] });
  else if (method === 'tools/call') answer(id, { content: [{ type: 'text', text: params.name === 'read' ? read(params.arguments.path) : [${parts}].join(' ') }] });
  else if (id !== undefined) process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32601, message: 'no' } }) + '\\n');
});
`;
  const file = write(`${folder}/index.js`, text);
  chmodSync(file, 0o755);
  return file;
}

// The Node that runs this, in front of the machine's own.
const machine = {
  platform: 'linux',
  home,
  env: { PATH: [at('.npm-global/bin'), dirname(process.execPath), process.env.PATH].join(':') },
} as const;
const masked = fixedMaskedPaths(machine, roots);
const inspect = openRealInspect({
  machine,
  roots,
  sandbox: createSandbox('linux', { roots, path: process.env.PATH }),
});

const launchOf = (command: string, ...args: readonly string[]): StdioLaunch => ({
  transport: 'stdio',
  command,
  args,
  env: {},
});
const suggest = (launch: StdioLaunch) =>
  suggestScope(launch, { machine, files: programFiles, masked, isClientFile: () => false });
const node = (script: string) => launchOf(process.execPath, script);

async function call(
  launch: StdioLaunch,
  scope: CredentialScope,
  tool: string,
  args: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  expect(scope.level).toBe('confined');
  const { content } = await inspect.call(serverRecord('linked', launch, { scope }), tool, args);
  return content.map((item) => String(item.text)).join('');
}

const packagesOf = ({ packages = [] }: CredentialScope) =>
  packages.map((path) => relative(home, path));

/** The real one: what it makes is what a person has. */
function npm(folder: string, ...args: readonly string[]): void {
  execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund'], {
    cwd: at(folder),
    env: { ...process.env, HOME: home, npm_config_prefix: at('.npm-global') },
    stdio: 'pipe',
  });
}

function npmWorkspace(): string {
  manifest('mono', { name: 'mono', workspaces: ['packages/*'] });
  library('mono/packages/core', '@x/core', ['@x/base']);
  library('mono/packages/base', '@x/base');
  library('mono/packages/billing', '@x/billing');
  const script = program('mono/packages/server', ['@x/core']);
  npm('mono', 'install');
  expect(lstatSync(at('mono/node_modules/@x/core')).isSymbolicLink()).toBe(true);
  write('mono/packages/core/.env', secret);
  write('mono/packages/core/.cursor/mcp.json', secret);
  write('mono/packages/billing/prices.txt', secret);
  return script;
}

test('hostile links show nothing: credentials, home, the disk, clients’ files, others’, what is no package', () => {
  const targets = {
    ssh: at('.ssh'),
    disk: '/',
    home,
    cursor: at('.cursor'),
    system: '/usr/lib',
    ours: roots.data,
    oursBelow: join(roots.data, 'one'),
    notes: at('notes'),
    etc: '/etc',
    up: at('..'),
    file: at('.netrc'),
  };
  for (const path of ['.ssh/id', '.cursor/mcp.json', 'notes/a.txt', 'd/x', '.netrc'])
    write(path, secret);
  // A package by its looks, in a place that holds credentials or settings.
  for (const folder of ['.ssh', '.cursor', 'd', 'd/one', ''])
    write(join(folder, 'package.json'), '{}');
  for (const [name, target] of Object.entries(targets)) link(`own/node_modules/${name}`, target);
  // Nobody declared it: an install script put it there.
  library('other', 'undeclared');
  link('own/node_modules/undeclared', 'other');
  const needs = [...Object.keys(targets), '../../other', '..', '.', '/etc'];
  write('own/index.js', '');
  manifest('own', { name: 'own', needs });
  expect(suggest(node(at('own/index.js'))).packages).toBeUndefined();
});

test('npm workspaces: what it needs, what that needs in turn, and no other package', async () => {
  const launch = node(npmWorkspace());
  const scope = suggest(launch);
  expect(packagesOf(scope)).toEqual(['mono/packages/base', 'mono/packages/core']);
  expect(await call(launch, scope, 'parts')).toBe('@x/core+@x/base');
  const read = (path: string) => call(launch, scope, 'read', { path: at(path) });
  expect(await read('mono/packages/billing/prices.txt')).toBe('ENOENT');
  // What is private in a package stays hidden, and so does what clients keep there.
  expect(await read('mono/packages/core/.env')).not.toContain(secret);
  expect(await read('mono/packages/core/.cursor/mcp.json')).not.toContain(secret);
  // Without them it does not even start, which is what this is for.
  const { packages: _, ...before } = scope;
  await expect(call(launch, before, 'parts')).rejects.toThrow();
});

test('built files with a small package.json of their own', async () => {
  npmWorkspace();
  renameSync(at('mono/packages/server/index.js'), write('mono/packages/server/dist/main.js', ''));
  write('mono/packages/server/dist/package.json', '{"type":"module"}');
  const launch = node(at('mono/packages/server/dist/main.js'));
  const scope = suggest(launch);
  expect(packagesOf(scope)).toEqual(['mono/packages/base', 'mono/packages/core']);
  expect(await call(launch, scope, 'parts')).toBe('@x/core+@x/base');
});

test('a project that is named over a link', async () => {
  npmWorkspace();
  link('shortcut', home);
  const launch = node(at('shortcut/mono/packages/server/index.js'));
  const scope = suggest(launch);
  expect(packagesOf(scope)).toEqual(['mono/packages/base', 'mono/packages/core']);
  expect(await call(launch, scope, 'parts')).toBe('@x/core+@x/base');
  const path = at('shortcut/mono/packages/core/.env');
  expect(await call(launch, scope, 'read', { path })).not.toContain(secret);
});

test('a pnpm workspace: own packages over links, the rest in its store', async () => {
  write('pn/pnpm-workspace.yaml', 'packages:\n  - packages/*\n');
  library('pn/node_modules/.pnpm/left@1.0.0/node_modules/left', 'left', ['right']);
  library('pn/node_modules/.pnpm/right@1.0.0/node_modules/right', 'right');
  link(
    'pn/node_modules/.pnpm/left@1.0.0/node_modules/right',
    'pn/node_modules/.pnpm/right@1.0.0/node_modules/right',
  );
  library('pn/packages/core', '@x/core', ['left']);
  link('pn/packages/core/node_modules/left', 'pn/node_modules/.pnpm/left@1.0.0/node_modules/left');
  const launch = node(program('pn/packages/server', ['@x/core']));
  link('pn/packages/server/node_modules/@x/core', 'pn/packages/core');
  const scope = suggest(launch);
  expect(packagesOf(scope)).toEqual(['pn/packages/core']);
  expect(await call(launch, scope, 'parts')).toBe('@x/core+left+right');
});

test('pnpm’s store that projects share is shown as one place', async () => {
  const store = '.local/share/pnpm/store/v10/links';
  library(`${store}/left/1.0.0/abc/node_modules/left`, 'left', ['right']);
  library(`${store}/right/1.0.0/def/node_modules/right`, 'right');
  link(`${store}/left/1.0.0/abc/node_modules/right`, `${store}/right/1.0.0/def/node_modules/right`);
  const launch = node(program('alone', ['left']));
  link('alone/node_modules/left', `${store}/left/1.0.0/abc/node_modules/left`);
  const scope = suggest(launch);
  expect(packagesOf(scope)).toEqual([store]);
  expect(await call(launch, scope, 'parts')).toBe('left+right');
});

test('npm link: a package of another project, with the modules above it', async () => {
  manifest('work/tools', { name: 'tools', workspaces: ['dep', 'deep'] });
  library('work/tools/dep', 'dep', ['deep']);
  library('work/tools/deep', 'deep');
  npm('work/tools', 'install');
  npm('work/tools/dep', 'link');
  const launch = node(program('app', ['dep']));
  npm('app', 'link', 'dep');
  expect(lstatSync(at('app/node_modules/dep')).isSymbolicLink()).toBe(true);
  const scope = suggest(launch);
  expect(packagesOf(scope)).toEqual([
    'work/tools/deep',
    'work/tools/dep',
    'work/tools/node_modules',
  ]);
  expect(await call(launch, scope, 'parts')).toBe('dep+deep');
});

test('npm link of the server itself: its command is a link to a project', async () => {
  program('work/own', ['left']);
  npm('work/own', 'link');
  library('work/own/node_modules/left', 'left');
  const launch = launchOf('server');
  const scope = suggest(launch);
  expect(packagesOf(scope)).toEqual(['work/own']);
  expect(await call(launch, scope, 'parts')).toBe('left');
});

test('a link that was swapped after the plan shows nothing new; a swapped package stops the start', async () => {
  const launch = node(npmWorkspace());
  const scope = suggest(launch);
  write('other/package.json', '{}');
  write('other/key.txt', secret);
  rmSync(at('mono/node_modules/@x/core'));
  link('mono/node_modules/@x/core', 'other');
  await expect(call(launch, scope, 'parts')).rejects.toThrow(/ended|ERR_MODULE_NOT_FOUND/);

  rmSync(at('mono/node_modules/@x/core'));
  link('mono/node_modules/@x/core', 'mono/packages/core');
  expect(await call(launch, scope, 'parts')).toBe('@x/core+@x/base');
  renameSync(at('mono/packages/base'), at('base'));
  link('mono/packages/base', 'other');
  await expect(call(launch, scope, 'parts')).rejects.toMatchObject({ code: 'not_confined' });
});

test('a package that the workspace gained later: the scope says that it is missing', () => {
  const launch = node(npmWorkspace());
  const { packages: _, ...before } = suggest(launch);
  const ports = { machine, roots, programFiles, sandbox: createSandbox('linux', { roots }) };
  const warningsOf = (scope: CredentialScope) =>
    viewScope(serverRecord('linked', launch, { scope }), ports, {}).warnings;
  expect(warningsOf(before)).toEqual(
    ['base', 'core'].map(
      (name) =>
        `Its program needs ${at(`mono/packages/${name}`)}, which it does not see: try it again.`,
    ),
  );
  expect(warningsOf(suggest(launch))).toEqual([]);
});

test('a record that was edited by hand shows no place of credentials or of the system, nor the home', async () => {
  const launch = node(npmWorkspace());
  write('.ssh/id', secret);
  const credentials = [at('.ssh'), at('.ssh/below'), home, '/', world, roots.config];
  for (const path of [...credentials, '/etc', '/etc/ssl', '/opt', '/run/lock']) {
    if (path.startsWith(world)) mkdirSync(path, { recursive: true });
    const scope = { ...suggest(launch), packages: [path] };
    await expect(call(launch, scope, 'parts'), path).rejects.toMatchObject({
      code: 'not_confined',
    });
  }
  // A folder that is no package is not shown either.
  const path = write('papers/a.txt', secret);
  const scope = {
    ...suggest(launch),
    packages: [at('papers'), ...(suggest(launch).packages ?? [])],
  };
  expect(await call(launch, scope, 'read', { path })).toBe('ENOENT');
});

test('packages that name any number of others, with any number of folders: looked at once, and not for all', () => {
  const names = Array.from({ length: 5000 }, (_, index) => `missing-${index}`);
  const own = Array.from({ length: 20 }, (_, index) => `part-${index}`);
  manifest('many', { name: 'many', needs: [...own, ...names] });
  const launch = node(write('many/index.js', ''));
  write('parts/node_modules/installed/package.json', '{}');
  for (const name of own) {
    manifest(`parts/${name}`, { name, needs: names });
    for (let folder = 0; folder < 40; folder += 1) write(`parts/${name}/f${folder}/.env`, secret);
    link(`many/node_modules/${name}`, `parts/${name}`);
  }
  const asked = { probe: 0, realpath: 0 };
  const counting: typeof programFiles = {
    ...programFiles,
    probe: (path) => {
      asked.probe += 1;
      return programFiles.probe(path);
    },
    realpath: (path) => {
      asked.realpath += 1;
      return programFiles.realpath(path);
    },
  };
  const scope = suggestScope(launch, {
    machine,
    files: counting,
    masked,
    isClientFile: () => false,
  });
  expect(packagesOf(scope)).toHaveLength(20);
  // 21 packages, a thousand names each, in the one folder that Node looks in.
  expect(asked.probe).toBeLessThan(21 * 1000 * 2);
  asked.realpath = 0;
  const start = { server: 'many', file: launch.command, args: launch.args, env: {}, cwd: home };
  const { masks } = planConfinement({
    ...{ start, scope, machine, roots, files: counting, listClientFiles },
    ...{ given: [], network: 'open', loginPath: undefined },
  });
  expect(masks).toHaveLength(20 * 40);
  // Each of what is hidden, and what is shown; not each for each.
  expect(asked.realpath).toBeLessThan(20 * 40 * 3);
});

test('a package of somebody else is left alone', () => {
  library('theirs', 'theirs');
  const launch = node(program('app', ['theirs']));
  link('app/node_modules/theirs', 'theirs');
  expect(packagesOf(suggest(launch))).toEqual(['theirs']);
  // Nobody here may give a folder away: the disk is asked and one answer is changed.
  const probe = (path: string) => ({
    ...programFiles.probe(path),
    ...(path === at('theirs') ? { mine: false } : {}),
  });
  const files = { ...programFiles, probe };
  expect(
    suggestScope(launch, { machine, files, masked, isClientFile: () => false }).packages,
  ).toBeUndefined();
});
