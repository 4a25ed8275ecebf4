/** Secrets made anew for each run, so that no scanner finds one in this repository. */
import { randomBytes } from 'node:crypto';

/** With the characters that files escape, so that a search has to know the forms. */
export function plantSecret(name = 'planted'): string {
  return `${name}-"${randomBytes(12).toString('hex')}"\\/é`;
}
