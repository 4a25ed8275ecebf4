/**
 * The journal of moves: append-only lines in the data folder, each durable before the step after it
 * begins. Recovery reads it to know where to look; what it then does, the live files decide. It holds
 * names, places and marks of whole files, never a value or a hash that a guess could be tested with.
 */
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { Clock, Files, Roots } from '../ports.ts';
import {
  readIfThere,
  removeStrayTemporaries,
  replaceOwnFile,
  syncUpwards,
} from '../records/replace-own-file.ts';
import { moveKinds } from './model.ts';

const keptFor = 30 * 24 * 60 * 60 * 1000;
const keptPerFile = 20;

const base = { v: z.literal(1), at: z.string(), move: z.string() };

const preparedItemSchema = z.strictObject({
  server: z.string(),
  names: z.array(z.string()),
  /** Those of `names` that were not in the keychain before: only these may be taken back. */
  added: z.array(z.string()),
});

const preparedFileSchema = z.strictObject({
  file: z.string(),
  /** Where the links led. */
  path: z.string(),
  places: z.array(z.strictObject({ server: z.string(), pointer: z.string() })),
  /** Marks, as `marks.ts` makes them; plain SHA-256 hashes in journals of before. */
  before: z.string().optional(),
  /** What the edit gives, unless another program writes in between. */
  after: z.string().optional(),
  backup: z.string().optional(),
  /** Hard-linked: written in place, so a crash can leave it torn. */
  inPlace: z.boolean().optional(),
});

const closingStates = ['DONE', 'ABORTED'] as const;

const lineSchema = z.discriminatedUnion('state', [
  z.strictObject({
    ...base,
    state: z.literal('PREPARED'),
    kind: z.enum(moveKinds),
    who: z.string(),
    /** Marks the running program, not the machine: a later program has another one. */
    process: z.string(),
    /** Whether records are written between storing and rewriting. */
    records: z.boolean(),
    items: z.array(preparedItemSchema),
    files: z.array(preparedFileSchema),
  }),
  z.strictObject({ ...base, state: z.literal('STORED'), server: z.string() }),
  z.strictObject({ ...base, state: z.literal('RECORDED') }),
  z.strictObject({
    ...base,
    state: z.literal('REWRITTEN'),
    file: z.string(),
    before: z.string().optional(),
    after: z.string().optional(),
    backup: z.string().optional(),
  }),
  z.strictObject({ ...base, state: z.literal('RESURRECTED'), file: z.string() }),
  z.strictObject({ ...base, state: z.enum(closingStates), process: z.string() }),
]);
export type JournalLine = z.infer<typeof lineSchema>;
type PreparedLine = Extract<JournalLine, { state: 'PREPARED' }>;
type RewrittenLine = Extract<JournalLine, { state: 'REWRITTEN' }>;

/** What is appended; version and time are put in front. */
export type JournalEntry = JournalLine extends infer Line
  ? Line extends JournalLine
    ? Omit<Line, 'v' | 'at'>
    : never
  : never;

/** One move as its lines tell it. */
export interface JournalMove {
  readonly prepared: PreparedLine;
  readonly stored: ReadonlySet<string>;
  readonly recorded: boolean;
  /** Last line per file. */
  readonly rewritten: ReadonlyMap<string, RewrittenLine>;
  readonly resurrected: ReadonlySet<string>;
  readonly closed?: { readonly state: (typeof closingStates)[number]; readonly at: string };
}

/**
 * Whether a move that is still open stopped before its last file. One that wrote all of them only
 * waits for a later process to prove that its items can be read.
 */
export function isInterrupted({ prepared, rewritten }: JournalMove): boolean {
  return !prepared.files.every(({ file }) => rewritten.has(file));
}

/** Undefined for a mark that goes. */
export type RenewMark = (file: string, mark: string) => Promise<string | undefined>;

export interface Journal {
  readonly file: string;
  /** Durable when it resolves. Errors: `disk_full`, `file_*`; the step it names then must not be done. */
  append(entry: JournalEntry): Promise<void>;
  /** All moves, oldest first. `damaged` counts lines that are not readable: torn by a crash. */
  read(): Promise<{ readonly moves: readonly JournalMove[]; readonly damaged: number }>;
  /**
   * Drops closed moves older than 30 days that are not among the last 20 of any of their files, and
   * puts what `renew` answers in the place of each mark of the other closed ones.
   */
  compact(renew: RenewMark): Promise<void>;
}

