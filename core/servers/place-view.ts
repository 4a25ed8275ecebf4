/** Places that a server was told of and that its scope does not give, in sentences for people. */
import type { CredentialScope, ScopeFolder } from '../../shared/models/scope.ts';
import type { NamedPlaceView } from '../../shared/models/scope-view.ts';
import { isInside } from '../scope/masked-paths.ts';
import type { NamedPlace, PlaceProblem, PlaceSearch } from '../scope/named-places.ts';
import { isSystem } from '../scope/programs.ts';

/** `own` are the folders of its program, which it reads anyway. */
export function viewPlaces(
  places: readonly NamedPlace[],
  { level, folders }: Pick<CredentialScope, 'level' | 'folders'>,
  own: readonly string[],
  search: PlaceSearch,
): readonly NamedPlaceView[] {
  if (level === 'scoped-environment') return [];
  return places
    .filter((place) => !isGiven(place, folders, own, search))
    .map((place) => ({
      path: place.path,
      sentence: describe(place),
      ...(place.folder === undefined ? {} : { folder: place.folder }),
    }));
}

function isGiven(
  { path, needs }: NamedPlace,
  folders: readonly ScopeFolder[],
  own: readonly string[],
  { machine, files, masked }: PlaceSearch,
): boolean {
  if (!isInside(path, machine.home) && isCommon(path, needs)) return true;
  const names = [path, files.realpath(path) ?? path];
  if (needs === 'read' && names.some((name) => own.some((one) => isInside(name, one)))) return true;
  return folders.some(
    ({ path: folder, target = folder, access }) =>
      (needs === 'read' || access === 'write') &&
      names.some((name) => isInside(name, folder) || isInside(name, target)) &&
      // What is hidden stays so in a folder around it.
      !masked.some((one) => isInside(path, one) && !isInside(folder, one)),
  );
}

/** There in every sandbox, or in its own form; what is made in `/tmp` is made in that of the sandbox. */
function isCommon(path: string, needs: NamedPlace['needs']): boolean {
  if (isSystem(path) || /^\/(?:dev|proc|sys|etc)(?:\/|$)/.test(path)) return true;
  return needs === 'write' && isInside(path, '/tmp');
}

function describe({ kind, by, path, needs, folder, problem }: NamedPlace): string {
  const who =
    kind === 'folder' ? 'Its working folder is' : `${by ?? 'One of its arguments'} points to`;
  const sentence = `${who} ${path}, which this server cannot ${needs}.`;
  if (folder !== undefined || problem === undefined) return sentence;
  return `${sentence} ${reasons[problem]}`;
}

const reasons: Readonly<Record<PlaceProblem, string>> = {
  missing: 'There is no folder for it yet: make it, then allow it.',
  'too-wide':
    'Its folder holds more than is suggested for one server: give it a folder of its own, or allow it yourself.',
  hidden: 'Credentials of others are kept there, so nothing is suggested.',
  settings: 'Settings of programs are kept there: allow it yourself if you mean it.',
  elsewhere: 'It is outside of your home: allow its folder yourself if you mean it.',
};
