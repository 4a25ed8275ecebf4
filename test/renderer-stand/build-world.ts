/** Makes a whole made-up machine from how much of everything there should be. No randomness. */
import type { ClientSummary, EntrySummary } from '../../shared/models/client.ts';
import type { Finding, ScanReport } from '../../shared/models/finding.ts';
import type { Check, Overview, SecretView, ServerView } from '../../shared/models/health.ts';
import type {
  PlanFile,
  PlanItem,
  PlanQuestion,
  ProtectPlan,
  Receipt,
  RunSummary,
} from '../../shared/models/protect.ts';
import { goodChecks } from './good-checks.ts';
import {
  type ClientSeed,
  clientSeeds,
  home,
  type SecretSeed,
  type ServerSeed,
  serverSeeds,
} from './people.ts';

/** One server standing in one client's file. */
export interface Standing {
  readonly id: string;
  readonly server: ServerSeed;
  readonly serverId: string;
  readonly client: ClientSeed;
  readonly line: number;
  isProtected: boolean;
}

export interface World {
  keychain: Overview['keychain'];
  clients: ClientSummary[];
  standings: Standing[];
  records: Map<string, ServerView>;
  secrets: SecretView[];
  extraFindings: Finding[];
  /** Env files, copies and what is left alone, beside the entries. */
  extraItems: PlanItem[];
  questions: PlanQuestion[];
  /** Receipts in place of the usual ones, by item. */
  failures: Map<string, Pick<Receipt, 'outcome' | 'message' | 'code' | 'hint'>>;
  /** What only the deep scan finds. */
  deepFindings: Finding[];
  warnings: ScanReport['warnings'];
  suppressed: { file: string; pointer: string; fingerprint: string; reason: string; at: string }[];
  runs: RunSummary[];
  runStandings: Map<string, string[]>;
  checks: Check[];
  projects: string[];
  broken: Overview['broken'];
  unfinished: string[];
  possible: number;
  /** Places, `client/server`, where a protected secret stands in plain text again. */
  readonly exposedAgain: Set<string>;
}

export interface Shape {
  readonly servers: number;
  readonly clients: number;
  /** Of the standings, how many in a hundred are protected already. */
  readonly protectedShare: number;
  readonly standsIn: (server: number, client: number) => boolean;
}

export const minutesAgo = (minutes: number) =>
  new Date(Date.now() - minutes * 60_000).toISOString();

export function buildWorld(shape: Shape): World {
  const clients = clientSeeds.slice(0, shape.clients);
  const standings: Standing[] = [];
  for (let s = 0; s < shape.servers; s += 1) {
    for (const [c, client] of clients.entries()) {
      if (!shape.standsIn(s, c)) continue;
      const { server, serverId } = seedOf(s);
      standings.push({
        id: `${client.id}/${serverId}`,
        server,
        serverId,
        client,
        line: 4 + ((s * 7) % 90),
        isProtected: (s * 37) % 100 < shape.protectedShare,
      });
    }
  }
  const world: World = {
    keychain: { state: 'ready', backend: 'Secret Service (GNOME Keyring)' },
    clients: [],
    standings,
    records: new Map(),
    secrets: [],
    extraFindings: [],
    extraItems: [],
    questions: [],
    failures: new Map(),
    deepFindings: [],
    warnings: [],
    suppressed: [],
    runs: [],
    runStandings: new Map(),
    checks: goodChecks(),
    projects: [],
    broken: [],
    unfinished: [],
    possible: 0,
    exposedAgain: new Set(),
  };
  for (const standing of standings) if (standing.isProtected) addRecord(world, standing, 60 * 26);
  world.clients = clientSeeds.map((seed, index) => summarise(world, seed, index < shape.clients));
  return world;
}

function seedOf(index: number): { server: ServerSeed; serverId: string } {
  const seed = serverSeeds[index % serverSeeds.length];
  if (seed === undefined) throw new Error('no seeds');
  const round = Math.floor(index / serverSeeds.length);
  const serverId = round === 0 ? seed.name : `${seed.name}-${round + 1}`;
  return { server: { ...seed, name: serverId }, serverId };
}

