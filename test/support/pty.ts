/** A program on a terminal of its own: what it shows can be waited for, and answered. */
import { spawn } from 'node:child_process';

export interface Pty {
  /** Resolves when the text has been shown since the last answer; fails after a while. */
  saw(text: string): Promise<void>;
  type(keys: string): void;
  /** Everything that was shown. */
  readonly shown: () => string;
  readonly ended: Promise<number | null>;
}

/** Milliseconds. */
const patience = 20_000;

/** Linux and Debian's `script`, which makes the terminal and passes the exit code on. */
export function startOnTerminal(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Pty {
  const line = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', TERM: 'xterm', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  let from = 0;
  let look: () => void = () => undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    look();
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return {
    shown: () => shown,
    ended,
    type(keys) {
      from = shown.length;
      child.stdin.write(keys);
    },
    saw: (text) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          child.kill('SIGKILL');
          reject(new Error(`Never saw ${JSON.stringify(text)} in:\n${shown.slice(from)}`));
        }, patience);
        look = () => {
          if (!shown.slice(from).includes(text)) return;
          clearTimeout(late);
          resolve();
        };
        look();
      }),
  };
}
