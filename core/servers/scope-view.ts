/** One server's scope as a person meets it: what it allows, what may be claimed, what to beware of. */
import { AppError } from '../../shared/errors.ts';
import type { CredentialScope, Level } from '../../shared/models/scope.ts';
import type { ScopeView } from '../../shared/models/scope-view.ts';
import type { ServerRecord } from '../../shared/models/server.ts';
import { chooseLevel, takesFolderOfClient } from '../launch/confine.ts';
import type { Machine, ProgramFiles, Roots, Sandbox } from '../ports.ts';
import { findPresets, type PackagePresets, type PresetIndex } from '../scope/catalogue-presets.ts';
import { isMoreThanLookedAt } from '../scope/hidden-places.ts';
import {
  claimOf,
  describeRemote,
  describeScope,
  remoteClaim,
  type ShownBesides,
  titleOf,
} from '../scope/levels.ts';
import { fixedMaskedPaths, isInside } from '../scope/masked-paths.ts';
import { findNamedPlaces, type PlaceSearch } from '../scope/named-places.ts';
import { hostsOfKind, suggestScope } from '../scope/presets.ts';
import { findOwnFolders, isInstalled } from '../scope/programs.ts';
import { isStarted } from '../scope/too-wide.ts';
import { viewCatalogue } from './catalogue-view.ts';
import { clientFilesNear } from './client-files-near.ts';
import { viewPlaces } from './place-view.ts';
import { neededSecrets } from './servers.ts';

export interface ViewPorts {
  readonly machine: Machine;
  readonly roots: Roots;
  readonly programFiles: ProgramFiles;
  readonly sandbox: Sandbox;
}

/** Where a launch is looked at for a suggestion. */
export function placeSearch(
  { launch }: Pick<ServerRecord, 'launch'>,
  { machine, roots, programFiles: files }: Pick<ViewPorts, 'machine' | 'roots' | 'programFiles'>,
  index: PresetIndex,
): PlaceSearch {
  const masked = fixedMaskedPaths(machine, roots);
  return {
    ...{ machine, files, masked },
    isClientFile: (path) => clientFilesNear([path], machine, files).includes(path),
    presets: findPresets(launch, index),
  };
}

/** `index` is what `readPresets` reads. */
export function viewScope(server: ServerRecord, ports: ViewPorts, index: PresetIndex): ScopeView {
  const search = placeSearch(server, ports, index);
  const { presets = {}, masked } = search;
  const places = findNamedPlaces(server.launch, search);
  const suggested = suggestScope(server.launch, search);
  const secrets = neededSecrets(server);
  const remote = server.launch.transport !== 'stdio';
  const { level, hint } = levelNow(server, ports.sandbox);
  const shown = server.scope ?? { ...suggested, level: 'scoped-environment' as const, folders: [] };
  const besides = shownBesides(server, shown, ports);
  return {
    server: server.id,
    name: server.name,
    ...(server.scope === undefined ? {} : { scope: server.scope }),
    suggested,
    remote,
    secrets,
    ...(level === undefined ? {} : { level }),
    sentence: remote ? describeRemote(secrets) : describeScope(shown, secrets, besides),
    claim: remote ? remoteClaim : claimOf(level ?? shown.level, shown.hosts),
    warnings:
      server.scope === undefined
        ? []
        : [...warnAbout(server.scope, masked, ports), ...warnOfLinks(server.scope, suggested)],
    ideas: findIdeas(server, presets),
    places: viewPlaces(places, shown, besides.own, search),
    catalogue: viewCatalogue(server, places, presets),
    ...(hint === undefined ? {} : { hint }),
  };
}

function warnOfLinks(
  scope: CredentialScope,
  { packages = [] }: CredentialScope,
): readonly string[] {
  if (scope.level === 'scoped-environment') return [];
  const seen = [...(scope.packages ?? []), ...scope.folders.map(({ path }) => path)];
  return packages
    .filter((path) => !seen.some((one) => isInside(path, one)))
    .map((path) => `Its program needs ${path}, which it does not see: try it again.`);
}

/** As far as the record tells. */
function shownBesides(
  server: ServerRecord,
  scope: Pick<CredentialScope, 'folders' | 'packages'>,
  ports: ViewPorts,
): ShownBesides {
  return { own: ownFolders(server, scope, ports), workspace: takesFolderOfClient(server) };
}

function findIdeas(
  { launch, secrets }: ServerRecord,
  { hosts = [] }: PackagePresets,
): ScopeView['ideas'] {
  if (launch.transport !== 'stdio') return [];
  const used = secrets.flatMap(({ name, kind }) =>
    (hostsOfKind(kind) ?? []).map((host) => ({ host, secret: name })),
  );
  return [...used, ...hosts.map((host) => ({ host }))];
}

/** What it reads because its program is there, as far as the record tells. */
function ownFolders(
  { launch }: ServerRecord,
  { folders, packages = [] }: Pick<CredentialScope, 'folders' | 'packages'>,
  { machine, roots, programFiles: files }: ViewPorts,
): readonly string[] {
  if (launch.transport !== 'stdio' || machine.platform === 'windows') return [];
  const own = findOwnFolders(launch.command, launch.args, {
    cwd: launch.cwd ?? machine.home,
    home: machine.home,
    files,
    masked: fixedMaskedPaths(machine, roots),
  });
  const found = [...own, ...packages.filter((path) => !isInstalled(path))];
  return found.filter((path) => !folders.some((folder) => isInside(path, folder.path)));
}

function levelNow(server: ServerRecord, sandbox: Sandbox): { level?: Level; hint?: string } {
  try {
    const { level } = chooseLevel(server, sandbox);
    const wanted = server.scope?.level ?? level;
    if (level === wanted) return { level };
    return { level, hint: `Starts with less than “${titleOf(wanted)}”, as you decided.` };
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return thrown.hint === undefined ? {} : { hint: thrown.hint };
  }
}

function warnAbout(
  { folders, level }: CredentialScope,
  masked: readonly string[],
  { programFiles, machine }: Pick<ViewPorts, 'programFiles' | 'machine'>,
): readonly string[] {
  if (level === 'scoped-environment') return [];
  return folders.flatMap(({ path, access }) => {
    if (programFiles.probe(path).kind === 'missing') return [`${path} is not there.`];
    if (masked.some((place) => isInside(path, place)))
      return [`${path} holds credentials of others.`];
    if (isInside(machine.home, path))
      return [`${path} is your whole home; only known places in it stay hidden.`];
    if (access === 'write' && isStarted(path, machine.home))
      return [
        `What is written to ${path} may be started outside of the sandbox: at your next login, or by another program.`,
      ];
    if (isMoreThanLookedAt(path, programFiles))
      return [
        `${path} has very many folders; clients’ files are hidden in the nearest of them only.`,
      ];
    return [];
  });
}
