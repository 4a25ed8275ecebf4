/**
 * The server's variables on their way through the programs that start its sandbox. Those run outside of
 * it, and a shell or a loader does what its variables say. So they travel under names that mean nothing
 * to any program, and one line of shell inside of the sandbox gives them their own names back.
 */
type Variables = Readonly<Record<string, string>>;

const carrier = '_portcullis_';
/** What a shell can give to a program. */
const shellName = /^[A-Za-z_][A-Za-z0-9_]*$/;

export interface HiddenVariables {
  /** For all that runs outside. */
  readonly env: Variables;
  /** Goes before the program and its arguments, inside. Holds names and no value. */
  readonly restore: readonly string[];
}

/** A variable whose name is none for a shell does not arrive. */
export function hideVariables(variables: Variables): HiddenVariables {
  const named = Object.entries(variables).filter(
    ([name]) => shellName.test(name) && !name.startsWith(carrier),
  );
  const carried = named.map(([name, value], index) => ({ name, value, as: carrier + index }));
  const script = [
    // `command` keeps a shell alive that has such a variable of its own and does not let go of it.
    ...carried.map(({ name, as }) => `command export ${name}="$${as}" 2>/dev/null`),
    `unset ${carried.map(({ as }) => as).join(' ')}`,
    'exec "$@"',
  ].join('\n');
  return {
    env: Object.fromEntries(carried.map(({ as, value }) => [as, value])),
    restore: ['/bin/sh', '-c', script, 'sh'],
  };
}
