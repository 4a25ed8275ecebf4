/**
 * What the catalogue says of a package that its scope may need: hosts, variables, and arguments that are
 * paths. All of it was written by strangers: what is kept is short, has plain names and no value that
 * anybody would get by itself. Hints for a person, and hosts for a trial that proposes them; nothing is allowed
 * or set because of them before a person agreed.
 */
import * as z from 'zod';
import type { LaunchSpec } from '../../shared/models/server.ts';
import { readName } from '../exposure/names.ts';
import { mayOffer } from './offered-variables.ts';
import { runtimeOf } from './runtime.ts';

export interface OfferedVariable {
  readonly name: string;
  /** One line, as the catalogue says it. */
  readonly about?: string;
  /** By the catalogue or by its name: its value comes from the keychain or not at all. */
  readonly secret?: true;
  readonly required?: true;
  /** Its value is the path of a file or folder. */
  readonly path?: true;
  /** What the catalogue says it is when nobody sets it. Never of a secret. */
  readonly usual?: string;
}

export interface PathArgument {
  /** `--db`, or what a value without an option is called. */
  readonly name: string;
  readonly about?: string;
  readonly required?: true;
}

export interface PackagePresets {
  readonly hosts?: readonly string[];
  readonly variables?: readonly OfferedVariable[];
  /** Arguments whose value is a path. */
  readonly paths?: readonly PathArgument[];
}

/** `npm:@scope/name` → what is known. */
export type PresetIndex = Readonly<Record<string, PackagePresets>>;

const inputSchema = z.object({
  name: z.unknown().optional(),
  valueHint: z.unknown().optional(),
  description: z.unknown().optional(),
  format: z.unknown().optional(),
  default: z.unknown().optional(),
  value: z.unknown().optional(),
  isSecret: z.unknown().optional(),
  isRequired: z.unknown().optional(),
});
type Input = z.infer<typeof inputSchema>;
const packageSchema = z.object({
  registryType: z.string(),
  identifier: z.string(),
  environmentVariables: z.array(inputSchema).optional(),
  packageArguments: z.array(inputSchema).optional(),
});
type Package = z.infer<typeof packageSchema>;
const snapshotSchema = z.object({
  servers: z.array(
    z.object({
      server: z.object({
        packages: z.array(packageSchema).optional(),
        remotes: z.array(z.object({ url: z.string().optional() })).optional(),
      }),
    }),
  ),
});

const registries = ['npm', 'pypi', 'oci'];
/** More than nearly every package has; who lists more wants to hide one among them. */
const most = { variables: 40, paths: 10, about: 110, usual: 60 } as const;

/** Reads a whole snapshot: done when it is renewed, never at a start. Packages without anything are left out. */
export function indexPresets(snapshot: unknown): PresetIndex {
  const found = new Map<string, PackagePresets>();
  for (const { server } of snapshotSchema.parse(snapshot).servers) {
    const remotes = (server.remotes ?? []).flatMap(({ url }) => hostIn(url));
    for (const one of server.packages ?? []) {
      if (!registries.includes(one.registryType)) continue;
      const key = keyOf(one.registryType, one.identifier);
      found.set(key, merge(found.get(key), readPackage(one, remotes)));
    }
  }
  const rows = [...found].filter(([, presets]) => Object.keys(presets).length > 0);
  return Object.fromEntries(rows.sort(([left], [right]) => (left < right ? -1 : 1)));
}

function readPackage(one: Package, remotes: readonly string[]): PackagePresets {
  const { registryType, environmentVariables = [], packageArguments = [] } = one;
  const defaults = environmentVariables.flatMap(({ default: usual, value }) => [
    ...hostIn(usual),
    ...hostIn(value),
  ]);
  // A container gets those that its options name, and sees paths of its own.
  const isContainer = registryType === 'oci';
  return {
    hosts: [...remotes, ...defaults],
    variables: isContainer ? [] : environmentVariables.flatMap(readVariable),
    paths: isContainer ? [] : packageArguments.flatMap(readPathArgument),
  };
}

/** The first to say something of a name is heard; lists stay short, and empty ones are left out. */
function merge(before: PackagePresets | undefined, more: PackagePresets): PackagePresets {
  const hosts = [...new Set([...(before?.hosts ?? []), ...(more.hosts ?? [])])].sort();
  const variables = firstOfEach(before?.variables, more.variables).slice(0, most.variables);
  const paths = firstOfEach(before?.paths, more.paths).slice(0, most.paths);
  return {
    ...(hosts.length === 0 ? {} : { hosts }),
    ...(variables.length === 0 ? {} : { variables }),
    ...(paths.length === 0 ? {} : { paths }),
  };
}

function firstOfEach<T extends { readonly name: string }>(
  before: readonly T[] = [],
  more: readonly T[] = [],
): readonly T[] {
  const rows = new Map<string, T>();
  for (const row of [...before, ...more]) if (!rows.has(row.name)) rows.set(row.name, row);
  return [...rows.values()];
}

