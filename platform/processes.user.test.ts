// Real processes, signals and groups, as Linux has them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { AppError } from '../shared/errors.ts';
import { createProcesses } from './processes.ts';

const processes = createProcesses('linux');
const env = { PATH: process.env.PATH ?? '' };
const node = process.execPath;

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  const thrown: unknown = await work.catch((cause: unknown) => cause);
  return thrown instanceof AppError ? thrown.code : thrown;
}

async function readFirst(stream: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stream.getReader();
  const { value } = await reader.read();
  reader.releaseLock();
  return new TextDecoder().decode(value);
}

test('a command that is missing, a folder that is missing, a file that may not run', async () => {
  const options = { env, timeout: 5_000 };
  expect(await codeOf(processes.run('no-such-command', ['sekret'], options))).toBe(
    'command_not_found',
  );
  expect(await codeOf(processes.start('/etc/passwd', [], { env }))).toBe('server_start_failed');
  expect(await codeOf(processes.run('true', [], { ...options, cwd: '/no/such' }))).toBe(
    'server_start_failed',
  );
});

test('a folder of PATH that may not be entered hides nothing', async () => {
  // `/proc/1/root` is root's alone.
  const closed = { PATH: `/proc/1/root:${env.PATH}` };
  expect(await codeOf(processes.start('no-such-command', [], { env: closed }))).toBe(
    'command_not_found',
  );
  const { exitCode } = await processes.run('true', [], { env: closed, timeout: 5_000 });
  expect(exitCode).toBe(0);
});

test('what somebody left open for us does not reach what we start', async () => {
  const start = `
    const { createProcesses } = await import(${JSON.stringify(import.meta.resolve('./processes.ts'))});
    const script = 'for fd in /proc/$$/fd/*; do readlink $fd; done';
    const { stdout } = await createProcesses('linux').run('sh', ['-c', script], { env: process.env, timeout: 9000 });
    console.log(JSON.stringify(stdout.split('\\n')));`;
  const between = Array.from({ length: 37 }, () => 'ignore' as const);
  const descriptors = ['/etc/passwd', '/tmp'].map((path) => openSync(path, 'r'));
  const child = spawn(node, ['--input-type=module', '-e', start], {
    env,
    stdio: ['ignore', 'pipe', 'inherit', ...between, ...descriptors],
  });
  const [text] = await once(child.stdout ?? child, 'data');
  for (const descriptor of descriptors) closeSync(descriptor);
  const seen: readonly string[] = JSON.parse(String(text));
  expect(seen.filter((path) => path.startsWith('/') && path !== '/dev/null')).toEqual([]);
});

test('a program that does not finish is killed with what it started', async () => {
  const mark = `10${process.pid}`;
  const started = processes.run('sh', ['-c', `sleep ${mark} & wait`], { env, timeout: 200 });
  expect(await codeOf(started)).toBe('server_timeout');
  const left = await processes.run('pgrep', ['-x', '-f', `sleep ${mark}`], { env, timeout: 5_000 });
  expect(left.stdout).toBe('');
});

test('output is collected, capped and never waited for', async () => {
  const script = 'process.stdin.pipe(process.stdout);process.stderr.write("e".repeat(3e6))';
  const result = await processes.run(node, ['-e', script], { env, timeout: 20_000, input: 'hü\n' });
  expect({ ...result, stderr: result.stderr.length }).toEqual({
    exitCode: 0,
    signal: null,
    stdout: 'hü\n',
    stderr: 1_048_576,
  });
  const orphan = await processes.run('sh', ['-c', 'sleep 2 & echo done; exit 3'], {
    env,
    timeout: 20_000,
  });
  expect(orphan).toEqual({ exitCode: 3, signal: null, stdout: 'done\n', stderr: '' });
});

test('a program that reads no input is no error', async () => {
  const input = 'x'.repeat(1_000_000);
  const result = await processes.run('true', [], { env, timeout: 20_000, input });
  expect(result.exitCode).toBe(0);
});

test('the environment is exactly what was given', async () => {
  const { stdout } = await processes.run(node, ['-p', 'JSON.stringify(process.env)'], {
    env: { ONLY: 'this' },
    timeout: 20_000,
  });
  expect(JSON.parse(stdout)).toEqual({ ONLY: 'this' });
});

test('a server speaks over its streams and ends when its input does', async () => {
  const child = await processes.start('cat', [], { env });
  const writer = child.input.getWriter();
  await writer.write(new TextEncoder().encode('hello'));
  expect(await readFirst(child.output)).toBe('hello');
  writer.releaseLock();
  await child.stop();
  expect(await child.exited).toEqual({ exitCode: 0, signal: null });
  await child.stop();
});

test('a grandchild that ignores SIGTERM is gone after stop', async () => {
  const stubborn =
    'trap "" TERM; sh -c \'trap "" TERM; while :; do sleep 1; done\' & echo $!; wait';
  const child = await processes.start('sh', ['-c', stubborn], { env });
  const grandchild = Number(await readFirst(child.output));
  expect(processes.isAlive(grandchild)).toBe(true);
  await child.stop({ grace: 50 });
  expect(await child.exited).toEqual({ exitCode: null, signal: 'SIGKILL' });
  expect([grandchild, child.pid].map(processes.isAlive)).toEqual([false, false]);
});

test('a grandchild left behind by a server that ended by itself is gone after stop', async () => {
  const child = await processes.start('sh', ['-c', 'sleep 1000 & echo $!'], { env });
  const grandchild = Number(await readFirst(child.output));
  await child.exited;
  expect(processes.isAlive(grandchild)).toBe(true);
  await child.stop({ grace: 50 });
  expect(processes.isAlive(grandchild)).toBe(false);
});

test('own processes are listed by program, without their arguments', async () => {
  const child = spawn(node, ['-e', 'setInterval(()=>{},1000)', 'token=value']);
  await once(child, 'spawn');
  const row = (await processes.list()).find(({ pid }) => pid === child.pid);
  child.kill('SIGKILL');
  expect(row).toEqual({ pid: child.pid, command: node });
});

test('a zombie, a foreign process and nonsense', async () => {
  const child = await processes.start('sh', ['-c', 'exit 0'], { env });
  await child.exited;
  expect([child.pid, 0, -1, 2 ** 40].map(processes.isAlive)).toEqual([false, false, false, false]);
  expect(processes.isAlive(1)).toBe(true);
});
