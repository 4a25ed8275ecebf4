/**
 * What a tried server looked for, judged. It chooses that itself, and many servers are agreed to at once:
 * proposed is only what the person's own command line names. Reading anything else among the person's work
 * is offered, for a choice of its own; what it would write to is left to the person, place by place.
 */
import { relative } from 'node:path';
import type { Trial } from '../../shared/models/scope-view.ts';
import type { ServerRecord } from '../../shared/models/server.ts';
import { listClientFiles } from '../launch/client-files.ts';
import type { TrialReport } from '../launch/trial.ts';
import type { Machine, ProgramFiles, Roots } from '../ports.ts';
import type { PresetIndex } from '../scope/catalogue-presets.ts';
import { innerHome } from '../scope/confinement.ts';
import { fixedMaskedPaths, isInside } from '../scope/masked-paths.ts';
import { findNamedPlaces, suggestFolders } from '../scope/named-places.ts';
import { isWork } from '../scope/too-wide.ts';
import { clientFilesNear } from './client-files-near.ts';
import { placeSearch } from './scope-view.ts';
import { readWanted } from './trace.ts';

export interface WantedPorts {
  readonly machine: Machine;
  readonly roots: Roots;
  readonly programFiles: ProgramFiles;
  readonly index: PresetIndex;
  /** Where the person's own shell looks for programs, joined by `:`. */
  readonly loginPath: string | undefined;
}

type WantedPlace = NonNullable<Trial['wanted']>[number];

/** What it looked for, and which of it may be given. */
export function judgeWanted(
  server: ServerRecord,
  trace: string,
  { binds }: TrialReport,
  ports: WantedPorts,
): readonly WantedPlace[] {
  const { machine, programFiles, index } = ports;
  const named = suggestFolders(findNamedPlaces(server.launch, placeSearch(server, ports, index)));
  const exists = (path: string) => programFiles.probe(path).kind !== 'missing';
  const masked = neverProposed(ports);
  const read = readWanted(trace, { binds, home: machine.home, innerHome, masked, exists });
  return read.map((one) => {
    const offered =
      !one.masked && one.access === 'read' && exists(one.path) && isWorth(one.path, ports);
    return {
      ...one,
      offered,
      proposed: offered && named.some(({ path }) => isInside(one.path, path)),
    };
  });
}

/** Among the person's work, and nothing that programs or clients are set up with. */
function isWorth(path: string, ports: WantedPorts): boolean {
  const { machine, programFiles: files } = ports;
  if (!isWork(path, { ...ports, files })) return false;
  const names = [path, files.realpath(path) ?? path];
  const clients = clientFilesNear(names, machine, files);
  return !names.some(
    (name) =>
      /(?:^|\/)\.(?!\.(?:\/|$))/.test(relative(machine.home, name)) ||
      clients.some((file) => isInside(file, name) || isInside(name, file)),
  );
}

/** Places with credentials of others. Whoever asks for a client's file asks for the secrets of all servers. */
function neverProposed({ machine, roots, programFiles }: WantedPorts): readonly string[] {
  const clients = listClientFiles(machine, [machine.home], programFiles);
  return [
    ...fixedMaskedPaths(machine, roots),
    // Some clients are looked for in every project folder, which the home may be.
    ...clients.filter((path) => !isInside(machine.home, path)),
  ];
}
