/** Starts a server for an inspection exactly as the launcher would. */
import { AppError } from '../../shared/errors.ts';
import type { ServerRecord } from '../../shared/models/server.ts';
import { createBridge } from '../launch/bridge.ts';
import { listClientFiles } from '../launch/client-files.ts';
import { chooseLevel, confine } from '../launch/confine.ts';
import { type FilledRemote, type FilledStdio, fillRecord, neededSecrets } from '../launch/fill.ts';
import { planLaunch } from '../launch/plan.ts';

import type { SecretValues } from '../launch/secret-item.ts';
import { splitLines } from '../launch/split.ts';
import type {
  ChildServer,
  Machine,
  Processes,
  ProgramFiles,
  RemoteHttp,
  Roots,
  Sandbox,
} from '../ports.ts';
import { createWire, type Wire } from './wire.ts';

export interface OpenPorts {
  readonly machine: Machine;
  readonly processes: Pick<Processes, 'start'>;
  readonly programFiles: ProgramFiles;
  readonly roots: Roots;
  readonly sandbox: Sandbox;
  /** Starts servers at levels that need a process of ours that stays. */
  readonly launcher: string;
  /** The search path of the login shell, as far as it is known. */
  readonly readLoginPath: () => Promise<string | undefined>;
  readonly readSecrets: (server: string) => Promise<SecretValues | undefined>;
  /** HTTP to one remote server. */
  readonly openHttp: (server: string) => RemoteHttp;
  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export interface Opened {
  readonly secrets: SecretValues;
  /** Starts the server; again, when the one before has been stopped. */
  start(): Promise<Wire>;
}

const endGrace = 1000;
const stopGrace = 1000;
/** Bytes of one message. What a server offers is a fraction of that, and a window has to show it. */
const longest = 8 * 1024 * 1024;

/** A program that starts a server for us, and how. */
export interface StandIn {
  readonly file: string;
  readonly args: readonly string[];
}

/** Errors: `secret_missing`, `keychain_*`, `bad_input`, `command_not_found`, `server_start_failed`. */
export async function openServer(
  record: ServerRecord,
  ports: OpenPorts,
  program?: StandIn,
): Promise<Opened> {
  if (program !== undefined) {
    const start = { ...program, env: definedOf(ports.machine.env), cwd: ports.machine.home };
    return { secrets: new Map(), start: () => startChild(record.id, start, ports) };
  }
  const needed = neededSecrets(record);
  const secrets = needed.length === 0 ? undefined : await ports.readSecrets(record.id);
  const values = secrets ?? new Map();
  const filled = fillRecord(record, values, ports.machine.env);
  return {
    secrets: values,
    start: () =>
      filled.transport === 'stdio'
        ? startProgram(record, filled, ports)
        : startBridge(record.id, filled, ports),
  };
}

async function startProgram(
  record: ServerRecord,
  filled: FilledStdio,
  ports: OpenPorts,
): Promise<Wire> {
  return startChild(record.id, await planStart(record, filled, ports), ports);
}

interface ChildStart extends StandIn {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

async function startChild(
  server: string,
  { file, args, env, cwd }: ChildStart,
  ports: OpenPorts,
): Promise<Wire> {
  const child = await ports.processes.start(file, args, { env, cwd }).catch((cause: unknown) => {
    throw new AppError('server_start_failed', `The server "${server}" could not be started.`, {
      hint: `Look at its command with \`portcullis servers show ${server}\`.`,
      details: { server },
      cause,
    });
  });
  return openWire(child);
}

/** As the launcher would: wrapped by its sandbox, or by the launcher itself, which stays then. */
async function planStart(
  record: ServerRecord,
  filled: FilledStdio,
  ports: OpenPorts,
): Promise<ChildStart> {
  const { machine, roots, programFiles: files, sandbox } = ports;
  const chosen = chooseLevel(record, sandbox);
  if (chosen.supervised) {
    return {
      file: ports.launcher,
      args: ['run', record.id],
      env: definedOf(machine.env),
      cwd: machine.home,
    };
  }
  const loginPath = await ports.readLoginPath();
  const plan = planLaunch(record.id, filled, {
    platform: machine.platform,
    clientEnv: machine.env,
    loginPath,
    // Not where we happen to run: the person's home, as for a client with a window.
    cwd: machine.home,
    home: machine.home,
    files,
    also: record.scope?.environment,
  });
  return confine(plan, chosen, record, filled, {
    machine,
    roots,
    files,
    sandbox,
    listClientFiles,
    loginPath,
  });
}

function definedOf(env: Machine['env']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function openWire(child: ChildServer): Wire {
  const writer = child.input.getWriter();
  // A server that ends breaks the pipe; that is told by its end.
  writer.closed.catch(() => undefined);
  const lineFeed = new Uint8Array([0x0a]);
  return createWire({
    async send(line) {
      await writer.write(line);
      await writer.write(lineFeed);
    },
    lines: splitLines(child.output, longest),
    errors: child.errors,
    ended: child.exited,
    stop: () => child.stop({ grace: stopGrace }),
  });
}

/** A remote server is reached over the same bridge that a client gets. */
async function startBridge(server: string, filled: FilledRemote, ports: OpenPorts): Promise<Wire> {
  const lines = new TransformStream<Uint8Array, Uint8Array>(undefined, { highWaterMark: 64 });
  const writer = lines.writable.getWriter();
  const bridge = createBridge(server, filled, {
    http: ports.openHttp(server),
    write: (line) => writer.write(line),
    sleep: ports.sleep,
    longest,
  });
  const { promise: ended, resolve } = Promise.withResolvers<undefined>();
  return createWire({
    send: async (line) => {
      // Its answer comes as a line of its own, however long that takes.
      void bridge.receive(line);
    },
    lines: lines.readable,
    ended,
    async stop() {
      await bridge.end(endGrace);
      // The reader may be gone already.
      await writer.close().catch(() => undefined);
      resolve(undefined);
    },
  });
}
