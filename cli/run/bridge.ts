/** Runs the bridge to a remote server on this process' stdio. Loaded only for a remote server. */
import { setTimeout as wait } from 'node:timers/promises';
import { createBridge } from '../../core/launch/bridge.ts';
import type { FilledRemote } from '../../core/launch/fill.ts';
import { splitLines, TooLong } from '../../core/launch/split.ts';
import { createRemoteHttp } from '../../platform/remote-http.ts';
import { AppError } from '../../shared/errors.ts';
import { fail } from './fail.ts';

/** How long the server may take to end the session, in milliseconds. */
const endGrace = 2000;
const signalGrace = 300;
/** Bytes of one message, either way. */
const longest = 64 * 1024 * 1024;
const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Relays until stdin ends (exit 0) or a signal comes (ended by it). It says its failures itself: this
 * file is a bundle of its own, whose errors the launcher's would not know as such.
 */
export async function runBridge(server: string, remote: FilledRemote): Promise<never> {
  try {
    return await relay(server, remote);
  } catch (thrown) {
    if (!(thrown instanceof TooLong)) return fail(thrown);
    return fail(
      new AppError('bad_input', `The client of "${server}" sent a message longer than 64 MiB.`, {
        hint: 'Nothing that long is passed on.',
      }),
    );
  }
}

async function relay(server: string, remote: FilledRemote): Promise<never> {
  const bridge = createBridge(server, remote, {
    http: createRemoteHttp(server, process.env),
    write: writeLine,
    longest,
    sleep: async (milliseconds, signal) => {
      // Only an abort rejects, and then the waiting is simply over.
      await wait(milliseconds, undefined, { signal }).catch(() => undefined);
    },
  });
  for (const signal of signals)
    process.once(signal, async () => {
      await bridge.end(signalGrace);
      for (const other of signals) process.removeAllListeners(other);
      process.kill(process.pid, signal);
    });
  // The client is gone, and with it everyone who could read an answer.
  process.stdout.on('error', () => process.exit(0));
  for await (const line of splitLines(process.stdin, longest)) await bridge.receive(line);
  await bridge.end(endGrace);
  process.exit(0);
}

function writeLine(line: Uint8Array): Promise<void> {
  const { stdout } = process;
  stdout.cork();
  stdout.write(line);
  const free = stdout.write('\n');
  stdout.uncork();
  if (free) return Promise.resolve();
  return new Promise((resolve) => stdout.once('drain', resolve));
}
