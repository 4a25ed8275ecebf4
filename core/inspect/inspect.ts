/**
 * Foundation "inspect": starts a server as a client would get it, asks what it offers, and stops it
 * with everything it has started. Nothing that it says leaves here with one of its secrets in it.
 */
import type { Client } from '@modelcontextprotocol/client';
import { AppError } from '../../shared/errors.ts';
import type {
  InspectedPrompt,
  InspectedResource,
  InspectedTool,
  Inspection,
  ToolCallResult,
} from '../../shared/models/inspection.ts';
import type { ServerRecord } from '../../shared/models/server.ts';
import { tooLong } from '../launch/link.ts';
import { createRedactor } from '../launch/redact.ts';
import { addCosts, measureTool } from './context-cost.ts';
import { describeEnd, describeRefusal } from './failures.ts';
import { callHarmless } from './harmless-calls.ts';
import { connectClient, probeEra } from './negotiate.ts';
import { type OpenPorts, openServer, type StandIn } from './open.ts';
import { pass } from './time-limit.ts';
import type { Wire } from './wire.ts';

export interface InspectOptions {
  /** Milliseconds for the whole inspection (default 30 000). */
  readonly timeout?: number;
  /** Started in place of the record's own program, which it starts in turn; it needs no secrets from us. */
  readonly program?: StandIn;
  /** Ends it, and the server, at once: `interrupted`. */
  readonly signal?: AbortSignal | undefined;
}

export interface Inspect {
  /**
   * What a server offers.
   * Errors: those of a launch, `server_start_failed`, `server_timeout`, `server_protocol`,
   * `remote_unreachable`, `remote_refused`.
   */
  inspect(server: ServerRecord, options?: InspectOptions): Promise<Inspection>;
  /** Calls one tool. The same errors; a tool that fails by itself is a result with `isError`. */
  call(
    server: ServerRecord,
    tool: string,
    args: Readonly<Record<string, unknown>>,
    options?: InspectOptions,
  ): Promise<ToolCallResult>;
  /** What it offers, and which of the tools that do no harm answered. The errors of `inspect`. */
  rehearse(server: ServerRecord, options?: InspectOptions): Promise<Rehearsal>;
}

export interface Rehearsal {
  readonly tools: number;
  readonly called: readonly string[];
}

export interface InspectPorts extends OpenPorts {
  readonly clock: { monotonic(): number };
}

const defaultTimeout = 30_000;

interface Connected {
  readonly client: Client;
  readonly era: Inspection['era'];
  /** Milliseconds. */
  readonly startedIn: number;
}

export function createInspect(ports: InspectPorts): Inspect {
  async function withServer<T>(
    record: ServerRecord,
    { timeout = defaultTimeout, program, signal }: InspectOptions,
    work: (connected: Connected) => Promise<T>,
  ): Promise<T> {
    requireWanted(record.id, signal);
    const opened = await openServer(record, ports, program);
    const redact = createRedactor(opened.secrets);
    let wire: Wire | undefined;
    let over = false;
    const start = async (): Promise<Wire> => {
      const started = await opened.start();
      // Given up while it started: nobody else would end it.
      if (over) await started.stop();
      wire = started;
      return started;
    };
    const attempt = async () => {
      const began = ports.clock.monotonic();
      let current = await start();
      let prior = await probeEra(current, timeout / 2);
      if (prior === undefined && !over) {
        // Silent or gone: some servers of the older era cannot bear the question.
        await current.stop();
        current = await start();
      }
      prior ??= { kind: 'legacy' };
      const client = await connectClient(current, prior);
      const startedIn = Math.round(ports.clock.monotonic() - began);
      return redactResult(await work({ client, era: prior.kind, startedIn }), redact);
    };
    try {
      const late = pass(timeout).then(() => {
        throw timedOut(record.id, timeout);
      });
      return await Promise.race([attempt(), late, untilUnwanted(record.id, signal)]);
    } catch (thrown) {
      if (thrown instanceof AppError) throw thrown;
      const excess = wire?.tooLong();
      if (excess !== undefined) throw tooLong(record.id, excess);
      const end = wire === undefined ? undefined : await Promise.race([wire.ended, pass(200)]);
      if (wire !== undefined && end !== undefined) {
        const { text, isEndOnly } = await wire.stderr();
        throw describeEnd(record.id, end, redact(text, { isEndOnly }));
      }
      throw describeRefusal(record.id, thrown, redact);
    } finally {
      over = true;
      await wire?.stop();
    }
  }

  return {
    inspect: (record, options = {}) =>
      withServer(record, options, (connected) => describeServer(record.id, connected)),
    rehearse: (record, options = {}) =>
      withServer(record, options, async (connected) => {
        const { tools } = await describeServer(record.id, connected);
        return { tools: tools.length, called: await callHarmless(connected.client, tools) };
      }),
    call: (record, tool, args, options = {}) =>
      withServer(record, options, async ({ client }) => {
        const result = await client.callTool({ name: tool, arguments: { ...args } });
        return {
          isError: result.isError === true,
          content: result.content.map((item) => ({ ...item })),
          ...(result.structuredContent === undefined
            ? {}
            : { structuredContent: result.structuredContent }),
        };
      }),
  };
}

