/** Rows that move secrets, take that back, and look after the files. */
import type { CommandRow } from '../command.ts';
import { clientFilter, planOnly, yes } from './options.ts';

const consents = ['secondary-evidence', 'shared-project-file', 'only-copy'];
const fileArgument = {
  syntax: '<file>',
  about: 'the file, as `portcullis clients` shows it',
  complete: 'file',
} as const;

export const protectRows: readonly CommandRow[] = [
  {
    name: 'protect',
    group: 'protect',
    summary: 'move secrets into the keychain and rewrite the entries that held them',
    about:
      'Shows every changed line first, secrets masked, and asks. Without SERVER it plans for all. Nothing is written before the keychain has the secrets and has been read back.',
    arguments: [
      {
        syntax: '[server...]',
        about: 'servers or entries to protect; with --undo, the run to take back (else the last)',
        complete: 'server',
      },
    ],
    options: [
      planOnly,
      { flags: '--all', about: 'every server (the same as naming none)' },
      clientFilter,
      { flags: '--project <folder>', about: 'also this project folder', complete: 'file' },
      { flags: '--item <id>', about: 'also do this item of the plan; `all` for every one' },
      { flags: '--no-item <id>', about: 'leave this item of the plan; `all` for every one' },
      {
        flags: '--consent <name>',
        about: 'say yes to items that need one more yes, and do them',
        complete: consents,
      },
      {
        flags: '--choose <server.secret=client>',
        about: 'where clients hold different values: the client whose value is kept',
      },
      { flags: '--undo', about: 'take a whole run back: files, records and keychain items' },
      { flags: '--runs', about: 'list what was done so far' },
      yes,
    ],
    examples: [
      'portcullis protect --plan',
      'portcullis protect github',
      'portcullis protect --all --yes',
      'portcullis protect --undo',
    ],
    next: ['scan', 'servers', 'leave'],
    load: async () => (await import('./protect.ts')).protect,
  },
  {
    name: 'leave',
    group: 'protect',
    summary: 'the way out: give clients their own entries back, or remove them',
    about:
      'Writes the original command back with its secrets, which then lie in plain text again, or with --remove takes the entry out. Shows every changed line and asks.',
    arguments: [{ syntax: '[server...]', about: 'servers to give back', complete: 'server' }],
    options: [
      { flags: '--all', about: 'every server in every client' },
      clientFilter,
      { flags: '--remove', about: 'take the entries out instead of writing them back' },
      { flags: '--purge', about: 'also remove the launcher, our secrets and our own files' },
      planOnly,
      yes,
    ],
    examples: [
      'portcullis leave github --plan',
      'portcullis leave --client cursor',
      'portcullis leave --all --purge',
    ],
    load: async () => (await import('./leave.ts')).leave,
  },
  {
    name: 'history',
    group: 'files',
    summary: 'what happened to a file, and which sealed copies of it there are',
    arguments: [fileArgument],
    options: [
      { flags: '--changes', about: 'who added, removed and changed which entries, whoever it was' },
    ],
    examples: [
      'portcullis history ~/.cursor/mcp.json',
      'portcullis history ~/.cursor/mcp.json --changes',
    ],
    next: ['restore', 'undo'],
    load: async () => (await import('./files.ts')).history,
  },
  {
    name: 'restore',
    group: 'files',
    summary: 'put a file back to one of its sealed copies, byte for byte',
    about:
      'Without --id and --at: the newest copy that differs from what is in the file. What is in the file now is kept as a copy first. Secrets that stood in the copy lie in plain text again.',
    arguments: [fileArgument],
    options: [
      { flags: '--id <id>', about: 'the copy, as `portcullis history FILE` shows it' },
      { flags: '--at <time>', about: 'the newest copy that is not younger than this time' },
      yes,
    ],
    examples: [
      'portcullis restore ~/.cursor/mcp.json',
      "portcullis restore ~/.cursor/mcp.json --at '2026-11-23 14:05'",
    ],
    next: ['history'],
    load: async () => (await import('./files.ts')).restore,
  },
  {
    name: 'undo',
    group: 'files',
    summary: 'take back one of our writes to a file',
    about:
      'The newest, or the one of --write. Where others have written since, only our entries go back.',
    arguments: [fileArgument],
    options: [
      { flags: '--write <id>', about: 'the write, as `portcullis history FILE --json` shows it' },
      planOnly,
      yes,
    ],
    examples: ['portcullis undo ~/.cursor/mcp.json'],
    next: ['history'],
    load: async () => (await import('./files.ts')).undoWrite,
  },
  {
    name: 'projects list',
    isDefault: true,
    group: 'files',
    summary: 'project folders that are looked at as well',
    examples: ['portcullis projects'],
    load: async () => (await import('./machine.ts')).listProjects,
  },
  {
    name: 'projects found',
    group: 'files',
    summary: 'folders that clients were used in and that are not looked at yet',
    examples: ['portcullis projects found'],
    next: ['projects add'],
    load: async () => (await import('./machine.ts')).findProjects,
  },
  {
    name: 'projects add',
    group: 'files',
    summary: 'also look at the client files in a project folder',
    arguments: [{ syntax: '<folder>', about: 'the project folder', complete: 'file' }],
    examples: ['portcullis projects add .'],
    next: ['scan'],
    load: async () => (await import('./machine.ts')).addProject,
  },
  {
    name: 'projects remove',
    group: 'files',
    summary: 'no longer look at a project folder',
    arguments: [{ syntax: '<folder>', about: 'the project folder', complete: 'file' }],
    examples: ['portcullis projects remove .'],
    load: async () => (await import('./machine.ts')).removeProject,
  },
  ...suppressionRows(),
];

function suppressionRows(): readonly CommandRow[] {
  const finding = [
    { syntax: '<file>', about: 'as `portcullis scan --json` shows it', complete: 'file' },
    { syntax: '<pointer>', about: 'the place in it' },
    { syntax: '<fingerprint>', about: 'the fingerprint of the value' },
  ] as const;
  return [
    {
      name: 'suppressions list',
      isDefault: true,
      group: 'files',
      summary: 'findings that you have set aside, and why',
      examples: ['portcullis suppressions'],
      load: async () => (await import('./machine.ts')).listSuppressions,
    },
    {
      name: 'suppressions add',
      group: 'files',
      summary: 'set a finding aside that is no secret; it is counted, not shown',
      arguments: finding,
      options: [{ flags: '--reason <text>', about: 'why it is no secret (needed)' }],
      examples: [
        'portcullis suppressions add .mcp.json /mcpServers/a/env/KEY 3f9a… --reason "sample value"',
      ],
      load: async () => (await import('./machine.ts')).addSuppression,
    },
    {
      name: 'suppressions remove',
      group: 'files',
      summary: 'show a finding again',
      arguments: finding,
      examples: ['portcullis suppressions remove .mcp.json /mcpServers/a/env/KEY 3f9a…'],
      load: async () => (await import('./machine.ts')).removeSuppression,
    },
  ];
}
