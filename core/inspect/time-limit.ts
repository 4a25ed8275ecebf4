/** Time limits that keep no process alive and need no cleaning up. */

/** Resolves to undefined after so many milliseconds. */
export function pass(milliseconds: number): Promise<undefined> {
  const signal = AbortSignal.timeout(milliseconds);
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