/** Opens the journal. The caller holds the lock of all edits while it appends or compacts. */
export function createJournal({
  files,
  roots,
  clock,
}: {
  files: Files;
  roots: Roots;
  clock: Clock;
}): Journal {
  const folder = join(roots.data, 'journal');
  const file = join(folder, 'moves.jsonl');

  async function load(): Promise<{ lines: readonly JournalLine[]; damaged: number }> {
    return parseLines(await readIfThere(files, file));
  }

  return {
    file,
    async append(entry) {
      const first = entry.state === 'PREPARED';
      if (first) await files.makeFolder(folder);
      const line = JSON.stringify({ v: 1, at: clock.now(), ...entry });
      // The newline in front closes a line that a crash left torn; empty lines mean nothing.
      const bytes = new TextEncoder().encode(`\n${line}\n`);
      await files.append(file, bytes, { mode: 0o600, sync: true });
      // Each time, not only when the file is new: a crash may have come between the two calls.
      if (first) await syncUpwards(files, folder, dirname(roots.data));
    },
    async read() {
      const { lines, damaged } = await load();
      return { moves: foldLines(lines), damaged };
    },
    async compact(renew) {
      const { lines } = await load();
      const moves = foldLines(lines);
      const kept = keptMoves(moves, Date.parse(clock.now()));
      const open = new Set(
        moves.flatMap(({ prepared, closed }) => (closed === undefined ? [prepared.move] : [])),
      );
      const left = lines.filter((line) => kept.has(line.move));
      const rest = await mapInOrder(left, (line) =>
        open.has(line.move) ? line : renewLine(line, renew),
      );
      if (rest.length === lines.length && rest.every((line, at) => line === lines[at])) return;
      const text = rest.map((line) => `${JSON.stringify(line)}\n`).join('');
      await removeStrayTemporaries(files, file);
      await replaceOwnFile(files, file, new TextEncoder().encode(text));
    },
  };
}

async function renewLine(line: JournalLine, renew: RenewMark): Promise<JournalLine> {
  if (line.state === 'REWRITTEN') return renewMarks(line, renew);
  if (line.state !== 'PREPARED') return line;
  const files = await mapInOrder(line.files, (file) => renewMarks(file, renew));
  return files.every((file, at) => file === line.files[at]) ? line : { ...line, files };
}

/** The same object when nothing is different. */
async function renewMarks<
  Marked extends { file: string; before?: string | undefined; after?: string | undefined },
>(marked: Marked, renew: RenewMark): Promise<Marked> {
  const of = async (mark: string | undefined) =>
    mark === undefined ? undefined : renew(marked.file, mark);
  const { before, after, ...rest } = marked;
  const [first, last] = [await of(before), await of(after)];
  if (first === before && last === after) return marked;
  const marks = {
    ...(first === undefined ? {} : { before: first }),
    ...(last === undefined ? {} : { after: last }),
  };
  // What was taken apart is put together again, less what is gone.
  return { ...rest, ...marks } as Marked;
}

async function mapInOrder<In, Out>(
  list: readonly In[],
  work: (one: In) => Out | Promise<Out>,
): Promise<Out[]> {
  const results: Out[] = [];
  for (const one of list) results.push(await work(one));
  return results;
}

function parseLines(bytes: Uint8Array | undefined): {
  lines: readonly JournalLine[];
  damaged: number;
} {
  const lines: JournalLine[] = [];
  let damaged = 0;
  for (const text of bytes === undefined ? [] : new TextDecoder().decode(bytes).split('\n')) {
    if (text === '') continue;
    const line = parseLine(text);
    if (line === undefined) damaged += 1;
    else lines.push(line);
  }
  return { lines, damaged };
}

/** Undefined for a torn line, which stands for a step that was never acknowledged. */
function parseLine(text: string): JournalLine | undefined {
  try {
    return lineSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

interface Folding {
  prepared: PreparedLine;
  stored: Set<string>;
  recorded: boolean;
  rewritten: Map<string, RewrittenLine>;
  resurrected: Set<string>;
  closed?: { state: (typeof closingStates)[number]; at: string };
}

function foldLines(lines: readonly JournalLine[]): readonly JournalMove[] {
  const moves = new Map<string, Folding>();
  for (const line of lines) {
    const move = moves.get(line.move);
    if (line.state === 'PREPARED') {
      if (move === undefined) moves.set(line.move, beginFolding(line));
    } else if (move !== undefined) foldLine(move, line);
  }
  return [...moves.values()];
}

function beginFolding(prepared: PreparedLine): Folding {
  return {
    prepared,
    stored: new Set(),
    recorded: false,
    rewritten: new Map(),
    resurrected: new Set(),
  };
}

function foldLine(move: Folding, line: Exclude<JournalLine, PreparedLine>): void {
  switch (line.state) {
    case 'STORED':
      move.stored.add(line.server);
      return;
    case 'RECORDED':
      move.recorded = true;
      return;
    case 'REWRITTEN':
      move.rewritten.set(line.file, line);
      return;
    case 'RESURRECTED':
      move.resurrected.add(line.file);
      return;
    case 'DONE':
    case 'ABORTED':
      move.closed = { state: line.state, at: line.at };
  }
}

/** Ids of the moves that stay. */
function keptMoves(moves: readonly JournalMove[], now: number): ReadonlySet<string> {
  const kept = new Set<string>();
  const perFile = new Map<string, number>();
  for (const move of moves.toReversed()) {
    const recent = move.prepared.files.some(({ file }) => {
      const count = (perFile.get(file) ?? 0) + 1;
      perFile.set(file, count);
      return count <= keptPerFile;
    });
    const young = now - Date.parse(move.prepared.at) <= keptFor;
    if (move.closed === undefined || young || recent) kept.add(move.prepared.move);
  }
  return kept;
}
