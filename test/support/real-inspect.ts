/** Inspections with everything real but the records and the secrets, for servers that a test starts itself. */
import { setTimeout as wait } from 'node:timers/promises';
import { createInspect, type Inspect, type InspectPorts } from '../../core/inspect/inspect.ts';
import { createProcesses } from '../../platform/processes.ts';
import { programFiles } from '../../platform/program-files.ts';
import { createRemoteHttp } from '../../platform/remote-http.ts';

type Needed = 'machine' | 'roots' | 'sandbox';

/** Without a launcher and without secrets, where none are given. */
export function openRealInspect(
  ports: Pick<InspectPorts, Needed> & Partial<InspectPorts>,
): Inspect {
  return createInspect({
    launcher: '/bin/false',
    processes: createProcesses('linux'),
    programFiles,
    readLoginPath: async () => undefined,
    readSecrets: async () => new Map(),
    openHttp: (server) => createRemoteHttp(server, {}),
    sleep: async (milliseconds, signal) => {
      await wait(milliseconds, undefined, { signal }).catch(() => undefined);
    },
    clock: { monotonic: () => performance.now() },
    ...ports,
  });
}
