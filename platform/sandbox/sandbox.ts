/** The sandbox of this system. */
import type { Platform, Sandbox } from '../../core/ports.ts';
import { createLinuxSandbox, type LinuxSandboxOptions } from './linux.ts';
import { createMacosSandbox } from './macos.ts';
import { createWindowsSandbox } from './windows.ts';

const makers = {
  linux: createLinuxSandbox,
  macos: createMacosSandbox,
  windows: createWindowsSandbox,
} as const satisfies Record<Platform, (options: LinuxSandboxOptions) => Sandbox>;

export function createSandbox(platform: Platform, options: LinuxSandboxOptions): Sandbox {
  return makers[platform](options);
}
