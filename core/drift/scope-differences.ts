/** How two scopes differ, field by field, in sentences for people: nothing of a scope changes unsaid. */
import type { CredentialScope } from '../../shared/models/scope.ts';
import { titleOf } from '../scope/levels.ts';

type Say<Field extends keyof CredentialScope> = (
  value: CredentialScope[Field],
) => readonly string[];

interface Row<Field extends keyof CredentialScope> {
  readonly what: string;
  /** In any order; two scopes that say the same are the same here. */
  readonly say: Say<Field>;
}

/** A row for every field, so that a new one is not forgotten. */
const rows: { readonly [Field in keyof Required<CredentialScope>]: Row<Field> } = {
  level: { what: 'Level', say: (level) => [titleOf(level)] },
  runtime: { what: 'Runtime', say: (runtime) => [runtime] },
  environment: { what: 'Variables that it inherits', say: (names) => names },
  folders: {
    what: 'Folders',
    say: (folders) =>
      folders.map(({ path, access, target }) => {
        const behind = target === undefined ? '' : `, which leads to ${target}`;
        return `${access} ${path}${behind}`;
      }),
  },
  packages: { what: 'Packages of its program', say: (packages = []) => packages },
  hosts: { what: 'Hosts', say: (hosts) => (typeof hosts === 'string' ? [hosts] : hosts) },
  secretHosts: {
    what: 'Hosts of single secrets',
    say: (hosts = {}) =>
      Object.entries(hosts).map(([name, own]) => `${name} for ${own.toSorted().join(' and ')}`),
  },
  otherwise: {
    what: 'Where the level cannot be had',
    say: (otherwise) => [otherwise === 'lower' ? 'starts at a lower one' : 'does not start'],
  },
};

export function noteScopeDifferences(
  here: CredentialScope,
  there: CredentialScope,
): readonly string[] {
  return [
    compare('level', here, there),
    compare('runtime', here, there),
    compare('environment', here, there),
    compare('folders', here, there),
    compare('packages', here, there),
    compare('hosts', here, there),
    compare('secretHosts', here, there),
    compare('otherwise', here, there),
  ].flat();
}

function compare<Field extends keyof CredentialScope>(
  field: Field,
  here: CredentialScope,
  there: CredentialScope,
): readonly string[] {
  const { what, say } = rows[field];
  const [left, right] = [list(say(here[field])), list(say(there[field]))];
  return left === right ? [] : [`${what} here: ${left}; in the file: ${right}.`];
}

function list(said: readonly string[]): string {
  return said.length === 0 ? 'none' : [...new Set(said)].toSorted().join(', ');
}
