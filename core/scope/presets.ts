/** A sensible scope for a server that has none: from its command, its arguments and its package. */
import { posix, win32 } from 'node:path';
import type { CredentialScope, Runtime, ScopeFolder } from '../../shared/models/scope.ts';
import type { LaunchSpec } from '../../shared/models/server.ts';
import { parseTemplate } from '../../shared/template.ts';
import type { Machine, ProgramFiles } from '../ports.ts';
import { findLinkedPackages } from './linked-packages.ts';
import { isTooWide } from './too-wide.ts';

const runtimes: readonly { readonly runtime: Runtime; readonly command: RegExp }[] = [
  { runtime: 'docker', command: /^(?:docker|podman|nerdctl|container)(?:\.exe)?$/i },
  { runtime: 'python', command: /^(?:uvx?|pipx|python[\d.]*|py)(?:\.exe)?$/i },
  {
    runtime: 'node',
    command: /^(?:node|nodejs|npx|npm|pnpx?|yarn|bunx?|deno|tsx)(?:\.(?:exe|cmd))?$/i,
  },
];

/** Hosts at which a kind of secret is used, by the beginning of the kind. */
const kindHosts: readonly { readonly kind: string; readonly hosts: readonly string[] }[] = [
  { kind: 'github-', hosts: ['api.github.com', 'github.com'] },
  { kind: 'gitlab-', hosts: ['gitlab.com'] },
  { kind: 'slack-', hosts: ['slack.com', '*.slack.com'] },
  { kind: 'notion', hosts: ['api.notion.com'] },
  { kind: 'linear', hosts: ['api.linear.app'] },
  { kind: 'figma', hosts: ['api.figma.com'] },
  { kind: 'airtable', hosts: ['api.airtable.com'] },
  { kind: 'brave', hosts: ['api.search.brave.com'] },
  { kind: 'tavily', hosts: ['api.tavily.com'] },
  { kind: 'exa', hosts: ['api.exa.ai', 'mcp.exa.ai'] },
  { kind: 'firecrawl', hosts: ['api.firecrawl.dev'] },
  { kind: 'stripe-', hosts: ['api.stripe.com'] },
  { kind: 'openai', hosts: ['api.openai.com'] },
  { kind: 'anthropic', hosts: ['api.anthropic.com'] },
  { kind: 'context7', hosts: ['context7.com', '*.context7.com'] },
];

/** Packages that only read what they are given. */
const readers = /(?:read-?only|docs?|search|pdf|markitdown)/i;
/** Files that hold settings or keys: read, never written. */
const settingsFile = /\.(?:json|ya?ml|toml|pem|key|crt|p12|env|ini|conf)$/i;
/** Databases want their folder: they keep a journal beside the file. */
const databaseFile = /\.(?:db|sqlite3?|duckdb)$/i;

export interface PresetSurroundings {
  readonly machine: Machine;
  readonly files: ProgramFiles;
  readonly masked: readonly string[];
}

/** The runtime that a command belongs to, by its name. */
export function runtimeOf(launch: LaunchSpec): Runtime {
  if (launch.transport !== 'stdio') return 'binary';
  if (/[\\/]node_modules[\\/]/.test(launch.command)) return 'node';
  const name = launch.command.split(/[\\/]/).at(-1) ?? '';
  return runtimes.find(({ command }) => command.test(name))?.runtime ?? 'binary';
}

/** Suggested; nothing is stored. A container is somebody else's sandbox and cannot be put into ours. */
export function suggestScope(
  launch: LaunchSpec,
  surroundings: PresetSurroundings,
): CredentialScope {
  const runtime = runtimeOf(launch);
  const confinable = launch.transport === 'stdio' && runtime !== 'docker';
  return {
    level: confinable ? 'confined' : 'scoped-environment',
    runtime,
    environment: [],
    folders: confinable ? suggestFolders(launch, surroundings) : [],
    ...(confinable ? suggestPackages(launch, surroundings) : {}),
    hosts: 'any',
  };
}

/** What its program links to. A person sees it before it is part of any scope. */
export function suggestPackages(
  launch: LaunchSpec,
  { machine, files, masked }: PresetSurroundings,
): Pick<CredentialScope, 'packages'> {
  if (launch.transport !== 'stdio' || machine.platform === 'windows') return {};
  const { home, env } = machine;
  const search = { cwd: launch.cwd ?? home, home, files, masked, path: env.PATH };
  const packages = findLinkedPackages(launch.command, launch.args, search);
  return packages.length === 0 ? {} : { packages };
}

export function hostsOfKind(kind: string): readonly string[] | undefined {
  return kindHosts.find((row) => kind.startsWith(row.kind))?.hosts;
}

/** Folders and files that stand in its arguments and variables, and no others. */
function suggestFolders(
  launch: Extract<LaunchSpec, { transport: 'stdio' }>,
  surroundings: PresetSurroundings,
): readonly ScopeFolder[] {
  const runs = scriptAt(launch, surroundings);
  const texts = [
    ...launch.args.filter((_, index) => index !== runs),
    ...Object.values(launch.env),
    ...(launch.cwd === undefined ? [] : [launch.cwd]),
  ];
  const names = [launch.command, ...launch.args].filter(
    (text) => !text.includes('=') && !/^[~/\\]|^[A-Za-z]:/.test(text),
  );
  const access = names.some((name) => readers.test(name)) ? 'read' : 'write';
  const folders = texts.flatMap((text) => folderIn(text, access, surroundings));
  const unique = new Map(folders.map((folder) => [folder.path, folder]));
  return [...unique.values()];
}

/** The place of the script among the arguments: it is shown anyway, read-only. */
function scriptAt(
  { args }: Extract<LaunchSpec, { transport: 'stdio' }>,
  { files }: PresetSurroundings,
): number {
  return args.findIndex(
    (argument) =>
      /\.(?:[cm]?[jt]s|py|rb|php|sh)$/.test(argument) && files.probe(argument).kind === 'file',
  );
}

function folderIn(
  template: string,
  access: 'read' | 'write',
  { machine, files, masked }: PresetSurroundings,
): readonly ScopeFolder[] {
  const parts = parseTemplate(template);
  if (parts.some((part) => part.kind !== 'text')) return [];
  const paths = machine.platform === 'windows' ? win32 : posix;
  const text = parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
  const named = text.replace(/^--?[\w-]+=/, '');
  const path = named.startsWith('~/') ? paths.join(machine.home, named.slice(2)) : named;
  if (!paths.isAbsolute(path)) return [];
  const { kind } = files.probe(path);
  const isDatabase = databaseFile.test(path);
  if (kind === 'missing' && !isDatabase) return [];
  const place = isDatabase
    ? paths.dirname(path)
    : paths.normalize(path).replace(/(?<=.)[\\/]$/, '');
  if (files.probe(place).kind === 'missing' || isTooWide(place, machine.home, masked)) return [];
  const target = files.realpath(place);
  return [
    {
      path: place,
      access: kind === 'file' && settingsFile.test(path) ? 'read' : access,
      ...(target === undefined || target === place ? {} : { target }),
    },
  ];
}
