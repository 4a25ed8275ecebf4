/** Entry of door 3, the command line. Everything but the cache of compiled code is in `door.ts`. */
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Beside the code and owned by whoever owns it: a shared temporary folder could hold foreign code.
if (import.meta.url.endsWith('.mjs'))
  enableCompileCache(fileURLToPath(new URL('./compiled', import.meta.url)));
const { openDoor } = await import('./door.ts');
await openDoor(process.argv.slice(2));
