/** The Processes port: programs run or started without a shell, each in a group of its own. */
import { once } from 'node:events';
import { basename } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildServer, Platform, Processes, RunResult } from '../core/ports.ts';
import { AppError } from '../shared/errors.ts';
import { type GroupLeader, startGroup, stopGroup } from './process-group.ts';
import { isAlive, listProcesses, readMemory } from './process-list.ts';

const outputLimit = 1_048_576;
const defaultGrace = 2_000;
/** Milliseconds in which output may still come from what a finished program left behind. */
const lateOutput = 200;

export function createProcesses(platform: Platform): Processes {
  return {
    run: (command, args, options) => runProgram(platform, command, args, options),
    start: (command, args, options) => startServer(platform, command, args, options),
    list: () => listProcesses(platform),
    isAlive: (pid, startTime) => isAlive(pid, platform, startTime),
    memoryOf: (pid) => (platform === 'linux' ? readMemory(pid) : undefined),
  };
}

/** Fails with `server_timeout` when the time is over; the whole group is killed then. */
async function runProgram(
  platform: Platform,
  command: string,
  args: readonly string[],
  options: Parameters<Processes['run']>[2],
): Promise<RunResult> {
  const child = await startGroup(command, args, options);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const closed = once(child, 'close');
  const exited = waitForExit(child);
  // A program that reads no input may close it early; that is its right.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const late = new AbortController();
  const timeUp = sleep(options.timeout, 'late' as const, { signal: late.signal }).catch(
    () => 'late' as const,
  );
  const ended = await Promise.race([exited, timeUp]);
  late.abort();
  if (ended === 'late') {
    await stopGroup(child, platform, 0);
    throw timedOut(command, options.timeout);
  }
  // Whoever inherited the output may hold it open for ever.
  await Promise.race([closed, sleep(lateOutput)]);
  child.stdout.destroy();
  child.stderr.destroy();
  return { ...ended, stdout: stdout(), stderr: stderr() };
}

async function startServer(
  platform: Platform,
  command: string,
  args: readonly string[],
  options: Parameters<Processes['start']>[2],
): Promise<ChildServer> {
  const child = await startGroup(command, args, options);
  return {
    pid: child.pid,
    input: Writable.toWeb(child.stdin),
    // Bytes in, bytes out: Node types its web streams loosely, a pipe carries nothing but bytes.
    output: Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>,
    errors: Readable.toWeb(child.stderr) as ReadableStream<Uint8Array>,
    exited: waitForExit(child),
    stop: (stopOptions) => stopGroup(child, platform, stopOptions?.grace ?? defaultGrace),
  };
}

function waitForExit(child: GroupLeader): ChildServer['exited'] {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
  });
}

/** Keeps the first megabyte and reads the rest away, so that the program never waits for us. */
function collect(stream: Readable): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < outputLimit) chunks.push(chunk.subarray(0, outputLimit - size));
    size += chunk.byteLength;
  });
  stream.on('error', () => undefined);
  return () => Buffer.concat(chunks).toString('utf8');
}

function timedOut(command: string, timeout: number): AppError {
  const name = basename(command);
  return new AppError(
    'server_timeout',
    `${name} did not finish within ${timeout / 1000} seconds.`,
    {
      hint: `Run ${name} by hand to see what it waits for.`,
      details: { command: name, timeout },
    },
  );
}
