/** What the catalogue says that a server takes, less what it gets already. */
import type { CatalogueView, OfferedVariableView } from '../../shared/models/scope-view.ts';
import type { ServerRecord } from '../../shared/models/server.ts';
import type { PackagePresets } from '../scope/catalogue-presets.ts';
import type { NamedPlace } from '../scope/named-places.ts';

export function viewCatalogue(
  { launch, scope }: ServerRecord,
  places: readonly NamedPlace[],
  { variables = [], paths = [] }: PackagePresets,
): CatalogueView {
  if (launch.transport !== 'stdio') return { variables: [], arguments: [] };
  const { env, args } = launch;
  const given = new Set([...Object.keys(env), ...(scope?.environment ?? [])]);
  const named = places.some(({ kind, by }) => kind === 'argument' && by === undefined);
  const isGiven = (name: string) =>
    name.startsWith('-')
      ? args.some((argument) => argument === name || argument.startsWith(`${name}=`))
      : named;
  return {
    variables: variables
      .filter(({ name }) => !given.has(name))
      .map(({ secret = false, required = false, path = false, ...row }) => ({
        ...row,
        secret,
        required,
        path,
      }))
      .toSorted((left, right) => rankOf(left) - rankOf(right)),
    arguments: paths
      .filter(({ name }) => !isGiven(name))
      .map(({ required = false, ...row }) => ({ ...row, required })),
  };
}

/** What it does not work without comes first, then secrets. */
function rankOf({ required, secret }: OfferedVariableView): number {
  return (required ? 0 : 2) + (secret ? 0 : 1);
}
