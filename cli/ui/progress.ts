/** What is being done, while it is done: one changing line on a terminal, plain lines elsewhere. */
import { escapeText } from './escape.ts';
import { columnsOf, type Output } from './terminal.ts';
import { cutMiddle } from './width.ts';

export interface Progress {
  show(text: string): void;
  /** Takes the changing line away, before anything else is printed. */
  clear(): void;
}

export interface ProgressOptions {
  /** Shows nothing. */
  readonly quiet: boolean;
  /** Milliseconds. */
  readonly now: () => number;
}

/** Where nobody watches, work shorter than this, in milliseconds, is not worth a line. */
const short = 1000;

/** Writes to stderr, so that results stay alone on stdout. */
export function createProgress(err: Output, { quiet, now }: ProgressOptions): Progress {
  if (quiet) return { show: () => undefined, clear: () => undefined };
  const start = now();
  let last = '';
  if (err.isTTY !== true)
    return {
      show: (text) => {
        if (text === last || now() - start < short) return;
        err.write(`${escapeText(text)}\n`);
        last = text;
      },
      clear: () => undefined,
    };
  return {
    show: (text) => {
      last = cutMiddle(escapeText(text), columnsOf(err) - 1);
      err.write(`\r\u001b[2K${last}`);
    },
    clear: () => {
      if (last !== '') err.write('\r\u001b[2K');
      last = '';
    },
  };
}
