/** Credential scopes: what a server may reach, what it wanted, what all can reach. */
import { resolve } from 'node:path';
import { allowHosts as allowBlocked } from '../../shared/allow-hosts.ts';
import type { CredentialScope, Level, Runtime, ScopeFolder } from '../../shared/models/scope.ts';
import type { BlockedHost, Running, ScopeView } from '../../shared/models/scope-view.ts';
import type { Action, Context } from '../command.ts';
import { sayBytes, sayPath, sayTime } from '../ui/say.ts';
import { printTable } from '../ui/table.ts';
import type { Span } from '../ui/terminal.ts';
import { words } from '../words.ts';
import { agree, badInput } from './interaction.ts';
import { type PrintRow, printCatalogue, printPlaces } from './scope-ideas.ts';
import { tryOnce, upgrade } from './scope-trial.ts';

export const scope: Action = async (context) => {
  const [id, verb = 'show'] = context.input.words;
  if (verb !== 'show' && verb !== 'set')
    throw badInput(`A scope has no ${verb}.`, 'Use `portcullis scope ID show` or `… set`.');
  if (context.input.has('upgrade')) return upgrade(context, id);
  if (id === undefined) return showReach(context);
  if (context.input.list('allow').length > 0) return allowHosts(context, id);
  if (context.input.has('blocked')) return showBlocked(context, id);
  if (context.input.has('try')) return tryOnce(context, id);
  return verb === 'set' ? setScope(context, id) : showScope(context, id);
};

async function showScope(context: Context, id: string): Promise<number> {
  const view = await (await context.api()).scope.get({ id });
  if (context.json) context.terminal.json(view);
  else printScope(context, view);
  return 0;
}

async function setScope(context: Context, id: string): Promise<number> {
  const before = await (await context.api()).scope.get({ id });
  return agreeTo(
    context,
    before,
    context.input.has('forget') ? undefined : readScope(context, before),
  );
}

/** Plans, asks, applies. */
async function agreeTo(
  context: Context,
  { server: id, name }: ScopeView,
  wanted: CredentialScope | undefined,
): Promise<number> {
  const change = { id, ...(wanted === undefined ? {} : { scope: wanted }) };
  const { terminal, json, input } = context;
  const api = await context.api();
  const plan = await api.scope.plan(change);
  if (input.has('plan')) {
    if (json) terminal.json(plan);
    else printScope(context, plan.after);
    return 0;
  }
  if (!json) printScope(context, plan.after);
  const { ask, askForget, set, forgotten } = words.scope;
  if (!(await agree(context, (wanted === undefined ? askForget : ask)(name)))) {
    terminal.note(words.protect.stopped);
    return 0;
  }
  const after = await context.finishFirst(() => api.scope.apply({ ...change, basis: plan.basis }));
  if (json) terminal.json(after);
  else terminal.line([(wanted === undefined ? forgotten : set)(id), 'green']);
  return 0;
}

/** What is set now, or suggested, with the options laid over it. */
function readScope({ input }: Context, { scope: known, suggested }: ScopeView): CredentialScope {
  const base = known ?? suggested;
  const folders = new Map(base.folders.map((folder) => [folder.path, folder]));
  const hidden = input.all('hide').map((path) => resolve(path));
  for (const path of hidden) folders.delete(path);
  for (const access of ['read', 'write'] as const) {
    for (const path of input.all(access).map((text) => resolve(text)))
      folders.set(path, { path, access } satisfies ScopeFolder);
  }
  const hosts = readHosts(input.list('host'), input.list('drop-host'), base.hosts);
  const packages = base.packages?.filter((path) => !hidden.includes(path));
  const otherwise = input.text('otherwise') ?? base.otherwise;
  const { otherwise: _, ...rest } = base;
  return {
    ...rest,
    // Checked by the choices of the option.
    level: (input.text('level') as Level | undefined) ?? impliedLevel(base.level, hosts),
    hosts,
    folders: [...folders.values()],
    ...(packages === undefined ? {} : { packages }),
    runtime: (input.text('runtime') as Runtime | undefined) ?? base.runtime,
    environment: [...new Set([...base.environment, ...input.list('env')])].filter(
      (name) => !input.list('drop-env').includes(name),
    ),
    ...readSecretHosts(input.all('secret-host'), input.all('drop-secret-host'), base),
    ...(otherwise === 'lower' ? { otherwise } : {}),
  };
}

function readHosts(
  added: readonly string[],
  removed: readonly string[],
  known: CredentialScope['hosts'],
): CredentialScope['hosts'] {
  const last = added.at(-1);
  if (last === 'any' || last === 'none') return last;
  const before = typeof known === 'string' ? [] : known;
  if (added.length + removed.length === 0) return known;
  return [...new Set([...before, ...added])].filter((host) => !removed.includes(host));
}

/** To name hosts is to want them enforced, to take the list away is not to want less confinement. */
function impliedLevel(level: Level, hosts: CredentialScope['hosts']): Level {
  const listed = typeof hosts !== 'string';
  if (listed && level === 'confined') return 'listed-hosts';
  if (hosts === 'any' && (level === 'listed-hosts' || level === 'masked')) return 'confined';
  return level;
}

