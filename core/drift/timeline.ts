/**
 * Who changed what when, for every client's file: one line per change that a look met, by name of
 * entries, and a snapshot of the newest state of all files so that a look compares with one read.
 * Marks are HMACs under this machine's key. No value and no plain hash of one is kept, not even where
 * one stands in the place of a name.
 */
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { timelineEntrySchema } from '../../shared/models/drift.ts';
import { hashBytes } from '../edits/seal.ts';
import { maskForms } from '../exposure/mask.ts';
import type { Files, Roots } from '../ports.ts';
import {
  readIfThere,
  removeStrayTemporaries,
  replaceOwnFile,
} from '../records/replace-own-file.ts';

/** What became of one name at the last change that touched it. */
const nameMemorySchema = z.strictObject({
  at: z.string(),
  by: z.string(),
  guess: z.boolean(),
  gone: z.boolean(),
  /** How many names vanished in the same change. */
  together: z.number().int(),
  commentsLost: z.number().int(),
  blockGone: z.boolean(),
});
export type NameMemory = z.infer<typeof nameMemorySchema>;

const snapshotSchema = z.strictObject({
  at: z.string(),
  by: z.string(),
  guess: z.boolean(),
  /** Mark of the whole file; absent when there is none. In snapshots of before a SHA-256 hash. */
  hash: z.string().optional(),
  broken: z.boolean(),
  bytes: z.number().int(),
  comments: z.number().int(),
  /** Name → mark of what the entry means. */
  entries: z.record(z.string(), z.string()),
  memory: z.record(z.string(), nameMemorySchema),
  backup: z.string().optional(),
  sealedAt: z.string().optional(),
  /** The keychain was closed when this content was met: it is sealed at a later look. */
  unsealed: z.literal(true).optional(),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

const latestSchema = z.strictObject({
  v: z.literal(1),
  files: z.record(z.string(), snapshotSchema),
  prunedAt: z.string().optional(),
});
export type Latest = z.infer<typeof latestSchema>;

const lineSchema = timelineEntrySchema.omit({ restorable: true });
export type TimelineLine = z.infer<typeof lineSchema>;

export interface Timeline {
  /** The newest state of all files. A damaged one is begun anew: it is derived from the files. */
  latest(): Promise<Latest>;
  /** Lines of one file, oldest first. Torn ones are left out. */
  lines(file: string): Promise<readonly TimelineLine[]>;
  /** Re-reads the newest state under a lock and writes what `work` makes of it. */
  change(
    work: (latest: Latest) => Promise<{
      readonly latest: Latest;
      readonly lines: ReadonlyMap<string, TimelineLine>;
    }>,
  ): Promise<Latest>;
}

/** A log longer than this loses its older half. */
const longestLog = 512 * 1024;

export function createTimeline({ files, roots }: { files: Files; roots: Roots }): Timeline {
  const folder = join(roots.data, 'timeline');
  const latestFile = join(folder, 'latest.json');

  async function latest(): Promise<Latest> {
    return parseLatest(await readIfThere(files, latestFile));
  }

  return {
    latest,
    lines: async (file) => parseLines(await readIfThere(files, logOf(folder, file))),
    async change(work) {
      await files.makeFolder(folder);
      await files.makeFolder(join(roots.data, 'locks'));
      return files.withLock(join(roots.data, 'locks', 'timeline'), async () => {
        const before = await latest();
        const { latest: after, lines } = await work(before);
        if (after === before) return before;
        for (const [file, line] of lines) await append(files, logOf(folder, file), line);
        await removeStrayTemporaries(files, latestFile);
        const text = `${JSON.stringify(after)}\n`;
        await replaceOwnFile(files, latestFile, new TextEncoder().encode(text));
        return after;
      });
    },
  };
}

function logOf(folder: string, file: string): string {
  const name = hashBytes(new TextEncoder().encode(file)).slice(0, 16);
  return join(folder, `${name}.jsonl`);
}

async function append(files: Files, log: string, line: TimelineLine): Promise<void> {
  const facts = await files.stat(log);
  if (facts !== undefined && facts.size > longestLog) await halve(files, log);
  // The newline in front closes a line that a crash left torn.
  const bytes = new TextEncoder().encode(`\n${JSON.stringify(line)}\n`);
  await files.append(log, bytes, { mode: 0o600, sync: false });
}

async function halve(files: Files, log: string): Promise<void> {
  const lines = parseLines(await readIfThere(files, log));
  const kept = lines.slice(Math.ceil(lines.length / 2));
  const text = kept.map((line) => `${JSON.stringify(line)}\n`).join('');
  await files.makeFolder(dirname(log));
  await replaceOwnFile(files, log, new TextEncoder().encode(text));
}

function parseLatest(bytes: Uint8Array | undefined): Latest {
  const empty: Latest = { v: 1, files: {} };
  if (bytes === undefined) return empty;
  const parsed = latestSchema.safeParse(parseJson(new TextDecoder().decode(bytes)));
  return parsed.success
    ? { ...parsed.data, files: mapValues(parsed.data.files, coverSnapshot) }
    : empty;
}

/** A token that somebody wrote in the place of a name was kept as it stood before. */
function coverSnapshot(snapshot: Snapshot): Snapshot {
  return {
    ...snapshot,
    entries: coverNames(snapshot.entries),
    memory: coverNames(snapshot.memory),
  };
}

function coverNames<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [maskForms(name), value]));
}

function mapValues<T>(
  map: Readonly<Record<string, T>>,
  change: (value: T) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}

function parseLines(bytes: Uint8Array | undefined): readonly TimelineLine[] {
  if (bytes === undefined) return [];
  return new TextDecoder()
    .decode(bytes)
    .split('\n')
    .flatMap((text) => {
      const parsed = lineSchema.safeParse(text === '' ? undefined : parseJson(text));
      if (!parsed.success) return [];
      const { added, removed, changed } = parsed.data;
      return [
        {
          ...parsed.data,
          added: added.map(maskForms),
          removed: removed.map(maskForms),
          changed: changed.map(maskForms),
        },
      ];
    });
}

/** Undefined for text that a crash tore. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
