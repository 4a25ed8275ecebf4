/** One scan of a made-up machine, for the process of its own that `bench/scan.ts` starts. */
import { createExposure } from '../core/exposure/exposure.ts';
import { createFiles } from '../platform/files.ts';
import { createProcesses } from '../platform/processes.ts';
import { createRandom } from '../platform/random.ts';
import type { MadeMachine } from './scan-machine.ts';

/** Prints the number of findings, files and bytes, and the milliseconds it took as JSON. */
export async function scanOnce(list: string): Promise<void> {
  // Written by bench/scan.ts alone.
  const { home, clientFiles } = JSON.parse(list) as MadeMachine;
  const exposure = createExposure({
    files: createFiles('linux'),
    machine: { platform: 'linux', home, env: { PATH: process.env.PATH } },
    roots: { config: `${home}/c`, data: `${home}/d`, cache: `${home}/x` },
    random: createRandom(),
    processes: createProcesses('linux'),
  });
  const start = performance.now();
  const { findings, looked } = await exposure.scan({ clientFiles, suppressions: [] });
  const inside = performance.now() - start;
  console.log(JSON.stringify({ findings: findings.length, ...looked, inside }));
}
