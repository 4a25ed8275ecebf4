/** Rows about this computer and about the command line itself. */
import type { CommandRow } from '../command.ts';

export const machineRows: readonly CommandRow[] = [
  {
    name: 'doctor',
    group: 'machine',
    summary: 'what works on this computer, and what to do about the rest',
    about: 'Exit code 1: a check failed.',
    options: [{ flags: '--repair', about: 'install the launcher again first' }],
    examples: ['portcullis doctor', 'portcullis doctor --repair'],
    load: async () => (await import('./machine.ts')).doctor,
  },
  {
    name: 'vault create',
    group: 'machine',
    summary: 'keep secrets in a file under a passphrase, where there is no keychain',
    about: 'The passphrase is typed unseen or read from stdin. Without it the secrets are lost.',
    examples: ['portcullis vault create'],
    next: ['doctor'],
    load: async () => (await import('./vault.ts')).createVault,
  },
  {
    name: 'vault open',
    group: 'machine',
    summary: 'check the passphrase of the vault',
    examples: ['portcullis vault open'],
    load: async () => (await import('./vault.ts')).openVault,
  },
  {
    name: 'events',
    group: 'machine',
    summary: 'news as they happen, one line of JSON each, until Ctrl-C',
    examples: ['portcullis events'],
    load: async () => (await import('./machine.ts')).followEvents,
  },
  {
    name: 'completion',
    group: 'machine',
    summary: 'a script that completes commands, options and ids in your shell',
    arguments: [
      { syntax: '<shell>', about: 'bash, zsh or fish', complete: ['bash', 'zsh', 'fish'] },
    ],
    examples: [
      'source <(portcullis completion bash)',
      'source <(portcullis completion zsh)',
      'portcullis completion fish > ~/.config/fish/completions/portcullis.fish',
    ],
    load: async () => (await import('./completion.ts')).printCompletion,
  },
  {
    name: 'complete',
    group: 'machine',
    isHidden: true,
    summary: 'what may come next in an unfinished command, one per line',
    arguments: [{ syntax: '[words...]', about: 'behind `--`: the words so far' }],
    examples: ['portcullis complete -- servers sh'],
    load: async () => (await import('./completion.ts')).completeWords,
  },
  {
    name: 'help',
    group: 'machine',
    summary: 'explain a command',
    arguments: [{ syntax: '[command...]', about: 'the command', complete: 'command' }],
    examples: ['portcullis help protect'],
    load: async () => (await import('./help.ts')).help,
  },
];
