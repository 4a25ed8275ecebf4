/**
 * Looks for values in every file below a folder, byte by byte and in every form in which a program
 * could have written them. It shares no code with the product, which has a search of its own.
 */
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Hit {
  readonly path: string;
  /** Which of the values. */
  readonly name: string;
  readonly form: string;
  /** 1-based line of the first one in the file. */
  readonly line: number;
}

export interface Form {
  readonly form: string;
  readonly bytes: Buffer;
}

/** Every form of a value that is looked for. Pure. */
export function formsOf(value: string): readonly Form[] {
  const raw = Buffer.from(value);
  const json = JSON.stringify(value).slice(1, -1);
  const ascii = json.replace(
    /[\u0080-\uffff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const percent = encodeURIComponent(value);
  const texts: readonly (readonly [form: string, text: string | Buffer])[] = [
    ['as it is', raw],
    ['as JSON', json],
    ['as ASCII JSON', ascii],
    ['as JSON with \\/', json.replaceAll('/', '\\/')],
    ['as JSON in JSON', JSON.stringify(json).slice(1, -1)],
    ['in hex', raw.toString('hex')],
    ['in upper-case hex', raw.toString('hex').toUpperCase()],
    ['percent-encoded', percent],
    ['percent-encoded in lower case', percent.replace(/%[0-9A-F]{2}/g, (one) => one.toLowerCase())],
    ['in UTF-16 LE', Buffer.from(value, 'utf16le')],
    ['in UTF-16 BE', Buffer.from(value, 'utf16le').swap16()],
    ...[0, 1, 2].flatMap((shift) => [
      [`in base64, shifted by ${shift}`, encodeShifted(raw, shift, 'base64')] as const,
      [`in base64url, shifted by ${shift}`, encodeShifted(raw, shift, 'base64url')] as const,
    ]),
  ];
  const seen = new Map(texts.map(([form, text]) => [Buffer.from(text).toString('latin1'), form]));
  return [...seen].map(([bytes, form]) => ({ form, bytes: Buffer.from(bytes, 'latin1') }));
}

/** The letters of base64 that depend on nothing but the value, `shift` bytes behind a group's start. */
function encodeShifted(raw: Buffer, shift: number, encoding: 'base64' | 'base64url'): string {
  const text = Buffer.concat([Buffer.alloc(shift), raw]).toString(encoding);
  return text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + raw.length) * 8) / 6));
}

/** All files and links below a folder, by their own names; links are not followed. */
export function listEverything(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** One hit for each file, value and form, in names, in what links point to and in contents. */
export function searchTree(
  folder: string,
  values: Readonly<Record<string, string>>,
): readonly Hit[] {
  const forms = Object.entries(values).flatMap(([name, value]) =>
    formsOf(value).map((form) => ({ name, ...form })),
  );
  const program = statSync(process.execPath).size;
  return listEverything(folder).flatMap((path) => {
    const bytes = readContent(path);
    // The launcher's own copy of Node, far larger than everything else together.
    const isNode = bytes.length === program && bytes.equals(readFileSync(process.execPath));
    const texts = isNode ? [Buffer.from(path)] : [Buffer.from(path), bytes];
    return forms.flatMap(({ name, form, bytes: wanted }): readonly Hit[] => {
      const at = texts.map((text) => text.indexOf(wanted)).findLast((index) => index >= 0);
      return at === undefined ? [] : [{ path, name, form, line: lineAt(texts.at(-1), at) }];
    });
  });
}

/** Lines of every place where a value stands as written, for what is compared with findings. */
export function linesWith(path: string, value: string): readonly number[] {
  const bytes = readFileSync(path);
  const lines = formsOf(value).flatMap(({ bytes: wanted }) => {
    const found: number[] = [];
    for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1))
      found.push(lineAt(bytes, at));
    return found;
  });
  return [...new Set(lines)].toSorted((a, b) => a - b);
}

function readContent(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    // A link that leads nowhere still has a target that could be a value.
    return Buffer.from(readlinkSync(path));
  }
}

function lineAt(bytes: Buffer | undefined, at: number): number {
  return (bytes?.subarray(0, at).toString('latin1').split('\n').length ?? 1) || 1;
}
