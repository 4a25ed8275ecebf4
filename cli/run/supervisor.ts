export async function supervise(_: unknown): Promise<never> {
  throw new Error('later');
}
