/**
 * Keeps secrets out of core dumps. A dump is a file in plain text that nobody asked for, often kept by
 * the system and sometimes sent to its maker. On Linux a process may say which of its memory is written
 * there: none. Its children inherit that. Elsewhere a program can do nothing of the kind by itself.
 */
import { writeFileSync } from 'node:fs';

export function emptyCoreDumps(): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/self/coredump_filter', '0');
  } catch {
    // A kernel without core dumps, or a box without /proc: there is nothing to keep out.
  }
}