function readVariable(input: Input): readonly OfferedVariable[] {
  const { name, description, isSecret, isRequired } = input;
  if (typeof name !== 'string' || !mayOffer(name)) return [];
  const about = readLine(description, most.about);
  const secret = isSecret === true || readName(name, 'variable').strength === 'strong';
  const usual = secret ? undefined : readUsual(input.default);
  return [
    {
      name,
      ...(about === undefined ? {} : { about }),
      ...(secret ? { secret: true } : {}),
      ...(isRequired === true ? { required: true } : {}),
      ...(!secret && isPath(input, name) ? { path: true } : {}),
      ...(usual === undefined ? {} : { usual }),
    },
  ];
}

function readPathArgument(input: Input): readonly PathArgument[] {
  const { name, valueHint, description, isSecret, isRequired } = input;
  const called = [name, valueHint].find((one) => typeof one === 'string');
  if (typeof called !== 'string' || !/^-{0,2}[A-Za-z][\w.-]{0,63}$/.test(called)) return [];
  if (isSecret === true || !isPath(input, called)) return [];
  const about = readLine(description, most.about);
  return [
    {
      name: called,
      ...(about === undefined ? {} : { about }),
      ...(isRequired === true ? { required: true } : {}),
    },
  ];
}

/** Few say so in the format; the rest by what they call it, and then not where it is a part of an address. */
function isPath({ format, valueHint, description }: Input, name: string): boolean {
  if (format === 'filepath') return true;
  if (format !== undefined && format !== 'string') return false;
  const isNamed = /(?:^|[_-])(?:path|file|filepath|dir|directory|folder|root)$/i;
  const words = typeof description === 'string' ? description : '';
  const named = [name, ...(typeof valueHint === 'string' ? [valueHint] : [])];
  return (
    named.some((one) => isNamed.test(one.replaceAll(/([a-z])([A-Z])/g, '$1_$2'))) &&
    /\b(?:files?|folders?|director(?:y|ies)|database)\b/i.test(words) &&
    !/\b(?:comma|separated|endpoint|url)\b/i.test(words)
  );
}

/** One line that can be shown: nothing unseen in it, cut where it is long. */
function readLine(text: unknown, limit: number): string | undefined {
  if (typeof text !== 'string') return undefined;
  const line = text
    .slice(0, 4000)
    .replaceAll(/(?:\p{C}|\p{Z}|\u034f|[\u2800\u3164\uffa0\u115f\u1160]|[\ufe00-\ufe0f])+/gu, ' ')
    .replaceAll(/(\p{M}{2})\p{M}+/gu, '$1')
    .trim();
  if (line === '') return undefined;
  const characters = [...line];
  return characters.length <= limit ? line : `${characters.slice(0, limit - 1).join('')}…`;
}

function readUsual(value: unknown): string | undefined {
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  if (typeof text !== 'string' || !/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text))
    return undefined;
  return text.length <= most.usual ? text : undefined;
}

/** The host of a URL, unless it is an example, a pattern, or this computer. */
function hostIn(text: unknown): readonly string[] {
  if (typeof text !== 'string' || !URL.canParse(text)) return [];
  const { protocol, hostname } = new URL(text);
  const isNamed = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}$/.test(hostname);
  if (!isNamed || !/^https?:$/.test(protocol) || placeholder.test(hostname)) return [];
  return [hostname];
}

const placeholder = /(?:^|[.-])(?:your|my|example|localhost|local|test|invalid)(?:[.-]|$)/;

const runtimeRegistries = { node: 'npm', python: 'pypi', docker: 'oci', binary: '' } as const;

/** What the index has for the package that a command line names. */
export function findPresets(launch: LaunchSpec, index: PresetIndex): PackagePresets {
  if (launch.transport !== 'stdio') return {};
  const registry = runtimeRegistries[runtimeOf(launch)];
  const keys = launch.args.map((argument) => keyOf(registry, argument));
  const key = keys.find((one) => Object.hasOwn(index, one));
  return key === undefined ? {} : (index[key] ?? {});
}

/** Read when it is first asked for, and not before: no start waits for it. */
export async function readPresets(): Promise<PresetIndex> {
  const { default: index } = await import('../../assets/scope-presets.json', {
    with: { type: 'json' },
  });
  // Its rows are so many that their types would all differ; the test of the file knows what is in it.
  return index as PresetIndex;
}

/** Without version, tag, digest or extras. */
function keyOf(registry: string, name: string): string {
  const bare = {
    npm: () => name.replace(/(?<=.)@[^/]*$/, ''),
    pypi: () =>
      name
        .replace(/(?:\[.*?\])?(?:[=<>!~@].*)?$/, '')
        .toLowerCase()
        .replaceAll(/[-_.]+/g, '-'),
    oci: () => name.replace(/@sha256:.*$/, '').replace(/:[^/]*$/, ''),
  }[registry];
  return `${registry}:${bare?.() ?? name}`;
}
