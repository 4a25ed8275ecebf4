import { count } from './counting.ts';

const secrets = (n: number) => count(n, 'secret', 'secrets');

export const overview = {
  title: 'Overview',
  exposedTitle: (n: number) =>
    n === 1 ? '1 secret lies in plain text' : `${secrets(n)} lie in plain text`,
  exposedBody: (n: number) =>
    `Any program you run can read ${n === 1 ? 'it. Move it' : 'them. Move them'} to your keychain; your clients keep working.`,
  protectedTitle: 'Nothing is exposed',
  protectedBody: (n: number) =>
    n === 0
      ? 'No secret was found in plain text on this computer.'
      : `${n === 1 ? '1 secret is' : `${secrets(n)} are`} in your keychain, and none in plain text.`,
  brokenTitle: (n: number) => (n === 1 ? 'One thing needs you' : `${n} things need you`),
  brokenBody: 'Nothing is exposed.',
  review: (n: number) => (n === 1 ? 'Review 1 secret' : `Review ${secrets(n)}`),
  seeBroken: 'See what is broken',
  facts: {
    label: 'In numbers',
    exposed: 'Exposed',
    exposedNote: 'in plain text',
    protected: 'Protected',
    protectedNote: 'in the keychain',
    broken: 'Broken',
    brokenNote: 'need you',
  },
  needsYou: 'Needs you',
  unfinished: {
    title: 'A run was interrupted',
    body: 'Nothing is lost. Undo it, or run it again.',
    action: 'See runs',
  },
  lookedAt: (clients: number, entries: number, servers: number) =>
    `${count(clients, 'client', 'clients')}, ${count(entries, 'entry', 'entries')}, ${count(servers, 'server', 'servers')} in Portcullis`,
  firstRun: {
    title: 'Welcome to Portcullis',
    exposed: (secretCount: number) =>
      `${secretCount === 1 ? '1 password or token is' : `${count(secretCount, 'password or token is', 'passwords and tokens are')}`} readable on this computer`,
    exposedBody:
      'Your AI clients keep them as plain text in their files, where any program you run can read them. Portcullis moves them to your keychain and gives each server only its own. Your clients go on working as before.',
    calm: 'Your AI clients keep no secrets in plain text',
    calmBody: 'Portcullis will tell you when that changes.',
    none: 'No AI client was found here',
    noneBody:
      'Portcullis looks after the MCP servers of clients such as Claude, Cursor and VS Code. Install one, or add a project folder in Settings.',
    button: 'See them and choose',
    promise: 'Nothing changes until you have seen every line. You can undo it all.',
    found: 'Found on this computer',
    clientLine: (entries: number) => count(entries, 'server', 'servers'),
    clientExposed: (n: number) => (n === 0 ? 'nothing exposed' : `${n} exposed`),
    look: 'Look again',
    settings: 'Open Settings',
  },
} as const;
