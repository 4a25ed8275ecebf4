/** Reads an entry that stands in no file: one that we keep as text, or are about to write. */
import type { Plain } from '../documents/document.ts';
import type { EntryLaunch } from './entry.ts';
import { plainIn } from './plain-map.ts';
import { readLaunch } from './read-launch.ts';
import type { ContainerRow, Dialect } from './row.ts';

export interface ValueReading {
  readonly launch: EntryLaunch;
  readonly enabled: boolean;
  readonly dialect: Dialect;
}

/** What the value means in the first of these dialects that makes sense of it. */
export function readEntryValue(
  raw: Plain,
  containers: readonly Pick<ContainerRow, 'dialect'>[],
): ValueReading | undefined {
  for (const { dialect } of containers) {
    const { launch } = readLaunch(raw, dialect);
    if (launch.transport === 'other') continue;
    const { enable } = dialect;
    const enabled = enable === undefined || plainIn(raw, enable.path) !== enable.offWhen;
    return { launch, enabled, dialect };
  }
  return undefined;
}
