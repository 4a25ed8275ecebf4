/** How often a loop or property test repeats: few while developing, many with `PORTCULLIS_LONG=1`. */
export function runs(normal: number, long: number): number {
  return process.env.PORTCULLIS_LONG === '1' ? long : normal;
}
