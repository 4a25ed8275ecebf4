/** Rows about drift, and about taking everything to another computer. */
import type { ArgumentRow, CommandRow, OptionRow } from '../command.ts';
import { clientFilter, planOnly, yes } from './options.ts';

const cells: ArgumentRow = {
  syntax: '<cell...>',
  about: 'ids, as `portcullis drift` shows them',
};
const consent: OptionRow = {
  flags: '--consent <name>',
  about: 'agree to secondary-evidence or shared-project-file',
};
const importConsent: OptionRow = {
  ...consent,
  about: 'agree to stored-secrets, secondary-evidence or shared-project-file',
};
const serverFilter: OptionRow = {
  flags: '--server <id>',
  about: 'only this server; may be given several times, or as a,b',
  complete: 'server',
};

export const driftRows: readonly CommandRow[] = [
  {
    name: 'drift look',
    isDefault: true,
    group: 'files',
    summary: 'what clients’ files hold against what they should hold, and why',
    about:
      'Exit code: 0 everything is in step, 1 there is drift. --apply repair makes the files match the records, --apply adopt the records the files. --watch prints one line of JSON per event until Ctrl-C and does what the policies say.',
    options: [
      { flags: '--all', about: 'also what is in step, and entries of others' },
      {
        flags: '--apply <action>',
        about: 'settle all drift: repair or adopt',
        choices: ['repair', 'adopt'],
      },
      { flags: '--watch', about: 'stay, and tell what happens' },
      { flags: '--item <id>', about: 'also this item of the plan, which is not ticked' },
      clientFilter,
      serverFilter,
      consent,
      planOnly,
      yes,
    ],
    examples: [
      'portcullis drift',
      'portcullis drift --apply repair --client claude-desktop',
      'portcullis drift --watch',
    ],
    next: ['history', 'restore'],
    load: async () => (await import('./drift.ts')).drift,
  },
  {
    name: 'drift repair',
    group: 'files',
    summary: 'make single entries match their records',
    arguments: [cells],
    options: [consent, planOnly, yes],
    examples: ['portcullis drift repair hY3k_2bQ9sTx0aZd'],
    load: async () => (await import('./drift.ts')).repairCells,
  },
  {
    name: 'drift adopt',
    group: 'files',
    summary: 'make records match single entries; an entry of others becomes a server of yours',
    about: 'Secrets in the entry go to the keychain on the way.',
    arguments: [cells],
    options: [consent, planOnly, yes],
    examples: ['portcullis drift adopt hY3k_2bQ9sTx0aZd'],
    load: async () => (await import('./drift.ts')).adoptCells,
  },
  {
    name: 'drift ignore',
    group: 'files',
    summary: 'leave an entry of others alone for good',
    arguments: [cells],
    options: [planOnly, yes],
    examples: ['portcullis drift ignore hY3k_2bQ9sTx0aZd --yes'],
    load: async () => (await import('./drift.ts')).ignoreCells,
  },
  {
    name: 'drift unignore',
    group: 'files',
    summary: 'mention an entry again',
    arguments: [
      { syntax: '<file>', about: 'the client’s file', complete: 'file' },
      { syntax: '<entry>', about: 'name of the entry' },
    ],
    examples: ['portcullis drift unignore ~/.cursor/mcp.json time'],
    load: async () => (await import('./drift.ts')).unignore,
  },
  {
    name: 'drift remove',
    group: 'files',
    summary: 'take an entry of others out of its file',
    arguments: [cells],
    options: [consent, planOnly, yes],
    examples: ['portcullis drift remove hY3k_2bQ9sTx0aZd'],
    load: async () => (await import('./drift.ts')).removeCells,
  },
  {
    name: 'drift policy',
    group: 'files',
    summary: 'what happens to drift without asking: ask, repair, adopt or none',
    arguments: [
      {
        syntax: '<policy>',
        about: 'ask, repair, adopt; none takes it back',
        complete: ['ask', 'repair', 'adopt', 'none'],
      },
    ],
    options: [
      {
        flags: '--server <id>',
        about: 'of this server, whatever its clients say',
        complete: 'server',
      },
      { flags: '--client <id>', about: 'of this client', complete: 'client' },
    ],
    examples: ['portcullis drift policy repair --client claude-desktop'],
    load: async () => (await import('./drift.ts')).setPolicy,
  },
  {
    name: 'drift retention',
    group: 'files',
    summary: 'how long sealed copies of clients’ files are kept',
    options: [
      { flags: '--days <n>', about: 'no copy older than this, but the last 20 of each file' },
      { flags: '--copies <n>', about: 'copies of one file' },
      { flags: '--bytes <n>', about: 'bytes of all copies together' },
    ],
    examples: ['portcullis drift retention', 'portcullis drift retention --days 90'],
    load: async () => (await import('./drift.ts')).retention,
  },
  {
    name: 'export',
    group: 'files',
    summary: 'all servers as one file, without or with their secrets',
    about:
      'Without --with-secrets the file is readable and holds no value: it can be committed. With it the file is sealed by a passphrase.',
    arguments: [{ syntax: '[id...]', about: 'only these servers', complete: 'server' }],
    options: [
      { flags: '--with-secrets', about: 'take the values along, sealed by a passphrase' },
      { flags: '--output <file>', about: 'write this file (0600) in place of stdout' },
      { flags: '--force', about: 'replace the file' },
      planOnly,
    ],
    examples: [
      'portcullis export > servers.json',
      'portcullis export --with-secrets --output servers.age',
    ],
    next: ['import'],
    load: async () => (await import('./transfer.ts')).exportRecords,
  },
  {
    name: 'import',
    group: 'files',
    summary: 'take over the servers of an exported file',
    about: 'Asks for secrets that neither the file nor the keychain has.',
    arguments: [{ syntax: '<file>', about: 'what `portcullis export` made', complete: 'file' }],
    options: [serverFilter, importConsent, planOnly, yes],
    examples: ['portcullis import servers.json', 'portcullis import servers.age --plan'],
    next: ['drift'],
    load: async () => (await import('./transfer.ts')).importRecords,
  },
];
