/** A terminal that keeps what is written to it. */
import type { Output } from '../../cli/ui/terminal.ts';

export interface Screen extends Output {
  readonly text: () => string;
}

export function createScreen(options: { isTTY?: boolean; columns?: number } = {}): Screen {
  let text = '';
  return {
    ...options,
    text: () => text,
    write: (more) => {
      text += more;
      return true;
    },
  };
}
