/** What a server runs on, by the name of its command. */
import type { Runtime } from '../../shared/models/scope.ts';
import type { LaunchSpec } from '../../shared/models/server.ts';

const runtimes: readonly { readonly runtime: Runtime; readonly command: RegExp }[] = [
  { runtime: 'docker', command: /^(?:docker|podman|nerdctl|container)(?:\.exe)?$/i },
  { runtime: 'python', command: /^(?:uvx?|pipx|python[\d.]*|py)(?:\.exe)?$/i },
  {
    runtime: 'node',
    command: /^(?:node|nodejs|npx|npm|pnpx?|yarn|bunx?|deno|tsx)(?:\.(?:exe|cmd))?$/i,
  },
];

/** The runtime that a command belongs to, by its name. */
export function runtimeOf(launch: LaunchSpec): Runtime {
  if (launch.transport !== 'stdio') return 'binary';
  if (/[\\/]node_modules[\\/]/.test(launch.command)) return 'node';
  const name = launch.command.split(/[\\/]/).at(-1) ?? '';
  return runtimes.find(({ command }) => command.test(name))?.runtime ?? 'binary';
}
