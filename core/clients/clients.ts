/**
 * AI clients on this machine: which are there, what their config files hold. Knows clients only as
 * rows of the table. Editing files is left to `core/edits`, judging values to `core/exposure`.
 */
import { toAppError } from '../../shared/errors.ts';
import type { ClientFile, ClientSummary } from '../../shared/models/client.ts';
import type { Files, Machine, Processes, Roots, RunningProcess } from '../ports.ts';
import { isInstalled, isRunning } from './detect-client.ts';
import type { Entry } from './entry.ts';
import { expandGlob } from './expand-glob.ts';
import { type FileLocation, locateFiles, pathsOf } from './locate-files.ts';
import { rememberFolders } from './remember-folders.ts';
import type { ClientRow } from './row.ts';
import { createReader, type FileSurvey, failedSurvey, surveyFile } from './survey-file.ts';
import { clientTable } from './table.ts';

export interface ClientSurvey {
  readonly row: ClientRow;
  readonly detected: boolean;
  readonly running: boolean;
  readonly files: readonly FileSurvey[];
  /** The file for a new entry of this person; none where we do not write, or a script has the say. */
  readonly target?: FileSurvey;
}

export interface Clients {
  /** Looks at every client, and at these projects. One broken file hides no other. */
  survey(projectFolders: readonly string[]): Promise<readonly ClientSurvey[]>;
  /** The same as plain data for a door: no values. */
  summaries(projectFolders?: readonly string[]): Promise<readonly ClientSummary[]>;
}

export interface ClientsPorts {
  readonly files: Files;
  readonly machine: Machine;
  readonly processes: Pick<Processes, 'list'>;
  readonly roots: Roots;
}

export function createClients(ports: ClientsPorts): Clients {
  const survey = (projectFolders: readonly string[]): Promise<readonly ClientSurvey[]> =>
    surveyAll(ports, projectFolders);
  return {
    survey,
    summaries: async (projectFolders = []) => (await survey(projectFolders)).map(summarise),
  };
}

/** Where the launcher is: what every entry of ours starts. */
export function launcherPath(machine: Machine, roots: Pick<Roots, 'data'>): string {
  const name = machine.platform === 'windows' ? 'portcullis.exe' : 'portcullis';
  return pathsOf(machine).join(roots.data, 'bin', name);
}

async function surveyAll(
  ports: ClientsPorts,
  projectFolders: readonly string[],
): Promise<readonly ClientSurvey[]> {
  const { machine, roots } = ports;
  const files = rememberFolders(ports.files);
  const running = await listProcesses(ports.processes);
  const world = {
    files,
    read: createReader(files),
    launcherPaths: [launcherPath(machine, roots)],
  };
  return Promise.all(
    clientTable.map(async (row) => {
      const expanded = await Promise.all(
        locateFiles(row, machine, projectFolders).map((location) =>
          expandLocation(location, files),
        ),
      );
      const surveys = await Promise.all(
        expanded.flat().map((found) => ('state' in found ? found : surveyFile(row, found, world))),
      );
      const installed = await isInstalled(row, files, machine);
      return describeClient(row, surveys, installed, running);
    }),
  );
}

/** A pattern becomes what it matches; a folder that cannot be listed, a failed survey. */
async function expandLocation(
  location: FileLocation,
  files: Files,
): Promise<readonly (FileLocation | FileSurvey)[]> {
  if (location.glob === undefined) return [location];
  try {
    const paths = await expandGlob(files, location.glob);
    const { glob: _, ...rest } = location;
    return paths.map((path) => ({ ...rest, path }));
  } catch (thrown) {
    return [failedSurvey(location, toAppError(thrown))];
  }
}

function describeClient(
  row: ClientRow,
  files: readonly FileSurvey[],
  installed: boolean,
  running: readonly RunningProcess[],
): ClientSurvey {
  const own = files.filter(({ location }) => location.project === undefined && location.live);
  const target = chooseTarget(own);
  return {
    row,
    detected: installed || own.some(({ state }) => state !== 'missing'),
    running: isRunning(row, running),
    files,
    ...(target === undefined ? {} : { target }),
  };
}

/**
 * A file that is there goes before one that is not, but never an alternate before a primary: other
 * builds of the client read alternates.
 */
function chooseTarget(files: readonly FileSurvey[]): FileSurvey | undefined {
  const scripted = files.some(
    ({ location, state }) => location.format === undefined && state !== 'missing',
  );
  if (scripted) return undefined;
  for (const role of ['primary', 'override', 'alternate'] as const) {
    const fit = files.filter(({ location }) => location.role === role && location.writable);
    const target = fit.find(({ state }) => state !== 'missing') ?? fit[0];
    if (target !== undefined) return target;
  }
  return undefined;
}

/** Whether a client runs is a courtesy: without the list nobody counts as running. */
async function listProcesses(
  processes: Pick<Processes, 'list'>,
): Promise<readonly RunningProcess[]> {
  try {
    return await processes.list();
  } catch {
    return [];
  }
}

/** Entries of all surveys, each place in each file once: clients share project files. */
export function distinctEntries(surveys: readonly ClientSurvey[]): readonly Entry[] {
  const seen = new Set<string>();
  const entries = surveys.flatMap(({ files }) => files.flatMap((file) => file.entries));
  const writableFirst = entries.toSorted((a, b) => Number(b.writable) - Number(a.writable));
  return writableFirst.filter((entry) => {
    const key = JSON.stringify([entry.file, entry.path]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function summarise({ row, detected, running, files }: ClientSurvey): ClientSummary {
  return {
    id: row.id,
    name: row.name,
    detected,
    evidence: row.evidence,
    access: row.access,
    running,
    reload: row.reload,
    ...(row.reloadNote === undefined ? {} : { reloadNote: row.reloadNote }),
    files: files.filter(isWorthShowing).map(summariseFile),
  };
}

/** Of the files that are not there only the one that the client would read. */
function isWorthShowing({ state, location }: FileSurvey): boolean {
  const usual = location.role === 'primary' || location.role === 'override';
  return state !== 'missing' || (usual && location.live);
}

function summariseFile({ location, state, problem, entries }: FileSurvey): ClientFile {
  return {
    path: location.path,
    role: location.role,
    state,
    ...(problem === undefined ? {} : { problem }),
    entries: entries.length,
    managed: entries.filter((entry) => entry.managed !== undefined).length,
    writable: location.writable && (state === 'present' || state === 'missing'),
  };
}
