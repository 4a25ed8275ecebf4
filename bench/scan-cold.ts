/** What `bench/scan.ts` bundles and starts: one scan of a made-up machine in a process of its own. */
import { createExposure } from '../core/exposure/exposure.ts';
import { createClock } from '../platform/clock.ts';
import { createFiles } from '../platform/files.ts';
import { createProcesses } from '../platform/processes.ts';
import { createRandom } from '../platform/random.ts';
import type { MadeMachine } from './scan-machine.ts';

// The argument is written by bench/scan.ts alone.
const { home, clientFiles } = JSON.parse(process.argv[2] ?? '{}') as MadeMachine;
const exposure = createExposure({
  files: createFiles('linux'),
  machine: { platform: 'linux', home, env: { PATH: process.env.PATH } },
  roots: { config: `${home}/c`, data: `${home}/d`, cache: `${home}/x` },
  random: createRandom(),
  processes: createProcesses('linux'),
  clock: createClock(),
});
const start = performance.now();
const report = await exposure.scan({ clientFiles, suppressions: [] });
const took = (performance.now() - start).toFixed(0);
console.log(
  `${report.findings.length} findings in ${report.looked.files} files, ${(report.looked.bytes / 1e6).toFixed(1)} MB, ${took} ms inside`,
);
