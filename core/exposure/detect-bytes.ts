/** Detection in a file as it lies on disk: its format is told from its name and its content. */
import { AppError } from '../../shared/errors.ts';
import type { DocumentFormat, ParsedDocument } from '../documents/document.ts';
import { parseText } from '../documents/parse-document.ts';
import { type DocumentOptions, detectInDocument } from './detect-document.ts';
import { detectInText, type TextFlavour } from './detect-text.ts';
import type { Detection } from './detection.ts';

/** Largest file that is looked at, in bytes. */
export const fileLimit = 8 * 1024 * 1024;

const backupSuffix =
  /(?:\.(?:bak|backup|orig|old|save|swp|tmp|corrupted|broken|[0-9]{1,20}|[0-9]{4}-[0-9]{2}-[0-9T_.:Z-]{2,24})|~)$/i;
const formats: Readonly<Record<string, DocumentFormat>> = {
  json: 'jsonc',
  jsonc: 'jsonc',
  json5: 'json5',
  toml: 'toml',
  yaml: 'yaml',
  yml: 'yaml',
  'code-workspace': 'jsonc',
  crx: 'jsonc',
};
const histories =
  /(?:^|[/\\])(?:\.?(?:bash|zsh|sh|ksh|fish|python|node_repl|psql|mysql|sqlite|rediscli|irb)_history|\.?histfile|\.zhistory|ConsoleHost_history\.txt|\.history|history)$/i;

/** Name of the file without what backups append to it. */
function originalName(file: string): string {
  let name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  for (let round = 0; round < 4 && backupSuffix.test(name); round += 1)
    name = name.replace(backupSuffix, '');
  return name;
}

export function isBackupName(file: string): boolean {
  return (
    backupSuffix.test(file) ||
    /\.(?:corrupted|backup|bak)\.[^/\\]*$/i.test(file) ||
    /[/\\]backups?[/\\]/i.test(file)
  );
}

type Shape = { readonly format: DocumentFormat } | { readonly flavour: TextFlavour };

/** Strict first: it is the fastest by far, and most files are. */
const jsonShapes: readonly Shape[] = [{ format: 'json' }, { format: 'jsonc' }, { format: 'json5' }];

/** What a file is, by name first and content second. */
export function sniff(file: string, text: string): readonly Shape[] {
  const name = originalName(file);
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  if (histories.test(file) || histories.test(name)) return [{ flavour: 'history' }];
  if (/^\.env(?:\..+)?$|\.env$|^env$|^\.envrc$|^\.?flaskenv$/i.test(name))
    return [{ flavour: 'dotenv' }];
  if (extension === 'log' || extension === 'jsonl' || extension === 'ndjson')
    return [{ flavour: 'log' }];
  const named = formats[extension];
  const broken: Shape = { flavour: 'broken' };
  if (named === 'jsonc') return [...jsonShapes, broken];
  if (named !== undefined) return [{ format: named }, broken];
  return sniffContent(text);
}

function sniffContent(text: string): readonly Shape[] {
  const head = text.slice(0, 4000).trimStart();
  const plain: Shape = { flavour: 'text' };
  if (/^[{[]/.test(head) && !/^\[[A-Za-z0-9_."' -]+\]\s*$/m.test(head))
    return [...jsonShapes, plain];
  if (/^\/[/*]/.test(head)) return [...jsonShapes, plain];
  if (/^\[{1,2}[A-Za-z0-9_."' -]+\]{1,2}\s*$/m.test(head)) return [{ format: 'toml' }, plain];
  const lines = head.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const assigned = lines.filter((line) => /^(?:export )?[A-Za-z_][\w.-]*=/.test(line)).length;
  if (assigned > 0 && assigned * 2 > lines.length) return [{ flavour: 'dotenv' }];
  const keyed = lines.filter((line) => /^\s*(?:- )?[A-Za-z_][\w. -]*:(?:\s|$)/.test(line)).length;
  return keyed > 1 && keyed * 2 > lines.length ? [{ format: 'yaml' }, plain] : [plain];
}

export interface BytesOptions extends DocumentOptions {
  /** The file as the caller has read it: it is not read again while its bytes are the same. */
  readonly document?: ParsedDocument;
}

/**
 * @param file its path, for its name and for messages
 * @throws AppError `file_too_large` over 8 MiB, `file_unsupported` for what is no text
 */
export function detectInBytes(
  bytes: Uint8Array,
  file: string,
  options: BytesOptions = {},
): readonly Detection[] {
  if (bytes.length > fileLimit) {
    throw new AppError('file_too_large', `${file} is larger than 8 MiB and was not looked at.`, {
      hint: 'Look at it yourself, or split it.',
      details: { file, bytes: bytes.length },
    });
  }
  const { document } = options;
  const known =
    document !== undefined && Buffer.compare(document.bytes, bytes) === 0 ? document : undefined;
  const text = known?.text ?? decode(bytes, file);
  for (const shape of sniff(file, text)) {
    if ('flavour' in shape) return detectInText(text, shape.flavour);
    const { format } = shape;
    const read = (): ParsedDocument =>
      known?.format === format ? known : parseText({ text, bom: false, format, file });
    const found = tryDocument(read, options);
    if (found !== undefined) return found;
  }
  return detectInText(text, 'text');
}

function tryDocument(
  read: () => ParsedDocument,
  options: DocumentOptions,
): readonly Detection[] | undefined {
  try {
    const document = read();
    return document.root.kind === 'scalar' ? undefined : detectInDocument(document, options);
  } catch (thrown) {
    // A file that does not parse is searched as text: a broken copy leaks like a whole one.
    if (thrown instanceof AppError) return undefined;
    throw thrown;
  }
}

/** UTF-8, or UTF-16 as PowerShell writes it. */
function decode(bytes: Uint8Array, file: string): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (bytes.subarray(0, 8192).includes(0)) {
    throw new AppError('file_unsupported', `${file} is not a text file.`, { details: { file } });
  }
  return new TextDecoder('utf-8').decode(bytes);
}
