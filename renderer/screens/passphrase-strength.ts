/** A hint about a new passphrase. It cannot know what others would guess; it says what is plainly weak. */
import { shortestPassphrase } from '../../shared/limits.ts';

export type Strength =
  | { readonly level: 'short'; readonly missing: number }
  | { readonly level: 'plain' | 'fair' | 'strong' };

const strongLength = 20;
const fewestDifferent = 8;

export function judgePassphrase(passphrase: string): Strength {
  const characters = [...passphrase];
  const missing = shortestPassphrase - characters.length;
  if (missing > 0) return { level: 'short', missing };
  if (new Set(characters).size < fewestDifferent) return { level: 'plain' };
  return { level: characters.length < strongLength ? 'fair' : 'strong' };
}
