/** Where this copy of the app keeps its parts. */
import { fileURLToPath } from 'node:url';

/** What `scripts/build-launcher.mjs` has made: beside the bundle, or in the checkout of these sources. */
export function launcherFolder(): string {
  const fromSources = import.meta.url.endsWith('.ts');
  return fileURLToPath(new URL(fromSources ? '../out/launcher' : '../launcher', import.meta.url));
}
