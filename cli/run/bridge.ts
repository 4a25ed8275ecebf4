export async function runBridge(_a: unknown, _b: unknown): Promise<never> {
  throw new Error('not yet');
}
