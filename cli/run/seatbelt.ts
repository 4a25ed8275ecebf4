/** macOS, not tried: the start of a server wrapped in the Seatbelt profile that sandbox-runtime writes. */
import { mkdirSync } from 'node:fs';
import { SandboxManager } from '@anthropic-ai/sandbox-runtime';
import type { Confinement, Enclosed } from '../../core/ports.ts';
import { renderSeatbeltRules, renderSeatbeltStart } from '../../platform/sandbox/macos.ts';

/** Secrets stay in the environment of the spawn; they are not among the words of the command. */
export async function wrapBySeatbelt(
  confinement: Confinement,
  binShell = '/bin/sh',
): Promise<Enclosed> {
  const { file, args, env, cwd } = renderSeatbeltStart(confinement);
  mkdirSync(env.TMPDIR, { recursive: true, mode: 0o700 });
  const { denyRead, allowRead, allowWrite, denyWrite } = renderSeatbeltRules(confinement);
  const filesystem = {
    denyRead: [...denyRead],
    allowRead: [...allowRead],
    allowWrite: [...allowWrite],
    denyWrite: [...denyWrite],
  };
  const command = ['exec', ...[file, ...args].map(quote)].join(' ');
  const blocked = confinement.network === 'none';
  const { argv } = await SandboxManager.wrapWithSandboxArgv(
    command,
    binShell,
    blocked ? { filesystem, network: { allowedDomains: [], deniedDomains: [] } } : { filesystem },
    undefined,
    cwd,
    // Else the profile would hold the command itself.
    { commandId: confinement.server },
  );
  const [program = '', ...words] = argv;
  return { file: program, args: words, env, cwd };
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
