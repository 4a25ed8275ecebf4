/** The procedures of drift, placements and scopes over the stand's machine. */
import type { DriftStream } from '../../shared/models/drift.ts';
import type { AppEvent } from '../../shared/models/health.ts';
import type { World } from './build-world.ts';
import type { FixtureContract } from './fixture-door.ts';
import {
  applyDrift,
  type DriftWorld,
  lookAtDrift,
  type PlannedPlace,
  planDrift,
  planOf,
  timeline,
} from './fixture-drift.ts';
import { clientSeeds, serverSeeds } from './people.ts';

interface Options {
  readonly world: World;
  readonly tell: (event: AppEvent) => void;
}

export function createDriftApi(os: FixtureContract, { world, tell }: Options) {
  const drift: DriftWorld = {
    settled: new Set(),
    ignored: new Set(),
    retention: { days: 30, copies: 200, bytes: 200_000_000 },
  };
  const changed = () => tell({ type: 'records-changed', revision: 2 });
  const planPlacing = (input: Placing) => planOf(placesOf(world, input));
  return {
    drift: {
      look: os.drift.look.handler(() => lookAtDrift(world, drift)),
      plan: os.drift.plan.handler(({ input }) => planDrift(world, drift, input)),
      apply: os.drift.apply.handler(async function* ({ input }): AsyncGenerator<DriftStream> {
        yield applyDrift(world, drift, planDrift(world, drift, input.selection));
        changed();
      }),
      retention: os.drift.retention.handler(() => drift.retention),
      setRetention: os.drift.setRetention.handler(({ input }) => {
        drift.retention = input;
        changed();
        return {};
      }),
      setPolicy: os.drift.setPolicy.handler(() => ({})),
      unignore: os.drift.unignore.handler(() => {
        drift.ignored.clear();
        changed();
        return {};
      }),
    },
    placement: {
      planPlacement: os.servers.planPlacement.handler(({ input }) => planPlacing(input)),
      setPlacement: os.servers.setPlacement.handler(async function* ({
        input,
      }): AsyncGenerator<DriftStream> {
        const plan = planPlacing(input);
        if (input.placed) {
          for (const { standing } of placesOf(world, input)) {
            world.standings.push({ ...standing, line: 12, isProtected: false });
          }
        }
        yield applyDrift(world, drift, plan);
        changed();
      }),
    },
    files: {
      timeline: os.files.timeline.handler(() => timeline()),
      planUndo: os.files.planUndo.handler(({ input }) => ({
        basis: 'write',
        file: input.file,
        write: input.write ?? 'w1',
        at: new Date(Date.now()).toISOString(),
        way: 'exact' as const,
        note: 'Byte for byte as it was.',
        diff: [],
      })),
      undo: os.files.undo.handler(() => ({})),
    },
  };
}

interface Placing {
  readonly server: string;
  readonly clients: readonly string[];
  readonly placed: boolean;
}

function placesOf(world: World, { server, clients, placed }: Placing) {
  const seed =
    world.standings.find(({ serverId }) => serverId === server)?.server ?? serverSeeds[0];
  return clients.flatMap((id) => {
    const client = clientSeeds.find((one) => one.id === id);
    if (client === undefined || seed === undefined) return [];
    const standing: PlannedPlace = {
      id: `${id}/${server}`,
      client,
      server: seed,
      serverId: server,
    };
    return [{ action: placed ? ('place' as const) : ('displace' as const), standing }];
  });
}