export function addRecord(world: World, standing: Standing, minutes: number): void {
  const { serverId, server, client } = standing;
  const placement = {
    client: client.id,
    file: client.file,
    pointer: pointerOf(standing),
    entryName: server.name,
    written: 'a'.repeat(64),
    writtenAt: minutesAgo(minutes),
  };
  const known = world.records.get(serverId);
  const placements = [...(known?.record.placements ?? []), placement];
  const storedAt = minutesAgo(minutes + serverId.length * 900);
  world.records.set(serverId, {
    record: {
      id: serverId,
      name: server.name,
      enabled: known?.record.enabled ?? true,
      launch: {
        transport: 'stdio',
        command: server.command,
        args: server.args,
        env: Object.fromEntries(server.secrets.map(({ name }) => [name, `\${secret:${name}}`])),
      },
      secrets: server.secrets.map(({ name, kind, rotateUrl }) => ({
        name,
        kind,
        storedAt,
        ...(rotateUrl === undefined ? {} : { rotateUrl }),
      })),
      placements,
      createdAt: storedAt,
      updatedAt: storedAt,
    },
    shown: shownCommand(server),
    health: known?.health ?? {
      state: 'ready',
      message: 'Ready.',
      lastLaunch: minutesAgo(minutes + serverId.length * 11),
      running: serverId.length % 4 === 2 ? 1 : 0,
    },
    missing: [],
    warnings: [],
  });
  const clients = placements.map((one) => one.client);
  world.secrets = [
    ...world.secrets.filter((one) => one.server !== serverId),
    ...server.secrets.map(({ name, kind, rotateUrl }) => ({
      server: serverId,
      serverName: server.name,
      name,
      kind,
      storedAt,
      state: 'stored' as const,
      clients,
      ...(rotateUrl === undefined ? {} : { rotateUrl }),
    })),
  ];
}

export function dropRecord(world: World, standing: Standing): void {
  const known = world.records.get(standing.serverId);
  if (known === undefined) return;
  const placements = known.record.placements.filter(({ client }) => client !== standing.client.id);
  if (placements.length > 0) {
    world.records.set(standing.serverId, { ...known, record: { ...known.record, placements } });
    return;
  }
  world.records.delete(standing.serverId);
  world.secrets = world.secrets.filter(({ server }) => server !== standing.serverId);
}

const shownCommand = ({ command, args }: ServerSeed) => [command, ...args].join(' ');

const pointerOf = ({ client, server }: Standing) => `/${client.key}/${server.name}`;

function summarise(world: World, seed: ClientSeed, detected: boolean): ClientSummary {
  return {
    id: seed.id,
    name: seed.name,
    detected,
    evidence: seed.evidence ?? 'source-verified',
    access: seed.access ?? 'read-write',
    running: detected && seed.id.length % 3 === 0,
    reload: seed.reload,
    ...(seed.note === undefined ? {} : { reloadNote: seed.note }),
    files: [
      {
        path: seed.file,
        role: 'primary',
        state: detected ? 'present' : 'missing',
        entries: world.standings.filter(({ client }) => client.id === seed.id).length,
        managed: 0,
        writable: seed.access !== 'read-only',
      },
    ],
  };
}

export function listClients(world: World): readonly ClientSummary[] {
  return world.clients.map((client) => ({
    ...client,
    files: client.files.map((file, index) =>
      index > 0
        ? file
        : {
            ...file,
            managed: world.standings.filter((one) => one.client.id === client.id && one.isProtected)
              .length,
          },
    ),
  }));
}

export function listEntries(world: World): readonly EntrySummary[] {
  return world.standings.map((standing) => ({
    client: standing.client.id,
    file: standing.client.file,
    pointer: pointerOf(standing),
    name: standing.server.name,
    transport: 'stdio',
    shown: standing.isProtected
      ? `${home}/.local/share/portcullis/bin/portcullis run ${standing.serverId}`
      : [
          ...standing.server.secrets.map(({ name, preview }) => `${name}=${preview}`),
          standing.server.command,
          ...standing.server.args,
        ].join(' '),
    enabled: true,
    ...(standing.isProtected ? { server: standing.serverId } : {}),
  }));
}

const fingerprintOf = (serverId: string, secret: SecretSeed) => `${serverId}:${secret.name}`;

export function listFindings(world: World): readonly Finding[] {
  const ours = world.standings
    .filter(({ isProtected }) => !isProtected)
    .flatMap((standing) => standing.server.secrets.map((one) => toFinding(standing, one)));
  return [...ours, ...world.extraFindings].filter(
    (finding) =>
      !world.suppressed.some(
        ({ file, fingerprint }) => file === finding.file && fingerprint === finding.fingerprint,
      ),
  );
}

