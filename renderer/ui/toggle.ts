/** A set with one thing in it or out of it; the set that was given stays as it is. */
export function toggle<T>(set: ReadonlySet<T>, one: T, on: boolean): ReadonlySet<T> {
  const next = new Set(set);
  if (on) next.add(one);
  else next.delete(one);
  return next;
}
