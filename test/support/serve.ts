/** The browser door as a person starts it: `portcullis serve`, a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { Api } from '../../shared/api.ts';
import { codeOf, exchange } from './browser-door.ts';
import { cliProgram, type Env } from './cli.ts';

export interface ServedDoor {
  /** Opens the window once. */
  readonly address: string;
  readonly port: number;
  /** As the system ends a program: SIGTERM. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

export async function startServe(env: Env, port?: number): Promise<ServedDoor> {
  const args = ['serve', ...(port === undefined ? [] : ['--port', String(port)])];
  const child = spawn(process.execPath, [cliProgram, ...args], {
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const address = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`serve ended (${code}): ${said}`)));
  });
  return {
    address,
    port: Number(new URL(address).port),
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
  };
}

/** The typed client of the contract over HTTP, entered as the page enters. Uses the address up. */
export async function connectTo({ address, port }: ServedDoor): Promise<Api> {
  const { origin } = new URL(address);
  const entered = await exchange({ origin, port }, codeOf(address));
  const cookie = entered.headers['set-cookie']?.split(';')[0] ?? '';
  const headers = { cookie, origin, 'x-portcullis': '1' };
  return createORPCClient(new RPCLink({ url: `${origin}/rpc`, headers }));
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