function toFinding(standing: Standing, secret: SecretSeed): Finding {
  const isNamed = secret.label !== 'key or token';
  return {
    file: standing.client.file,
    pointer: `${pointerOf(standing)}/env/${secret.name}`,
    kind: secret.kind,
    family: secret.kind.split('-')[0] ?? '',
    label: secret.label,
    confidence: isNamed ? 'certain' : 'likely',
    where: 'env',
    line: standing.line,
    reason: isNamed
      ? secret.label.startsWith('password')
        ? 'A connection string holds a password.'
        : `The value has the form of a ${secret.label}.`
      : `The name ${secret.name} says that a key or token stands here.`,
    fingerprint: fingerprintOf(standing.serverId, secret),
    preview: secret.preview,
    client: standing.client.id,
    entry: standing.server.name,
    fixes: ['protect', 'rotate'],
    ...(secret.rotateUrl === undefined ? {} : { rotateUrl: secret.rotateUrl }),
  };
}

export function makePlan(world: World, chosen: readonly string[] | undefined): ProtectPlan {
  const open = world.standings.filter(
    ({ isProtected, server }) => !isProtected && server.secrets.length > 0,
  );
  const hidden = new Set(
    world.suppressed.map(({ file, fingerprint }) => `${file}\n${fingerprint}`),
  );
  const items = open.flatMap((standing) => toItem(standing, hidden));
  const shown = new Set(chosen ?? items.filter(({ ticked }) => ticked).map(({ id }) => id));
  const changed = open.filter(({ id }) => shown.has(id));
  const byServer = Map.groupBy(open, ({ serverId }) => serverId);
  const byFile = Map.groupBy(changed, ({ client }) => client.file);
  return {
    basis: `basis-${open.map(({ id }) => id).join()}-${world.suppressed.length}`.slice(0, 400),
    items: [...items, ...world.extraItems],
    servers: [...byServer].map(([id, group]) => ({
      id,
      name: group[0]?.server.name ?? id,
      isNew: !world.records.has(id),
      shown: shownCommand(group[0]?.server ?? { name: id, command: id, args: [], secrets: [] }),
      clients: group.map(({ client }) => client.id),
      warnings: [],
    })),
    questions: world.questions,
    files: [...byFile].map(([file, group]) => toFile(file, group)),
  };
}

function toItem(standing: Standing, hidden: ReadonlySet<string>): readonly PlanItem[] {
  const { id, client, server, serverId, line } = standing;
  const secrets = server.secrets
    .filter((one) => !hidden.has(`${client.file}\n${fingerprintOf(serverId, one)}`))
    .map((one) => ({
      name: one.name,
      kind: one.kind,
      label: one.label,
      preview: one.preview,
      fingerprint: fingerprintOf(serverId, one),
      where: 'env' as const,
      ...(one.rotateUrl === undefined ? {} : { rotateUrl: one.rotateUrl }),
    }));
  if (secrets.length === 0) return [];
  const isSecondary = client.evidence === 'secondary';
  return [
    {
      id,
      kind: 'entry',
      file: client.file,
      pointer: pointerOf(standing),
      line,
      client: client.id,
      entry: server.name,
      server: serverId,
      secrets,
      ticked: !isSecondary,
      possible: true,
      note: isSecondary ? `How ${client.name} stores servers is known from second hand.` : '',
      ...(isSecondary ? { consent: 'secondary-evidence' as const } : {}),
    },
  ];
}

function toFile(file: string, group: readonly Standing[]): PlanFile {
  const launcher = `${home}/.local/share/portcullis/bin/portcullis`;
  const diff = group.flatMap(({ server, serverId, line }) => [
    { kind: 'gap' as const, text: '', line: 0 },
    { kind: 'same' as const, text: `    "${server.name}": {`, line },
    { kind: 'removed' as const, text: `      "command": "${server.command}",`, line: line + 1 },
    {
      kind: 'removed' as const,
      text: `      "args": ${JSON.stringify(server.args)},`,
      line: line + 2,
    },
    {
      kind: 'removed' as const,
      text: `      "env": { ${server.secrets.map(({ name, preview }) => `"${name}": "${preview}"`).join(', ')} }`,
      line: line + 3,
    },
    { kind: 'added' as const, text: `      "command": "${launcher}",`, line: line + 1 },
    { kind: 'added' as const, text: `      "args": ["run", "${serverId}"]`, line: line + 2 },
    { kind: 'same' as const, text: '    },', line: line + 4 },
  ]);
  const client = group[0]?.client.id;
  return { file, diff, ...(client === undefined ? {} : { client }) };
}
