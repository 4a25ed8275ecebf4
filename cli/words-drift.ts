/** What this door says about drift, export and import. */
import type { DriftState } from '../shared/models/drift.ts';
import { count } from './ui/say.ts';

export const driftWords = {
  looking: 'Looking at every client’s files …',
  watching: 'Watching. Ctrl-C ends it.',
  none: 'Every entry of yours is as it was written.',
  drifted: (n: number) => `${count(n, 'entry is', 'entries are')} not as it should be.`,
  foreign: (n: number) =>
    `${count(n, 'entry', 'entries')} of others: \`portcullis drift --all\` lists them.`,
  paused: (file: string, by: string) => `${by} keeps writing ${file}; automatic repair waits.`,
  guess: 'probably',
  ignored: 'ignored',
  nothing: 'There is nothing to do.',
  left: (n: number) =>
    `${count(n, 'entry stays', 'entries stay')} different: \`portcullis drift\` says why.`,
  ask: (items: number, files: number) =>
    `Do this for ${count(items, 'entry', 'entries')}, changing ${count(files, 'file')}?`,
  askUndo: (file: string, at: string) => `Take back the write of ${at} to ${file}?`,
  undone: (file: string) => `The write to ${file} is taken back.`,
  unignored: (name: string) => `${name} is mentioned again.`,
  policy: (of: string, policy: string) => `Drift of ${of}: ${policy}.`,
  retention: (days: number, copies: number, size: string) =>
    `Sealed copies are kept for ${count(days, 'day')}, ${copies} of each file, ${size} in all.`,
  exported: (servers: number, file: string) => `${count(servers, 'server')} exported to ${file}.`,
  passphraseNew: 'Passphrase to seal the file with (at least 12 characters):',
  passphrase: 'Passphrase of the file:',
  importAsk: (servers: number) => `Take over ${count(servers, 'server')}?`,
  importHere: (server: string) => `${server} here:        `,
  importFile: (server: string) => `${server} in the file: `,
  needs: (consent: string) => `Only with --consent ${consent}.`,
  missing: (server: string, names: string) => `${server} still needs: ${names}.`,
  states: {
    'in-step': 'in step',
    'not-there-yet': 'not there yet',
    'edited-by-you': 'edited by you',
    'wiped-by-client': 'wiped by the client',
    'rewritten-by-tool': 'rewritten by another tool',
    foreign: 'foreign',
    'exposed-again': 'secret exposed again',
    unreadable: 'unreadable',
    'client-will-overwrite': 'client runs and will overwrite',
    duplicate: 'duplicate',
    'stale-location': 'stale location',
  } satisfies Record<DriftState, string>,
} as const;
