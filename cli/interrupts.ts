/** Ctrl-C: at once where nothing is being written, after the step under way where something is. */

export interface Interrupts {
  /** Work that must not be cut: a signal is kept until it is done. */
  finishFirst<T>(work: () => Promise<T>): Promise<T>;
  /** A signal came; its exit code. A second one ends even work that must not be cut. */
  receive(code: number): void;
  /** The exit code of a signal that was kept. */
  pressed(): number | undefined;
}

export interface InterruptPorts {
  /** Milliseconds. */
  readonly now: () => number;
  readonly onFirst: () => void;
  readonly end: (code: number) => void;
}

/** One key press may arrive twice: from the terminal and from the program that started us. */
const samePress = 300;

export function createInterrupts({ now, onFirst, end }: InterruptPorts): Interrupts {
  let held = 0;
  let kept: { readonly code: number; readonly at: number } | undefined;
  return {
    async finishFirst(work) {
      held += 1;
      try {
        return await work();
      } finally {
        held -= 1;
      }
    },
    receive(code) {
      if (held === 0) end(code);
      else if (kept === undefined) {
        kept = { code, at: now() };
        onFirst();
      } else if (now() - kept.at > samePress) end(code);
    },
    pressed: () => kept?.code,
  };
}
