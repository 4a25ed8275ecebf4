/** Drift on the stand's machine: what is exposed stands there without us, and some entries have drifted. */
import type {
  DriftAction,
  DriftCell,
  DriftPlan,
  DriftReport,
  DriftResult,
  DriftSelection,
  DriftState,
  TimelineEntry,
} from '../../shared/models/drift.ts';
import type { Retention } from '../../shared/models/server.ts';
import { addRecord, dropRecord, minutesAgo, type Standing, type World } from './build-world.ts';
import { home } from './people.ts';

/** By place, what the stand's person, clients and tools did; the rest is in step. */
const states: readonly DriftState[] = [
  'wiped-by-client',
  'edited-by-you',
  'rewritten-by-tool',
  'not-there-yet',
  'exposed-again',
  'client-will-overwrite',
  'unreadable',
];

const reasons: Readonly<Partial<Record<DriftState, string>>> = {
  'wiped-by-client': 'The client wrote its file without this entry and two others.',
  'edited-by-you': 'Only this entry differs, and the rest of the file was left alone.',
  'rewritten-by-tool': 'It differs, and comments of the file vanished in the same change.',
  'not-there-yet': 'It is wanted here and was never written.',
  'exposed-again': 'It does not start Portcullis and holds a suspected secret in plain text.',
  'client-will-overwrite': 'Its client runs and writes this file from memory.',
  unreadable: 'The file is not valid JSON: a comma is missing at line 14.',
  foreign: 'Portcullis did not write this entry, and no record places it here.',
  'in-step': 'What stands there means what was written.',
};

/** Drift that was settled since the stand was opened. */
export interface DriftWorld {
  readonly settled: Set<string>;
  readonly ignored: Set<string>;
  retention: Retention;
}

export function lookAtDrift(world: World, drift: DriftWorld): DriftReport {
  const cells = world.standings.map((standing, index) =>
    toCell(standing, stateAt(world, standing, index, drift), drift),
  );
  const heard = cells.filter(({ ignored }) => !ignored);
  const count = (...wanted: readonly DriftState[]) =>
    heard.filter(({ state }) => wanted.includes(state)).length;
  return {
    at: minutesAgo(0),
    clients: world.clients
      .filter(({ detected }) => detected)
      .map(({ id, name, running, access, evidence, files }) => ({
        id,
        name,
        running,
        access,
        evidence,
        policy: 'ask' as const,
        files: files.map(({ path, role, state, writable, entries }, at) => ({
          path,
          role,
          state,
          live: true,
          writable,
          entries,
          takesNew: at === 0 && writable,
        })),
      })),
    servers: [...world.records.values()].map(({ record: { id, name } }) => ({ id, name })),
    cells,
    counts: {
      inStep: count('in-step'),
      drifted: count(...states),
      exposedAgain: count('exposed-again'),
      foreign: count('foreign'),
    },
    paused: [],
    problems: [],
  };
}

function stateAt(
  world: World,
  { id, isProtected }: Standing,
  index: number,
  drift: DriftWorld,
): DriftState {
  if (!isProtected) return 'foreign';
  if (drift.settled.has(id)) return 'in-step';
  if (world.exposedAgain.has(id)) return 'exposed-again';
  if (index % 9 !== 4) return 'in-step';
  return states[Math.floor(index / 9) % states.length] ?? 'in-step';
}

const actionsOf = (state: DriftState): readonly DriftAction[] => {
  if (state === 'in-step') return [];
  if (state === 'foreign') return ['adopt', 'ignore', 'remove'];
  return state === 'unreadable' ? ['adopt'] : ['repair', 'adopt'];
};

function toCell(standing: Standing, state: DriftState, drift: DriftWorld): DriftCell {
  const { id, client, server, serverId, isProtected } = standing;
  const isCalm = state === 'in-step' || state === 'foreign';
  return {
    id,
    client: client.id,
    file: client.file,
    role: 'primary',
    pointer: `/${client.key}/${server.name}`,
    entryName: server.name,
    ...(isProtected ? { server: serverId } : { meaning: `other:${serverId}` }),
    state,
    guess: !isCalm && state !== 'exposed-again' && state !== 'unreadable',
    reason: reasons[state] ?? '',
    evidence: isCalm ? [] : [`${client.name} is known to write its file from memory.`],
    changed: state === 'edited-by-you' ? ['args', 'env'] : [],
    ...(isCalm ? {} : { by: client.name, at: minutesAgo(14) }),
    atRisk: state === 'client-will-overwrite',
    ignored: drift.ignored.has(id),
    exposed: state === 'exposed-again' ? 1 : isProtected ? 0 : server.secrets.length,
    policy: 'ask',
    actions: actionsOf(state).filter((action) => action !== 'ignore' || !drift.ignored.has(id)),
  };
}

