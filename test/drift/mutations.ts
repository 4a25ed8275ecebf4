/**
 * Changes of records, keychain items and clients' files through two doors, each door a lane of its
 * own that keeps what it was answered: what succeeded must be there in the end, and what failed must
 * have said so with a code.
 */

import type { Api } from '../../shared/api.ts';
import { isErrorCode } from '../../shared/errors.ts';
import type { DriftResult } from '../../shared/models/drift.ts';
import { type Env, runCli } from '../support/cli.ts';

/** What a door can do here. Each rejects with an `Answered` when the door says no. */
export interface Door {
  addServer(id: string): Promise<void>;
  rename(id: string, name: string): Promise<void>;
  place(id: string, client: string, placed: boolean): Promise<void>;
  setSecret(server: string, name: string, value: string): Promise<void>;
  addFolder(folder: string): Promise<void>;
}

/** A failure with its code. */
export class Answered extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** What one lane was told is so. Lanes share no server, no secret and no folder. */
export interface Kept {
  readonly names: Map<string, string>;
  readonly placed: Map<string, Set<string>>;
  readonly secrets: Map<string, string>;
  readonly folders: Set<string>;
  /** Codes of what was refused and asked for again. */
  readonly refused: string[];
}

const launch = { transport: 'stdio', command: 'x', args: [], env: {} } as const;

export function windowDoor(api: Api): Door {
  return {
    addServer: async (id) => void (await coded(() => api.servers.add({ id, name: id, launch }))),
    rename: async (id, name) => void (await coded(() => api.servers.rename({ id, name }))),
    place: (server, client, placed) =>
      coded(async () => {
        const placement = { server, clients: [client], placed };
        const { basis } = await api.servers.planPlacement(placement);
        const parts = await api.servers.setPlacement({ ...placement, basis, consents: [] });
        for await (const part of parts) if (part.type === 'result') return requireDone(part);
        throw new Error('It ended without a result.');
      }),
    setSecret: async (server, name, value) =>
      void (await coded(() => api.secrets.set({ server, name, value }))),
    addFolder: async (folder) => void (await coded(() => api.projects.add({ folder }))),
  };
}

export function commandDoor(env: Env): Door {
  const ask = async (args: readonly string[], input?: string): Promise<unknown> => {
    const result = await runCli(
      ['--json', ...args],
      input === undefined ? { env } : { env, input },
    );
    const answer = result.json();
    if (hasError(answer)) throw new Answered(answer.error.code, answer.error.message);
    return answer;
  };
  return {
    addServer: async (id) => void (await ask(['servers', 'add', id, '--id', id, '--', 'x'])),
    rename: async (id, name) => void (await ask(['servers', 'rename', id, name])),
    place: async (server, client, placed) => {
      const verb = placed ? 'enable' : 'disable';
      // Its output is the result of the contract's stream.
      const answer = await ask(['servers', verb, server, '--client', client, '--yes']);
      requireDone(answer as DriftResult);
    },
    setSecret: async (server, name, value) =>
      void (await ask(['secrets', 'set', server, name], `${value}\n`)),
    addFolder: async (folder) => void (await ask(['projects', 'add', folder])),
  };
}

function hasError(answer: unknown): answer is { error: { code: string; message: string } } {
  return typeof answer === 'object' && answer !== null && 'error' in answer;
}

function requireDone({ receipts }: DriftResult): void {
  for (const { outcome, code, message } of receipts)
    if (outcome === 'failed' || outcome === 'skipped') throw new Answered(code ?? '', message);
}

async function coded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string')
      throw new Answered(thrown.code, thrown.message);
    throw thrown;
  }
}

export interface LaneOptions {
  readonly lane: string;
  readonly count: number;
  readonly clients: readonly [string, string];
  readonly folderOf: (lane: string, number: number) => string;
  readonly valueFor: (name: string) => string;
  /** The server that holds the secrets of all lanes: one keychain item. */
  readonly vault: string;
  readonly onDone: () => void;
}

/** Does `count` mutations one after the other, each until it is done. */
export async function runLane(door: Door, options: LaneOptions): Promise<Kept> {
  const kept: Kept = {
    names: new Map(),
    placed: new Map(options.clients.map((client) => [client, new Set()])),
    secrets: new Map(),
    folders: new Set(),
    refused: [],
  };
  for (let number = 0; number < options.count; number += 1) {
    const mutate = mutations[number % mutations.length];
    if (mutate === undefined) throw new RangeError('The table has a row for each remainder.');
    await insist(kept, () => mutate(door, Math.floor(number / mutations.length), options, kept));
    options.onDone();
  }
  return kept;
}

type Mutate = (door: Door, round: number, options: LaneOptions, kept: Kept) => Promise<void>;

const serverOf = (lane: string, round: number) => `${lane}-${round}`;

function placing(at: 0 | 1, placed: boolean, back = 0): Mutate {
  return async (door, round, { lane, clients }, kept) => {
    const id = serverOf(lane, Math.max(0, round - back));
    const client = clients[at];
    await door.place(id, client, placed);
    if (placed) kept.placed.get(client)?.add(id);
    else kept.placed.get(client)?.delete(id);
  };
}

const mutations: readonly Mutate[] = [
  async (door, round, { lane }, kept) => {
    const id = serverOf(lane, round);
    await door.addServer(id);
    kept.names.set(id, id);
  },
  placing(0, true),
  async (door, round, { lane, vault, valueFor }, kept) => {
    const name = `KEY_${lane.toUpperCase()}_${round}`;
    await door.setSecret(vault, name, valueFor(name));
    kept.secrets.set(name, valueFor(name));
  },
  placing(1, true),
  async (door, round, { lane, folderOf }, kept) => {
    const folder = folderOf(lane, round);
    await door.addFolder(folder);
    kept.folders.add(folder);
  },
  // The one before, so that half of what was placed stays.
  placing(0, false, 1),
  async (door, round, { lane }, kept) => {
    const id = serverOf(lane, round);
    const name = `${id} renamed`;
    await door.rename(id, name);
    kept.names.set(id, name);
  },
];

const mostTries = 100;

async function insist({ refused }: Kept, work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof Answered) || !isErrorCode(thrown.code) || tries === mostTries)
        throw thrown;
      refused.push(thrown.code);
    }
  }
}
