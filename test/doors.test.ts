/**
 * Everything the window can do, the command line can do: each procedure of the contract has a command
 * that calls it. The command's own tests show that it works.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands } from '../cli/commands/table.ts';
import { parseWords } from '../cli/parse.ts';
import { contract } from '../shared/contract.ts';

/** Procedure → words that reach it. */
const reached: Readonly<Record<string, string>> = {
  'overview.get': 'overview',
  'exposure.scan': 'scan',
  'exposure.scanDeep': 'scan --deep',
  'exposure.suppress': 'suppressions add FILE POINTER FINGERPRINT --reason TEXT',
  'exposure.unsuppress': 'suppressions remove FILE POINTER FINGERPRINT',
  'exposure.suppressions': 'suppressions',
  'clients.list': 'clients',
  'clients.entries': 'clients entries',
  'clients.snippet': 'clients snippet CLIENT SERVER',
  'projects.list': 'projects',
  'projects.found': 'projects found',
  'projects.add': 'projects add FOLDER',
  'projects.remove': 'projects remove FOLDER',
  'servers.list': 'servers',
  'servers.get': 'servers show ID',
  'servers.add': 'servers add NAME -- COMMAND',
  'servers.addFromJson': 'servers add --from-json',
  'servers.rename': 'servers rename ID NAME',
  'servers.setEnabled': 'servers disable ID',
  'servers.remove': 'servers remove ID --forget-secrets',
  'secrets.list': 'secrets',
  'secrets.set': 'secrets set ID NAME',
  'secrets.remove': 'secrets remove ID NAME',
  'protect.plan': 'protect --plan',
  'protect.apply': 'protect --yes',
  'protect.runs': 'protect --runs',
  'protect.planUndo': 'protect --undo --plan',
  'protect.undo': 'protect --undo --yes',
  'leave.plan': 'leave --all --plan',
  'leave.apply': 'leave --all --yes',
  'files.history': 'history FILE',
  'files.restore': 'restore FILE',
  'files.timeline': 'history FILE --changes',
  'files.planUndo': 'undo FILE --plan',
  'files.undo': 'undo FILE --yes',
  'drift.look': 'drift',
  'drift.watch': 'drift --watch',
  'drift.plan': 'drift --apply repair --plan',
  'drift.apply': 'drift --apply adopt --yes',
  'drift.setPolicy': 'drift policy repair --client CLIENT',
  'drift.unignore': 'drift unignore FILE ENTRY',
  'drift.retention': 'drift retention',
  'drift.setRetention': 'drift retention --days 90',
  'servers.planPlacement': 'servers enable ID --client CLIENT --plan',
  'servers.setPlacement': 'servers disable ID --client CLIENT --yes',
  'records.exportPlan': 'export --plan',
  'records.export': 'export --with-secrets',
  'records.importPlan': 'import FILE --plan',
  'records.import': 'import FILE --yes',
  'scope.get': 'scope ID',
  'scope.plan': 'scope ID set --plan',
  'scope.apply': 'scope ID set --level confined --yes',
  'scope.trial': 'scope ID --try',
  'scope.planUpgrade': 'scope --upgrade',
  'scope.applyAll': 'scope --upgrade --yes',
  'scope.blocked': 'scope ID --blocked',
  'scope.reach': 'scope',
  'inspect.server': 'inspect ID',
  'inspect.call': 'call ID TOOL --arg NAME=VALUE',
  'doctor.run': 'doctor',
  'doctor.installLauncher': 'doctor --repair',
  'vault.create': 'vault create',
  'vault.open': 'vault open',
  'events.subscribe': 'events',
};

/** Procedures that a command line has no use for, and why. */
const left: Readonly<Record<string, string>> = {
  'secrets.copy': 'the clipboard belongs to a window; a pipe does its work in a shell',
};

const procedures = Object.entries(contract).flatMap(([noun, verbs]) =>
  Object.keys(verbs).map((verb) => `${noun}.${verb}`),
);

/** The code of the door, tests left out. */
const source = ['.', 'commands']
  .map((folder) => join(import.meta.dirname, '..', 'cli', folder))
  .flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8')),
  )
  .join('\n');

describe('the command line', () => {
  test('every procedure of the contract has a command, or a reason not to', () => {
    expect([...Object.keys(reached), ...Object.keys(left)].toSorted()).toEqual(
      procedures.toSorted(),
    );
  });

  test.each(Object.entries(reached))('%s is reached by %s', (procedure, line) => {
    const parsed = parseWords(line.split(' '), commands);
    expect(parsed.kind).toBe('run');
    expect(source).toContain(`.${procedure}(`);
  });

  test('nothing is called that the contract does not have', () => {
    const called = [...source.matchAll(/(?:api|api\(\)\))\.([a-z]+\.[A-Za-z]+)\(/g)];
    expect(called.length).toBeGreaterThan(20);
    expect(
      called.map(([, name]) => name).filter((name) => !procedures.includes(name ?? '')),
    ).toEqual([]);
  });
});
