/**
 * The server's variables on their way through the programs that start its sandbox. Those run outside of
 * it, and a shell or a loader does what its variables say. So they travel under names that mean nothing
 * to any program, and what is started first inside of the sandbox gives them their own names back.
 */
type Variables = Readonly<Record<string, string>>;

const carrier = '_portcullis_';
/** What a shell can give to a program. */
const shellName = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Names that some shell keeps for itself. */
const keptByShells = new Set([
  ...['_', 'BASHOPTS', 'BASH_VERSINFO', 'EUID', 'LINENO', 'OPTIND', 'PPID', 'SHELLOPTS', 'UID'],
]);

export interface HiddenVariables {
  /** For all that runs outside. */
  readonly env: Variables;
  /** Goes before the program and its arguments, inside. Holds names and no value. */
  readonly restore: readonly string[];
}

export function hideVariables(variables: Variables): HiddenVariables {
  let prefix = carrier;
  // The server may have variables of that name.
  while (Object.keys(variables).some((name) => name.startsWith(prefix))) prefix += '_';
  const carried = Object.entries(variables).map(([name, value], index) => ({
    ...{ name, value, as: prefix + index },
    isForShell: shellName.test(name) && !keptByShells.has(name),
  }));
  const named = carried.filter(({ isForShell }) => isForShell);
  const script = [
    // `command` keeps a shell alive that has such a variable of its own and does not let go of it.
    ...named.map(({ name, as }) => `command export ${name}="$${as}" 2>/dev/null`),
    `unset ${[prefix, ...named.map(({ as }) => as)].join(' ')}`,
    'exec "$@"',
  ].join('\n');
  return {
    env: Object.fromEntries(carried.map(({ as, value }) => [as, value])),
    restore: [
      ...['/bin/sh', '-c', script, 'sh'],
      ...restoreOthers(carried.filter(({ isForShell }) => !isForShell)),
    ],
  };
}

/**
 * Names that no shell hands on (`A-B`, `npm_config_@acme:registry`) come back by `env`, which reads the
 * values from its own variables, so that none stands among its arguments either.
 */
function restoreOthers(
  others: readonly { readonly name: string; readonly as: string }[],
): readonly string[] {
  if (others.length === 0) return [];
  const quote = (name: string) => `'${name.replaceAll(/[\\']/g, '\\$&')}='`;
  const assignments = others.map(({ name, as }) => `${quote(name)}\${${as}}`);
  return [
    '/usr/bin/env',
    ...others.map(({ as }) => `--unset=${as}`),
    `--split-string=${assignments.join(' ')}`,
    // A program whose path has a `=` would be taken for one more variable.
    ...['/usr/bin/nice', '-n', '0'],
  ];
}