export function planDrift(
  world: World,
  drift: DriftWorld,
  { changes = [], all }: DriftSelection,
): DriftPlan {
  const wanted = changes.flatMap((change) =>
    'cell' in change ? [{ action: change.action, cell: change.cell }] : [],
  );
  const everything =
    all === undefined
      ? []
      : lookAtDrift(world, drift)
          .cells.filter(({ actions }) => actions.includes(all.action))
          .filter(({ state }) => state !== 'foreign')
          .map(({ id }) => ({ action: all.action, cell: id }));
  const steps = [...wanted, ...everything].flatMap(({ action, cell }) => {
    const standing = world.standings.find(({ id }) => id === cell);
    return standing === undefined ? [] : [{ action, standing }];
  });
  return planOf(steps);
}

export function planOf(
  steps: readonly { readonly action: DriftAction; readonly standing: PlannedPlace }[],
): DriftPlan {
  const writes = steps.filter(({ action }) => action !== 'ignore');
  const byFile = Map.groupBy(writes, ({ standing }) => standing.client.file);
  return {
    basis: steps.map(({ action, standing }) => `${action}-${standing.id}`).join(),
    items: steps.map(({ action, standing: { id, client, server, serverId } }) => ({
      id,
      action,
      client: client.id,
      file: client.file,
      pointer: `/${client.key}/${server.name}`,
      entryName: server.name,
      server: serverId,
      ticked: true,
      possible: true,
      note: action === 'adopt' ? 'Its secrets move to the keychain.' : '',
    })),
    files: [...byFile].map(([file, group]) => ({
      file,
      diff: group.flatMap(({ action, standing }) => linesOf(action, standing)),
    })),
  };
}

/** A place that is, or that could be. */
export type PlannedPlace = Pick<Standing, 'id' | 'client' | 'server' | 'serverId'>;

function linesOf(action: DriftAction, { server, serverId }: PlannedPlace) {
  const launcher = `${home}/.local/share/portcullis/bin/portcullis`;
  const before = [
    `      "command": "${server.command}",`,
    `      "args": ${JSON.stringify(server.args)}`,
  ];
  const after = [`      "command": "${launcher}",`, `      "args": ["run", "${serverId}"]`];
  const [old, young] =
    action === 'place' ? [[], after] : action === 'displace' ? [after, []] : [before, after];
  return [
    { kind: 'gap' as const, text: '', line: 0 },
    { kind: 'same' as const, text: `    "${server.name}": {`, line: 12 },
    ...old.map((text, at) => ({ kind: 'removed' as const, text, line: 13 + at })),
    ...(action === 'remove' ? [] : young).map((text, at) => ({
      kind: 'added' as const,
      text,
      line: 13 + at,
    })),
    { kind: 'same' as const, text: '    },', line: 16 },
  ];
}

export function applyDrift(world: World, drift: DriftWorld, plan: DriftPlan): DriftResult {
  for (const { id, action } of plan.items) {
    const standing = world.standings.find((one) => one.id === id);
    if (standing === undefined) continue;
    if (action === 'ignore') drift.ignored.add(id);
    else if (action === 'remove' || action === 'displace') {
      world.standings = world.standings.filter((one) => one.id !== id);
      dropRecord(world, standing);
    } else {
      if (!standing.isProtected) addRecord(world, standing, 0);
      standing.isProtected = true;
      drift.settled.add(id);
    }
  }
  return {
    type: 'result',
    receipts: plan.items.map(({ id, action, file, pointer, server }) => ({
      item: id,
      file,
      pointer,
      ...(server === undefined ? {} : { server }),
      outcome: 'done' as const,
      message: 'Done as planned.',
      ...(action !== 'adopt' && plan.files.some((one) => one.file === file)
        ? { write: `write of ${id}` }
        : {}),
    })),
    counts: lookAtDrift(world, drift).counts,
  };
}

export const timeline = (): readonly TimelineEntry[] => [
  {
    at: minutesAgo(14),
    by: 'Claude Desktop',
    guess: true,
    what: 'changed',
    added: [],
    removed: ['github', 'slack', 'notion'],
    changed: [],
    other: false,
    bytes: 310,
    restorable: false,
  },
  {
    at: minutesAgo(60 * 26),
    by: 'Portcullis (desktop)',
    guess: false,
    what: 'changed',
    added: [],
    removed: [],
    changed: ['github', 'slack', 'notion'],
    other: false,
    bytes: 2210,
    backup: 'b2',
    restorable: true,
  },
];
