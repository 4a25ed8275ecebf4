/**
 * Values that one keychain item cannot hold (Windows: 2560 bytes) lie in parts, `id#a1`, `id#a2`, …,
 * behind a header at `id`. New parts go to the generation that is not in use and the header is
 * written last, so that a crash at any moment leaves the old value readable.
 */
import { createHash } from 'node:crypto';
import { classifyFailure, KeychainFailure } from './failures.ts';

/** Single items as the system stores them. */
export interface RawItems {
  get(name: string): Promise<string | undefined>;
  set(name: string, text: string): Promise<void>;
  delete(name: string): Promise<boolean>;
}

type Generation = 'a' | 'b';

interface Header {
  readonly generation: Generation;
  readonly count: number;
  /** Tells two writers that met from one value. */
  readonly digest: string;
}

const marker = 'portcullis-parts 1 ';

/** The value at `account`, put together again; undefined when nothing is there. */
export async function readParts(items: RawItems, account: string): Promise<string | undefined> {
  const text = await items.get(account);
  if (text === undefined || !text.startsWith(marker)) return text;
  const header = parseHeader(text);
  const parts: string[] = [];
  for (let index = 1; index <= header.count; index += 1) {
    const part = await items.get(partName(account, header.generation, index));
    if (part === undefined) throw new KeychainFailure('unreadable');
    parts.push(part);
  }
  const value = parts.join('');
  if (digestOf(value) !== header.digest) throw new KeychainFailure('unreadable');
  return value;
}

/** `longest` in UTF-16 code units for one item; undefined where the system has no such limit. */
export async function writeParts(
  items: RawItems,
  account: string,
  value: string,
  longest: number | undefined,
): Promise<void> {
  const old = await readHeader(items, account);
  if (fitsOneItem(value, longest)) {
    await items.set(account, value);
    if (old !== undefined) await sweepParts(items, account, old.generation, 1);
    return;
  }
  const generation = old?.generation === 'a' ? 'b' : 'a';
  const parts = splitValue(value, longest ?? Number.POSITIVE_INFINITY);
  for (const [index, part] of parts.entries()) {
    await items.set(partName(account, generation, index + 1), part);
  }
  const header: Header = { generation, count: parts.length, digest: digestOf(value) };
  await items.set(account, marker + JSON.stringify(header));
  if (old !== undefined) await sweepParts(items, account, old.generation, 1);
  // A write that a crash cut short may have left more parts than this value has.
  await sweepParts(items, account, generation, parts.length + 1);
}

/** True when there was an item. The header goes first: parts alone are nothing. */
export async function deleteParts(items: RawItems, account: string): Promise<boolean> {
  const there = await items.delete(account);
  await sweepParts(items, account, 'a', 1);
  await sweepParts(items, account, 'b', 1);
  return there;
}

/** Empty values are refused by some systems, and a value may look like a header of ours. */
function fitsOneItem(value: string, longest: number | undefined): boolean {
  if (value === '' || value.startsWith(marker)) return false;
  return longest === undefined || value.length <= longest;
}

/** Pieces of at most `longest` code units, none of which ends between the halves of a character. */
function splitValue(value: string, longest: number): readonly string[] {
  const parts: string[] = [];
  for (let start = 0; start < value.length; ) {
    let end = Math.min(start + longest, value.length);
    if (end < value.length && /[\uD800-\uDBFF]/.test(value.charAt(end - 1))) end -= 1;
    parts.push(value.slice(start, end));
    start = end;
  }
  return parts;
}

async function sweepParts(
  items: RawItems,
  account: string,
  generation: Generation,
  from: number,
): Promise<void> {
  for (let index = from; await items.delete(partName(account, generation, index)); ) index += 1;
}

/** Undefined when the item is absent, whole, or so broken that it names no generation. */
async function readHeader(items: RawItems, account: string): Promise<Header | undefined> {
  try {
    const text = await items.get(account);
    return text?.startsWith(marker) ? parseHeader(text) : undefined;
  } catch (cause) {
    // A broken item must not keep the person from replacing it.
    if (classifyFailure(cause) === 'unreadable') return undefined;
    throw cause;
  }
}

function parseHeader(text: string): Header {
  const [, generation, count, digest] =
    /^\{"generation":"([ab])","count":(\d{1,5}),"digest":"([0-9a-f]{64})"\}$/.exec(
      text.slice(marker.length),
    ) ?? [];
  if (digest === undefined) throw new KeychainFailure('unreadable');
  return { generation: generation === 'a' ? 'a' : 'b', count: Number(count), digest };
}

function partName(account: string, generation: Generation, index: number): string {
  return `${account}#${generation}${index}`;
}

function digestOf(value: string): string {
  return createHash('sha256').update(value, 'utf8').digest('hex');
}
