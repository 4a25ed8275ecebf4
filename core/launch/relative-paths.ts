/** What of a launch means another file in each folder that it is started in. Decided by its words alone. */

interface Words {
  readonly command: string;
  readonly args: readonly string[];
}

const script = /\.(?:[cm]?[jt]sx?|pyz?|rb|pl|php|sh|bash|lua|jar|dll|exe|cmd|bat|wasm)$/i;
const dotted = /^\.{1,2}(?:[\\/]|$)/;
/** Absolute on some system, or an address. */
const fixed = /^(?:[\\/]|[a-z][a-z\d+.-]*:)/i;
const interpreters = /^(?:node(?:js)?|bun|deno|tsx|python[\d.]*|ruby|perl|php|lua|(?:ba|da|z)?sh)$/;
/** Their first word is the name of a package. */
const runners = /^(?:npx|pnpx|bunx|uvx|pipx)$/;
/** What they are given is read elsewhere. */
const engines = /^(?:docker|podman|nerdctl)$/;

/** True when the program, or a script that it is given, is looked for in the folder of the start. */
export function startsFromFolder({ command, args }: Words): boolean {
  if (isRelative(command) && /[\\/]/.test(command)) return true;
  const name = nameOf(command);
  if (engines.test(name)) return false;
  const first = args.findIndex((word) => !word.startsWith('-'));
  return args.some((word, at) => {
    const path = pathIn(word);
    if (!isRelative(path)) return false;
    if (at !== first) return script.test(path);
    // An option before it may have taken it as code or as a module, which has no such beginning.
    return (
      (interpreters.test(name) && dotted.test(path)) ||
      (script.test(path) && !isPackage(name, path))
    );
  });
}

/** The same, and any other path among its arguments that is relative by its looks. */
export function namesRelativePath(launch: Words): boolean {
  if (startsFromFolder(launch)) return true;
  return (
    !engines.test(nameOf(launch.command)) && launch.args.some((word) => dotted.test(pathIn(word)))
  );
}

export function isRelative(path: string): boolean {
  return path !== '' && !fixed.test(path);
}

function isPackage(name: string, word: string): boolean {
  return runners.test(name) && !dotted.test(word);
}

/** Of `--option=path` the path. */
function pathIn(word: string): string {
  return word.startsWith('-') ? word.slice(word.indexOf('=') + 1 || word.length) : word;
}

function nameOf(command: string): string {
  return (command.split(/[\\/]/).at(-1) ?? '').replace(/\.(?:exe|cmd|bat)$/i, '').toLowerCase();
}
