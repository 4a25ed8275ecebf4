/** How much a page may ask at once: enough for any screen, too little to drown the main process. */

/** Bytes, as those of the browser door. */
export const mostMessageBytes = 4 * 1024 * 1024;

export interface Allowance {
  /** False when this one is too many. */
  take(): boolean;
}

/** `burst` at once, then `perSecond`. `now` in milliseconds. */
export function createAllowance(
  { burst, perSecond }: { readonly burst: number; readonly perSecond: number },
  now: () => number,
): Allowance {
  let left = burst;
  let last = now();
  return {
    take: () => {
      const at = now();
      left = Math.min(burst, left + ((at - last) / 1000) * perSecond);
      last = at;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}

/** Bytes of a message as it travels; infinite for anything that is not text or bytes. */
export function sizeOf(message: unknown): number {
  if (typeof message === 'string') return Buffer.byteLength(message);
  if (ArrayBuffer.isView(message)) return message.byteLength;
  return message instanceof ArrayBuffer ? message.byteLength : Number.POSITIVE_INFINITY;
}
