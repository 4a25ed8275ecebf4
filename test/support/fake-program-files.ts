/** Programs' view of a disk that is a list of names. */
import type { ProgramFiles } from '../../core/ports.ts';

/** A name that ends with a slash is a folder, `a -> b` a link; folders around a name are there too. */
export function createFakeProgramFiles(there: readonly string[]): ProgramFiles {
  const links = there.filter((one) => one.includes(' -> ')).map((one) => one.split(' -> '));
  const leadsTo = (path: string): string => {
    const link = links.find(([from]) => path === from || path.startsWith(`${from}/`));
    const [from = '', to] = link ?? [];
    return to === undefined ? path : leadsTo(to + path.slice(from.length));
  };
  const kindOf = (path: string) => {
    const real = leadsTo(path);
    if (there.some((one) => one.startsWith(`${real}/`))) return 'folder';
    return there.includes(real) ? 'file' : 'missing';
  };
  return {
    probe: (path) => ({ kind: kindOf(path), executable: false }),
    head: () => new Uint8Array(),
    realpath: (path) => (kindOf(path) === 'missing' ? undefined : leadsTo(path)),
    list: () => [],
  };
}
