/** Rows that only look. */
import type { CommandRow } from '../command.ts';
import { clientFilter, serverArgument } from './options.ts';

export const lookRows: readonly CommandRow[] = [
  {
    name: 'overview',
    group: 'look',
    summary: 'what was found, exposed, protected and broken (the same as no command)',
    about:
      'On a terminal it offers to review what is exposed and to protect it; it asks before anything is changed.',
    examples: ['portcullis', 'portcullis --json'],
    next: ['scan', 'protect'],
    load: async () => (await import('./overview.ts')).overview,
  },
  {
    name: 'scan',
    group: 'look',
    summary: 'find secrets that lie in plain text; changes nothing',
    about:
      'Without PATH it looks at the files of all clients, their backups, the env files they name, registered projects and shell histories. A PATH may be a file or a folder. Exit code: 0 nothing found, 1 findings, 2 error.',
    arguments: [{ syntax: '[path...]', about: 'files or folders to look at', complete: 'file' }],
    options: [
      clientFilter,
      { flags: '--all', about: 'also list and count findings that are only possible' },
      { flags: '--deep', about: 'also transcripts, logs and editor histories (slow)' },
      {
        flags: '--format <name>',
        about: 'jsonl: one line of JSON for each finding',
        choices: ['jsonl'],
      },
    ],
    examples: [
      'portcullis scan',
      'portcullis scan --client cursor',
      'portcullis scan .mcp.json .env --format jsonl',
    ],
    next: ['protect', 'suppressions add'],
    errorExit: 2,
    load: async () => (await import('./scan.ts')).scan,
  },
  {
    name: 'clients list',
    isDefault: true,
    group: 'look',
    summary: 'AI clients on this computer, their files, and how many entries are protected',
    options: [{ flags: '--all', about: 'also clients that are not installed' }],
    examples: ['portcullis clients', 'portcullis clients --all --json'],
    next: ['clients entries'],
    load: async () => (await import('./clients.ts')).listClients,
  },
  {
    name: 'clients entries',
    group: 'look',
    summary: 'every server entry in the files of clients',
    arguments: [{ syntax: '[client]', about: 'only this client', complete: 'client' }],
    examples: ['portcullis clients entries', 'portcullis clients entries cursor'],
    load: async () => (await import('./clients.ts')).listEntries,
  },
  {
    name: 'clients snippet',
    group: 'look',
    summary: 'the text to put into a client by hand, for one server',
    arguments: [
      { syntax: '<client>', about: 'id of the client', complete: 'client' },
      serverArgument,
    ],
    examples: ['portcullis clients snippet cursor github'],
    load: async () => (await import('./clients.ts')).showSnippet,
  },
];
