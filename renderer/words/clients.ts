import { count } from './counting.ts';

export const clients = {
  title: 'Clients',
  search: 'Search clients',
  list: 'Clients',
  notFound: (n: number) => `Not on this computer (${n})`,
  empty: {
    title: 'No AI client was found',
    body: 'Install one, such as Claude Desktop, Cursor or VS Code. Portcullis notices by itself.',
  },
  running: 'running',
  entries: (n: number) => count(n, 'entry', 'entries'),
  managed: (n: number, all: number) => `${n} of ${all} through Portcullis`,
  files: 'Files',
  entriesTitle: 'Entries',
  noEntries: 'Its files name no server.',
  throughUs: 'through Portcullis',
  direct: 'direct',
  off: 'off',
  access: {
    'read-write': '',
    'read-only': 'Portcullis reads its files and never writes them.',
    'detect-only': 'Portcullis only knows that it is there.',
  },
  secondary:
    'How this client stores its servers is known from second hand. You are asked before each edit.',
  role: {
    primary: 'config file',
    alternate: 'other config file',
    override: 'overrides',
    legacy: 'legacy',
    project: 'project',
    state: 'state',
    opaque: 'unreadable format',
  },
  fileState: {
    present: 'Fine',
    missing: 'Not there',
    unreadable: 'Cannot be read',
    unparsable: 'Broken',
    unsupported: 'Not supported',
  },
  readOnly: 'read only',
  reloadTitle: 'After an edit',
  reload: {
    hot: 'Picks up edits by itself.',
    'reconnect-command': 'Needs a reconnect.',
    'new-session': 'Picks up edits in a new session.',
    restart: 'Needs a restart.',
    unknown: 'May need a restart.',
  },
  history: {
    open: 'History',
    title: 'History',
    empty: 'Portcullis has no backup of this file and has not seen it change.',
    restore: 'Restore',
    restoreTitle: 'Put this file back?',
    restoreBody: (when: string) =>
      `The file becomes byte for byte what it was ${when}. Secrets that stood in it then will lie in plain text again. What is in it now is backed up first.`,
    confirm: 'Restore file',
    restored: 'The file is back as it was.',
  },
} as const;
