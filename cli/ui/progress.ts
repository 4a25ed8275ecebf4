/** What is being done, while it is done: one changing line on a terminal, plain lines elsewhere. */
import { escapeText } from './escape.ts';
import type { Output } from './terminal.ts';
import { cutMiddle } from './width.ts';

export interface Progress {
  show(text: string): void;
  /** Takes the changing line away, before anything else is printed. */
  clear(): void;
}

/** Writes to stderr, so that results stay alone on stdout. `quiet` shows nothing. */
export function createProgress(err: Output, { quiet }: { readonly quiet: boolean }): Progress {
  if (quiet) return { show: () => undefined, clear: () => undefined };
  let last = '';
  if (err.isTTY !== true)
    return {
      show: (text) => {
        if (text !== last) err.write(`${escapeText(text)}\n`);
        last = text;
      },
      clear: () => undefined,
    };
  return {
    show: (text) => {
      last = cutMiddle(escapeText(text), (err.columns ?? 80) - 1);
      err.write(`\r\u001b[2K${last}`);
    },
    clear: () => {
      if (last !== '') err.write('\r\u001b[2K');
      last = '';
    },
  };
}
