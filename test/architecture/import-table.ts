/**
 * Who may import whom, as data. Each row is a place in the tree with what it may import of ours,
 * which packages, which of Node's modules, and why. `import-rules.ts` reads it; nothing else does.
 */

type Allowed = 'any' | readonly string[];

export interface Place {
  readonly name: string;
  /** A folder ends with `/`. The longest match wins. */
  readonly paths: readonly string[];
  /** Names of places; a place may always import itself. */
  readonly ours: Allowed;
  /** A name that ends with `/` allows the whole scope. */
  readonly packages: Allowed;
  readonly node: Allowed;
  readonly why: string;
}

/** Foundations serve jobs; they may build on one another as long as no circle forms. */
export const foundations = [
  'core/records',
  'core/secrets',
  'core/tokens',
  'core/clients',
  'core/exposure',
  'core/edits',
  'core/scope',
  'core/launch',
  'core/inspect',
  'core/documents',
  'core/servers',
] as const;

export const jobs = [
  'core/catalogue',
  'core/protect',
  'core/drift',
  'core/gateway',
  'core/promote',
  'core/health',
] as const;

const corePackages = [
  // Pure: text or data in, text or data out.
  'zod',
  'jsonc-parser',
  'json5',
  'yaml',
  'smol-toml',
  'toml-eslint-parser',
  '@decimalturn/toml-patch',
  'age-encryption',
  'diff',
  // The protocol and the contract.
  '@orpc/server',
  '@modelcontextprotocol/client',
  '@modelcontextprotocol/server',
  '@modelcontextprotocol/core',
  '@modelcontextprotocol/node',
];
const coreNode = ['node:path', 'node:crypto'];

const foundationRows: readonly Place[] = foundations.map((name) => ({
  name,
  paths: [`${name}/`],
  ours: ['shared', 'core/ports', ...(name === 'core/documents' ? [] : foundations)],
  packages: corePackages,
  node: coreNode,
  why:
    name === 'core/documents'
      ? 'structured text stands alone: every other foundation that reads a file builds on it'
      : 'a foundation is used by several jobs, so it cannot know any of them',
}));

const jobRows: readonly Place[] = jobs.map((name) => ({
  name,
  paths: [`${name}/`],
  ours: ['shared', 'core/ports', ...foundations],
  packages: corePackages,
  node: coreNode,
  why: 'a job that imports another job cannot be changed alone; core/app hands one to the other',
}));

export const places: readonly Place[] = [
  {
    name: 'shared',
    paths: ['shared/'],
    ours: [],
    packages: ['zod', '@orpc/contract', '@orpc/client'],
    node: [],
    why: 'it runs in a browser page too, and every other part depends on it',
  },
  {
    name: 'core/ports',
    paths: ['core/ports.ts', 'core/ports/'],
    ours: ['shared'],
    packages: [],
    node: [],
    why: 'ports are interfaces; an import here would tie the core to one implementation',
  },
  ...foundationRows,
  ...jobRows,
  {
    name: 'core/app',
    paths: ['core/app.ts', 'core/app/', 'core/handlers.ts', 'core/handlers/'],
    ours: ['shared', 'core/ports', ...foundations, ...jobs],
    packages: corePackages,
    node: coreNode,
    why: 'the one place where jobs are composed and the contract is answered',
  },
  {
    name: 'platform',
    paths: ['platform/'],
    ours: ['shared', 'core/ports'],
    packages: 'any',
    node: 'any',
    why: 'it implements the ports; if it knew the core, the core could not be tested without it',
  },
  {
    name: 'renderer',
    paths: ['renderer/'],
    ours: ['shared'],
    packages: [
      'react',
      'react-dom',
      '@mantine/',
      '@tanstack/',
      '@orpc/client',
      '@orpc/contract',
      '@fontsource/',
      '@fontsource-variable/',
      'lucide-react',
      'react-diff-view',
      'wouter',
      'vite',
      'virtual:theme.css',
    ],
    node: [],
    why: 'it runs in a page: all it may know is the contract',
  },
  {
    name: 'web',
    paths: ['web/'],
    ours: ['shared', 'core/app', 'core/ports', 'platform'],
    packages: ['@orpc/server'],
    node: 'any',
    why: 'a door translates; what it would need beyond core/app is a decision that belongs in core',
  },
  {
    name: 'electron',
    paths: ['electron/'],
    ours: ['shared', 'core/app', 'core/ports', 'platform', 'web'],
    packages: ['electron', 'electron-store', 'electron-updater', '@orpc/server', '@orpc/client'],
    node: 'any',
    why: 'a door; it may open the browser door for a person who prefers it',
  },
  {
    name: 'cli',
    paths: ['cli/'],
    ours: ['shared', 'core/app', 'core/ports', 'core/launch', 'platform', 'web'],
    packages: [
      'commander',
      'picocolors',
      'fast-string-width',
      '@orpc/server',
      '@orpc/client',
      '@anthropic-ai/sandbox-runtime',
    ],
    node: 'any',
    why: 'a door; `run` goes straight to core/launch because it must start in milliseconds',
  },
  {
    name: 'assets',
    paths: ['assets/', 'package.json'],
    ours: [],
    packages: [],
    node: [],
    why: 'data',
  },
  {
    name: 'tools',
    paths: ['scripts/', 'bench/', 'test/', 'vitest.config.ts', 'playwright.config.ts'],
    ours: 'any',
    packages: 'any',
    node: 'any',
    why: 'nothing that ships imports them',
  },
];

/** Data, read by whoever needs it. */
export const readByAll = ['assets'];

/** The two files that Electron itself starts; everything else is tested without its binary. */
export const mayLoadElectron = ['electron/main.ts', 'electron/preload.ts'];

/** What `core` must be handed as a port instead of reaching for it. */
export const globalsForbiddenInCore: Readonly<Record<string, string>> = {
  process: 'environment, platform and exit belong to the doors and to core/ports',
  fetch: 'the network is a port',
  console: 'core reports through results and events; it owns no terminal',
};