function readSecretHosts(
  given: readonly string[],
  dropped: readonly string[],
  { secretHosts = {} }: CredentialScope,
): Partial<CredentialScope> {
  const rows = new Map(Object.entries(secretHosts));
  for (const [name, host] of given.map(readPair))
    rows.set(name, [...new Set([...(rows.get(name) ?? []), host])]);
  for (const [name, host] of dropped.map(readPair)) {
    const left = (rows.get(name) ?? []).filter((one) => one !== host);
    // A secret without a row is for every listed host: the last one cannot go unnoticed.
    if (left.length > 0) rows.set(name, left);
    else rows.delete(name);
  }
  return rows.size === 0 ? { secretHosts: undefined } : { secretHosts: Object.fromEntries(rows) };
}

function readPair(text: string): readonly [name: string, host: string] {
  const [, name, host] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name !== undefined && host !== undefined) return [name, host];
  throw badInput(
    'A host of a secret is written NAME=HOST.',
    'For example `--secret-host TOKEN=api.example.com`.',
  );
}

/** Hosts that it was kept from join the list, each by name or all of them. */
async function allowHosts(context: Context, id: string): Promise<number> {
  const api = await context.api();
  const [before, blocked] = await Promise.all([api.scope.get({ id }), api.scope.blocked({ id })]);
  const names = blocked.map(nameBlocked);
  const wanted = context.input.list('allow').flatMap((name) => (name === 'all' ? names : [name]));
  const stray = wanted.find((name) => !names.includes(name));
  if (stray !== undefined)
    throw badInput(
      `It was not kept from ${stray}.`,
      `Look at \`portcullis scope ${id} --blocked\`; any other host: \`portcullis scope ${id} set --host ${stray}\`.`,
    );
  const { scope: known, secrets } = before;
  if (known === undefined || known.hosts === 'any')
    throw badInput('Its hosts are not limited.', 'Nothing needs to be allowed.');
  if (wanted.length === 0) return showBlocked(context, id);
  return agreeTo(context, before, allowBlocked(known, wanted, secrets));
}

/** As a host of a scope: the port stands there only when it is not that of TLS. */
function nameBlocked({ host, port }: BlockedHost): string {
  return port === undefined || port === 443 ? host : `${host}:${port}`;
}

async function showBlocked(context: Context, id: string): Promise<number> {
  const { terminal, json } = context;
  const rows = await (await context.api()).scope.blocked({ id });
  if (json) terminal.json(rows);
  else if (rows.length === 0) terminal.line(words.scope.noneBlocked);
  else {
    printTable(
      terminal,
      ['host', 'starts', 'last'].map((title) => ({ title })),
      rows.map((row) => [nameBlocked(row), String(row.starts), sayTime(row.last)]),
    );
    terminal.line([`portcullis scope ${id} --allow HOST`, 'cyan'], words.scope.orAll);
  }
  return 0;
}

async function showReach(context: Context): Promise<number> {
  const { terminal, json } = context;
  const reach = await (await context.api()).scope.reach({});
  if (json) {
    terminal.json(reach);
    return 0;
  }
  printTable(
    terminal,
    ['server', 'level', 'running', 'may'].map((title) => ({ title, mayWrap: title === 'may' })),
    reach.servers.map(({ view, running }) => [
      [view.server, 'bold'],
      levelOf(view),
      sayRunning(running),
      view.sentence,
    ]),
  );
  terminal.line(reach.sentence);
  return 0;
}

function sayRunning(running: readonly Running[]): string {
  const known = running.flatMap(({ beside }) => beside ?? []);
  const sum = known.reduce((left, right) => left + right, 0);
  return known.length === 0 ? String(running.length) : `${running.length}, ${sayBytes(sum)}`;
}

function levelOf(view: ScopeView): Span {
  if (view.remote) return [words.scope.remote, 'dim'];
  if (view.level === undefined) return ['refused', 'red'];
  const weak = view.level === 'scoped-environment';
  return [words.scope.levels[view.level], weak ? 'yellow' : 'green'];
}

function printScope(context: Context, view: ScopeView): void {
  const { terminal, home } = context;
  const row = (name: string, ...spans: readonly Span[]) =>
    terminal.line([name.padEnd(10), 'dim'], ...spans);
  terminal.line([view.server, 'bold'], view.name === view.server ? '' : `  ${view.name}`);
  row('level', levelOf(view), view.scope === undefined ? `  ${words.scope.notSet}` : '');
  row('allows', view.sentence);
  row('claim', view.claim);
  if (view.scope !== undefined) printParts(row, view.scope, home);
  for (const run of view.running ?? [])
    row('runs', words.scope.running(words.scope.levels[run.level]), besideOf(run));
  for (const { host, secret } of view.ideas)
    row('perhaps', host, [`  ${words.scope.idea(secret)}`, 'dim']);
  printCatalogue(row, view);
  for (const warning of view.warnings) row('warning', [warning, 'yellow']);
  printPlaces(row, view, home);
  if (view.hint !== undefined) row('', [view.hint, 'yellow']);
  if (view.scope === undefined && view.suggested.level !== 'scoped-environment')
    row('next', [`portcullis scope ${view.server} --try`, 'cyan']);
}

function printParts(row: PrintRow, scope: CredentialScope, home: string): void {
  row('runtime', scope.runtime);
  for (const { path, access } of scope.folders) row(access, sayPath(path, home));
  for (const path of scope.packages ?? []) row('package', sayPath(path, home));
  for (const name of scope.environment) row('variable', name);
  for (const [name, hosts] of Object.entries(scope.secretHosts ?? {}))
    row('secret', `${name} ${words.scope.only} ${hosts.join(', ')}`);
}

function besideOf({ beside }: Running): Span {
  return beside === undefined ? '' : [`  ${words.scope.beside(sayBytes(beside))}`, 'dim'];
}
