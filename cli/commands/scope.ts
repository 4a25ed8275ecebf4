/** Credential scopes: what a server may reach, what it wanted, what all can reach. */
import { resolve } from 'node:path';
import type { CredentialScope, Level, ScopeFolder } from '../../shared/models/scope.ts';
import type { ScopeView, Trial } from '../../shared/models/scope-view.ts';
import type { Action, Context } from '../command.ts';
import { sayPath, sayTime } from '../ui/say.ts';
import { printTable } from '../ui/table.ts';
import type { Span } from '../ui/terminal.ts';
import { words } from '../words.ts';
import { agree, badInput } from './interaction.ts';

export const scope: Action = async (context) => {
  const [id, verb = 'show'] = context.input.words;
  if (verb !== 'show' && verb !== 'set')
    throw badInput(`A scope has no ${verb}.`, 'Use `portcullis scope ID show` or `… set`.');
  if (context.input.has('upgrade')) return upgrade(context, id);
  if (id === undefined) return showReach(context);
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
  const { terminal, json, input } = context;
  const api = await context.api();
  const before = await api.scope.get({ id });
  const wanted = readScope(context, before);
  const plan = await api.scope.plan({ id, scope: wanted });
  if (input.has('plan')) {
    if (json) terminal.json(plan);
    else printScope(context, plan.after);
    return 0;
  }
  if (!json) printScope(context, plan.after);
  if (!(await agree(context, words.scope.ask(before.name)))) {
    terminal.note(words.protect.stopped);
    return 0;
  }
  const after = await context.finishFirst(() =>
    api.scope.apply({ id, scope: wanted, basis: plan.basis }),
  );
  if (json) terminal.json(after);
  else terminal.line([words.scope.set(id), 'green']);
  return 0;
}

/** What is set now, or suggested, with the options laid over it. */
function readScope({ input }: Context, { scope: known, suggested }: ScopeView): CredentialScope {
  const base = known ?? suggested;
  const folders = new Map(base.folders.map((folder) => [folder.path, folder]));
  for (const path of input.all('hide')) folders.delete(resolve(path));
  for (const access of ['read', 'write'] as const) {
    for (const path of input.all(access).map((text) => resolve(text)))
      folders.set(path, { path, access } satisfies ScopeFolder);
  }
  const hosts = readHosts(input.list('host'), input.list('drop-host'), base.hosts);
  const otherwise = input.text('otherwise') ?? base.otherwise;
  const { otherwise: _, ...rest } = base;
  return {
    ...rest,
    // Checked by the choices of the option.
    level: (input.text('level') as Level | undefined) ?? impliedLevel(base.level, hosts),
    hosts,
    folders: [...folders.values()],
    environment: [...new Set([...base.environment, ...input.list('env')])],
    ...readSecretHosts(input.all('secret-host'), base),
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
  { secretHosts = {} }: CredentialScope,
): Pick<CredentialScope, 'secretHosts'> {
  const rows = new Map(Object.entries(secretHosts));
  for (const text of given) {
    const [, name, host] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (name === undefined || host === undefined)
      throw badInput(
        'A host of a secret is written NAME=HOST.',
        '`--secret-host TOKEN=api.example.com`',
      );
    rows.set(name, [...new Set([...(rows.get(name) ?? []), host])]);
  }
  return rows.size === 0 ? {} : { secretHosts: Object.fromEntries(rows) };
}

async function showBlocked(context: Context, id: string): Promise<number> {
  const { terminal, json } = context;
  const rows = await (await context.api()).scope.blocked({ id });
  if (json) terminal.json(rows);
  else if (rows.length === 0) terminal.line(words.scope.noneBlocked);
  else
    printTable(
      terminal,
      ['host', 'starts', 'last'].map((title) => ({ title })),
      rows.map(({ host, port, starts, last }) => [
        port === undefined ? host : `${host}:${port}`,
        String(starts),
        sayTime(last),
      ]),
    );
  return 0;
}

async function tryOnce(context: Context, id: string): Promise<number> {
  const { terminal, json } = context;
  const api = await context.api();
  context.progress.show(words.starting(id));
  const result = await api.scope.trial({ id });
  context.progress.clear();
  if (json) terminal.json(result);
  else printTrial(context, result);
  return result.works ? 0 : 1;
}

async function upgrade(context: Context, id: string | undefined): Promise<number> {
  const { terminal, json, input } = context;
  const api = await context.api();
  const selection = id === undefined ? {} : { servers: [id] };
  context.progress.show(words.planning);
  const trials = await api.scope.planUpgrade(selection);
  context.progress.clear();
  if (json && !input.has('yes')) {
    terminal.json(trials);
    return 0;
  }
  if (!json) for (const trial of trials) printTrial(context, trial);
  const working = trials.filter(({ works }) => works);
  if (working.length === 0 || input.has('plan')) return 0;
  if (!(await agree(context, words.scope.askUpgrade(working.length)))) return 0;
  const views: ScopeView[] = [];
  for (const { server, plan } of working) {
    const { scope: wanted } = plan.after;
    if (wanted === undefined) continue;
    views.push(await api.scope.apply({ id: server, scope: wanted, basis: plan.basis }));
  }
  if (json) terminal.json(views);
  else for (const { server } of views) terminal.line([words.scope.set(server), 'green']);
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
      String(running.length),
      view.sentence,
    ]),
  );
  terminal.line(reach.sentence);
  return 0;
}

function levelOf(view: ScopeView): Span {
  if (view.level === undefined) return ['refused', 'red'];
  const weak = view.level === 'scoped-environment';
  return [words.scope.levels[view.level], weak ? 'yellow' : 'green'];
}

function printScope({ terminal, home }: Context, view: ScopeView): void {
  const row = (name: string, ...spans: readonly Span[]) =>
    terminal.line([name.padEnd(10), 'dim'], ...spans);
  terminal.line([view.server, 'bold'], view.name === view.server ? '' : `  ${view.name}`);
  row('level', levelOf(view), view.scope === undefined ? `  ${words.scope.notSet}` : '');
  row('allows', view.sentence);
  row('claim', view.claim);
  for (const { path, access } of view.scope?.folders ?? []) row(access, sayPath(path, home));
  for (const warning of view.warnings) row('warning', [warning, 'yellow']);
  if (view.hint !== undefined) row('', [view.hint, 'yellow']);
  if (view.scope === undefined && view.suggested.level !== 'scoped-environment')
    row('next', [`portcullis scope ${view.server} --try`, 'cyan']);
}

function printTrial(context: Context, trial: Trial): void {
  const { terminal, home } = context;
  terminal.line([trial.server, 'bold'], '  ', [trial.message, trial.works ? 'green' : 'red']);
  if (trial.hint !== undefined) terminal.line([trial.hint, 'yellow']);
  for (const { path, access, masked } of trial.wanted ?? [])
    terminal.line(`  ${words.scope.wanted(access)} `, sayPath(path, home), [
      masked ? `  ${words.scope.masked}` : '',
      'yellow',
    ]);
  if (trial.wanted === undefined) terminal.line(['  ', 'dim'], [words.scope.unwatched, 'dim']);
  for (const host of trial.hosts ?? []) terminal.line(`  ${words.scope.talked} ${host}`);
  if (trial.works) terminal.line('  ', trial.plan.after.sentence);
}
