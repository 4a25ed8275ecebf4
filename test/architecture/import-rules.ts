/** Applies the import table to what files say. Pure: a test hands it sources that break each rule. */
import { posix } from 'node:path';
import {
  foundations,
  globalsForbiddenInCore,
  mayLoadElectron,
  type Place,
  places,
  readByAll,
} from './import-table.ts';
import type { Import, SourceFacts } from './source-facts.ts';

/** Tests may import anything, save Electron at run time; they never ship. */
export function isTest(file: string): boolean {
  return /\.test\.tsx?$/.test(file);
}

export function findPlace(file: string): Place | undefined {
  const matches = places.flatMap((place) =>
    place.paths
      .filter((path) => (path.endsWith('/') ? file.startsWith(path) : file === path))
      .map((path) => ({ place, length: path.length })),
  );
  return matches.sort((a, b) => b.length - a.length)[0]?.place;
}

/** One sentence for each broken rule, with the reason that the table gives. */
export function findBrokenImports(facts: SourceFacts): readonly string[] {
  const place = findPlace(facts.file);
  if (!place) {
    return [`${facts.file}: no place in the import table; add a row with its reason, or move it`];
  }
  return facts.imports.flatMap((one) => {
    const problem = findProblem(facts.file, place, one);
    return problem ? [`${facts.file}:${one.line}: ${problem}`] : [];
  });
}

function findProblem(file: string, place: Place, one: Import): string | undefined {
  const { target, typeOnly } = one;
  if (target === 'electron' && !typeOnly && !mayLoadElectron.includes(file)) {
    return `only ${mayLoadElectron.join(' and ')} may load electron at run time`;
  }
  if (place.name === 'tools' || isTest(file)) return undefined;
  if (target === undefined) return 'import of something that is not a plain string';
  const why = `(${place.name}: ${place.why})`;
  if (target.startsWith('.')) {
    const other = findPlace(posix.join(posix.dirname(file), target));
    const allowed = other && (other.name === place.name || mayImport(place, other.name));
    return allowed ? undefined : `must not import ${target} ${why}`;
  }
  const list = target.startsWith('node:') ? place.node : place.packages;
  return isListed(list, target) ? undefined : `must not import ${target} ${why}`;
}

function mayImport(place: Place, other: string): boolean {
  return place.ours === 'any' || place.ours.includes(other) || readByAll.includes(other);
}

function isListed(list: Place['packages'], target: string): boolean {
  if (list === 'any') return true;
  return list.some((name) =>
    name.endsWith('/') ? target.startsWith(name) : target === name || target.startsWith(`${name}/`),
  );
}

/** Globals that `core` must be handed instead. */
export function findBrokenGlobals(facts: SourceFacts): readonly string[] {
  if (!facts.file.startsWith('core/') || isTest(facts.file)) return [];
  return Object.entries(globalsForbiddenInCore)
    .filter(([name]) => facts.names.has(name))
    .map(([name, why]) => `${facts.file}: uses ${name} (${why})`);
}

/** Foundations that import one another in a circle, each circle once, as a road of names. */
export function findCircles(all: readonly SourceFacts[]): readonly string[] {
  const edges = new Map<string, Set<string>>(foundations.map((name) => [name, new Set<string>()]));
  for (const { file, imports } of all) {
    if (isTest(file)) continue;
    const from = edges.get(findPlace(file)?.name ?? '');
    for (const { target } of imports) {
      if (!from || !target?.startsWith('.')) continue;
      const to = findPlace(posix.join(posix.dirname(file), target))?.name;
      if (to !== undefined && edges.has(to) && to !== findPlace(file)?.name) from.add(to);
    }
  }
  const circles = new Set<string>();
  for (const start of edges.keys()) {
    for (const road of followRoads(edges, [start])) circles.add(road);
  }
  return [...circles];
}

/** Roads that lead back to their start, written down only from their first name in the alphabet. */
function followRoads(edges: ReadonlyMap<string, ReadonlySet<string>>, road: string[]): string[] {
  const start = road[0] ?? '';
  const next = [...(edges.get(road.at(-1) ?? '') ?? [])];
  return next.flatMap((name) => {
    if (name === start) return [[...road, start].join(' → ')];
    return name < start || road.includes(name) ? [] : followRoads(edges, [...road, name]);
  });
}
