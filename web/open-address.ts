/** Opens an address in the person's browser, without a shell: the address is one argument. */
import { spawn } from 'node:child_process';
import type { Machine } from '../core/ports.ts';

const openers: Readonly<Record<Machine['platform'], readonly [string, ...string[]]>> = {
  linux: ['xdg-open'],
  macos: ['open'],
  // The program behind links; `start` would need a shell.
  windows: ['rundll32.exe', 'url.dll,FileProtocolHandler'],
};

/** Whether there is a screen that a browser could open on. */
export function hasDisplay({ platform, env }: Machine): boolean {
  return platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/** True when the system took the address. */
export function openAddress(address: string, machine: Machine): Promise<boolean> {
  const [program, ...args] = openers[machine.platform];
  return new Promise((resolve) => {
    const child = spawn(program, [...args, address], { stdio: 'ignore', detached: true });
    child.on('error', () => resolve(false));
    // A browser that the opener has become itself stays; that it still runs is a success.
    const patience = setTimeout(() => resolve(true), 2000);
    child.on('exit', (code) => {
      clearTimeout(patience);
      resolve(code === 0);
    });
    child.unref();
  });
}
