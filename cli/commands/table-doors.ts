/** Rows that open the other doors. */
import type { CommandRow } from '../command.ts';

export const doorRows: readonly CommandRow[] = [
  {
    name: 'open',
    group: 'machine',
    summary: 'open the window',
    about:
      'In your browser, on any free port of this computer, until Ctrl-C. Without a screen the address is printed instead.',
    examples: ['portcullis open'],
    noJson: true,
    load: async () => (await import('./serve.ts')).open,
  },
  {
    name: 'serve',
    group: 'machine',
    summary: 'serve the window to a browser on this computer, until Ctrl-C',
    about:
      'Prints an address that works once, within a minute; Enter prints another. Nobody else can reach it.',
    options: [
      { flags: '--port <number>', about: 'this port; otherwise any free one' },
      { flags: '--open', about: 'open the address in the browser' },
    ],
    examples: ['portcullis serve', 'portcullis serve --port 4610 --open'],
    noJson: true,
    load: async () => (await import('./serve.ts')).serve,
  },
];
