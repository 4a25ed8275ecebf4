/**
 * Starts, speaks to and kills the helper process. One request at a time; when a limit passes the
 * helper is killed, because a hanging call to the keychain cannot be called off.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { type FailureKind, KeychainFailure } from './failures.ts';
import { createFrameReader, encodeFrame } from './frames.ts';
import { answerSchema, type HelperAnswer, type HelperRequest } from './protocol.ts';

export interface HelperCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface HelperLimits {
  /** Milliseconds until the provider must have answered. */
  readonly call: number;
  /** Milliseconds for a person in front of an unlock window. */
  readonly prompt: number;
  /** Milliseconds after which an unused helper is ended. */
  readonly idle: number;
}

export type FinalAnswer = Exclude<HelperAnswer, { kind: 'connected' | 'failed' }>;

export interface HelperClient {
  /** Fails with `KeychainFailure`. */
  ask(request: HelperRequest): Promise<FinalAnswer>;
  /** Kills the helper, and the request that it works on; the next one starts a new helper. */
  stop(): Promise<void>;
  /** The same after the requests that came before: callers share the helper and must not end each other's. */
  renew(): Promise<void>;
  /** The process id of the helper that runs now. */
  pid(): number | undefined;
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

interface Running {
  readonly child: Child;
  readonly gone: Promise<void>;
  receive: (answer: HelperAnswer) => void;
}

export function createHelperClient(command: HelperCommand, limits: HelperLimits): HelperClient {
  let running: Running | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let idle: NodeJS.Timeout | undefined;

  const stop = async (): Promise<void> => {
    const ending = running;
    running = undefined;
    clearTimeout(idle);
    if (ending === undefined) return;
    // Nothing else may keep this process alive, and it must not end while the caller waits.
    keepAlive(ending.child, true);
    ending.child.kill('SIGKILL');
    await ending.gone;
  };
  const ask = async (request: HelperRequest): Promise<FinalAnswer> => {
    clearTimeout(idle);
    if (running === undefined || !isRunning(running.child)) running = startHelper(command);
    const current = running;
    keepAlive(current.child, true);
    try {
      return await converse(current, request, limits);
    } catch (cause) {
      if (cause instanceof KeychainFailure && cause.kind === 'timeout') await stop();
      throw cause;
    } finally {
      keepAlive(current.child, false);
      idle = setTimeout(() => void stop(), limits.idle).unref();
    }
  };
  return {
    ask(request) {
      const answer = turn.then(() => ask(request));
      turn = answer.catch(() => undefined);
      return answer;
    },
    stop,
    renew() {
      const renewed = turn.then(stop);
      turn = renewed;
      return renewed;
    },
    pid: () => running?.child.pid,
  };
}

function startHelper({ command, args, env }: HelperCommand): Running {
  const child = spawn(command, [...args], {
    env: { ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  const running: Running = { child, gone, receive: () => undefined };
  const read = createFrameReader((message) => running.receive(answerSchema.parse(message)));
  child.stdout.on('data', read);
  child.stdout.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  return running;
}

/** Sends one request and waits for its final answer within the limits. */
function converse(
  running: Running,
  request: HelperRequest,
  limits: HelperLimits,
): Promise<FinalAnswer> {
  return new Promise((resolve, reject) => {
    const fail = (kind: FailureKind) => reject(new KeychainFailure(kind));
    let timer = setTimeout(fail, limits.call, 'timeout');
    void running.gone.then(() => {
      clearTimeout(timer);
      fail('unavailable');
    });
    running.receive = (answer) => {
      clearTimeout(timer);
      if (answer.kind === 'connected') timer = setTimeout(fail, limits.prompt, 'timeout');
      else if (answer.kind === 'failed') fail(answer.reason);
      else resolve(answer);
    };
    running.child.stdin.write(encodeFrame(request));
  });
}

/** An unused helper must not keep a command line program from ending. */
function keepAlive(child: Child, alive: boolean): void {
  const handles = [child, child.stdin, child.stdout].filter(
    (each) => each === child || each instanceof Socket,
  ) as readonly { ref(): unknown; unref(): unknown }[];
  for (const handle of handles) {
    if (alive) handle.ref();
    else handle.unref();
  }
}

function isRunning(child: Child): boolean {
  return child.exitCode === null && child.signalCode === null && child.pid !== undefined;
}