async function describeServer(server: string, connected: Connected): Promise<Inspection> {
  const { client, era, startedIn } = connected;
  const { name, version } = client.getServerVersion() ?? {};
  const instructions = client.getInstructions();
  const tools = await listTools(client);
  const resources = await orRefused(listResources(client));
  const prompts = await orRefused(listPrompts(client));
  return {
    server,
    era,
    protocolVersion: client.getNegotiatedProtocolVersion() ?? '',
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(instructions === undefined ? {} : { instructions }),
    tools,
    resources: resources ?? [],
    prompts: prompts ?? [],
    unlisted: [
      ...(resources === undefined ? (['resources'] as const) : []),
      ...(prompts === undefined ? (['prompts'] as const) : []),
    ],
    cost: addCosts(tools.map(({ cost }) => cost)),
    startedIn,
  };
}

/**
 * Undefined when the server answers with an error: some offer a list that they can only give with
 * their database at hand, and their tools are worth seeing all the same. An end of the connection
 * stays an error.
 */
async function orRefused<T>(list: Promise<T>): Promise<T | undefined> {
  try {
    return await list;
  } catch (thrown) {
    const { ProtocolError } = await import('@modelcontextprotocol/client');
    if (thrown instanceof ProtocolError) return undefined;
    throw thrown;
  }
}

async function listTools(client: Client): Promise<readonly InspectedTool[]> {
  const { tools } = await client.listTools();
  return tools.map((tool) => {
    const { name, title, description, inputSchema, outputSchema, annotations } = tool;
    return {
      name,
      ...(title === undefined ? {} : { title }),
      ...(description === undefined ? {} : { description }),
      inputSchema,
      ...(outputSchema === undefined ? {} : { outputSchema }),
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
      cost: measureTool(tool),
    };
  });
}

async function listResources(client: Client): Promise<readonly InspectedResource[]> {
  if (client.getServerCapabilities()?.resources === undefined) return [];
  const { resources } = await client.listResources();
  // Templates are optional even where resources are offered.
  const { resourceTemplates } = await client
    .listResourceTemplates()
    .catch(() => ({ resourceTemplates: [] }));
  const describe = (
    uri: string,
    isTemplate: boolean,
    item: (typeof resources)[number] | (typeof resourceTemplates)[number],
  ) => ({
    uri,
    isTemplate,
    name: item.name,
    ...(item.description === undefined ? {} : { description: item.description }),
    ...(item.mimeType === undefined ? {} : { mimeType: item.mimeType }),
  });
  return [
    ...resources.map((item) => describe(item.uri, false, item)),
    ...resourceTemplates.map((item) => describe(item.uriTemplate, true, item)),
  ];
}

async function listPrompts(client: Client): Promise<readonly InspectedPrompt[]> {
  if (client.getServerCapabilities()?.prompts === undefined) return [];
  const { prompts } = await client.listPrompts();
  return prompts.map(({ name, description, arguments: given = [] }) => ({
    name,
    ...(description === undefined ? {} : { description }),
    arguments: given.map((argument) => ({
      name: argument.name,
      ...(argument.description === undefined ? {} : { description: argument.description }),
      required: argument.required === true,
    })),
  }));
}

/** A server may repeat its secrets in anything it says, names of properties included. */
function redactResult<T>(result: T, redact: (text: string) => string): T {
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return redact(value);
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [redact(name), clean(item)]),
    );
  };
  // Only texts inside change, so the type stays.
  return clean(result) as T;
}

function requireWanted(server: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new AppError('interrupted', `The start of "${server}" was stopped.`, {
    details: { server },
  });
}

/** Rejects when the signal aborts, and never settles otherwise. */
function untilUnwanted(server: string, signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const check = () => {
      try {
        requireWanted(server, signal);
      } catch (thrown) {
        reject(thrown);
      }
    };
    check();
    signal?.addEventListener('abort', check, { once: true });
  });
}

function timedOut(server: string, timeout: number): AppError {
  const seconds = Math.round(timeout / 1000);
  return new AppError('server_timeout', `The server "${server}" did not answer in ${seconds} s.`, {
    hint: 'A first start may take longer while it downloads. Try again, or give it more time.',
    details: { server, timeout },
  });
}
