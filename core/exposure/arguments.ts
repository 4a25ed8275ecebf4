/** Secrets in argument lists and commands: flags with values, assignments, headers, shell text. */
import type { Context, Hit, NameRole } from './detection.ts';
import { structureKinds } from './kinds-data.ts';
import { readName } from './names.ts';
import { isPlaceholder } from './placeholders.ts';
import { shortestRun } from './quick.ts';
import { blankReferences } from './references.ts';
import { splitWords } from './shell-words.ts';
import { isPlainValue, looksRandom } from './values.ts';

/** Judges one value; handed in, since values may hold further commands. */
export type JudgeValue = (value: string, context: Context) => readonly Hit[];

interface Waiting {
  readonly kind:
    | 'value'
    | 'assignment'
    | 'header'
    | 'shell'
    | 'pair'
    | 'encoded'
    | 'name-then-value';
  readonly name: string;
}

const assignmentFlags =
  /^(?:-e|--env|--set|--set-env|--build-arg|--variable|--var|-D|--set-env-vars|--env-var)$/;
const headerFlags =
  /^(?:-H|--headers?|--http-headers?|--custom-headers?|--add-header|--request-header|--extra-headers?|-Headers?)$/;
const shellFlags = /^(?:-c|-[lixe]{1,3}c|\/[ck]|-command|--command|--exec|--execute|--stdio)$/i;
const pairFlags =
  /^(?:-u|--user|--userpass|--auth|--basic-auth|--auth-basic|--credentials?|-U|--proxy-user)$/;
const shortSecretFlags = /^-[a-zA-Z]$/;
const joined = /^(--?|\/)([A-Za-z][A-Za-z0-9_.-]{0,80})([=:])([\s\S]*)$/;
const assigned =
  /^(?:\$[eE][nN][vV]:|\$\{[eE][nN][vV]:)?([A-Za-z_][A-Za-z0-9_.-]{0,100})\}?=([\s\S]*)$/;
const headerLine = /^([A-Za-z][A-Za-z0-9-]{1,60}):\s*(\S[\s\S]*)$/;

/** Hits per word, offsets relative to that word's text. */
export function judgeWords(
  words: readonly string[],
  context: Context,
  judgeValue: JudgeValue,
): readonly (readonly Hit[])[] {
  let waiting: Waiting | undefined;
  return words.map((word, index) => {
    const now = waiting;
    waiting = undefined;
    if (now !== undefined && !(word.startsWith('--') && now.kind !== 'shell'))
      return judgeWaiting(now, word, context, judgeValue);
    waiting = waitFor(word, words, index);
    return judgeWord(word, words, context, judgeValue);
  });
}

function waitFor(word: string, words: readonly string[], index: number): Waiting | undefined {
  if (assignmentFlags.test(word)) return { kind: 'assignment', name: '' };
  if (headerFlags.test(word)) return { kind: 'header', name: '' };
  if (/^-enc(?:odedcommand)?$/i.test(word)) return { kind: 'encoded', name: '' };
  if (shellFlags.test(word)) return { kind: 'shell', name: '' };
  if (pairFlags.test(word)) return { kind: 'pair', name: 'user' };
  if (/^(?:setx|-gx|-Ux|-x)$/i.test(word) && /^[A-Z_][A-Z0-9_]*$/.test(words[index + 1] ?? ''))
    return { kind: 'name-then-value', name: words[index + 1] ?? '' };
  if (/^\$env:[A-Za-z_]\w*$/i.test(word) && words[index + 1] === '=')
    return { kind: 'name-then-value', name: word.slice(5) };
  if (/^(?:--?|\/)[A-Za-z][A-Za-z0-9_.-]*$/.test(word))
    return { kind: 'value', name: word.replace(/^[-/]+/, '') };
  const previous = words[index - 1] ?? '';
  if (/^[A-Z_][A-Z0-9_]*$/.test(word) && /^(?:setx|-gx|-Ux|-x)$/i.test(previous))
    return { kind: 'value', name: word };
  if (word === '=' && /^\$env:/i.test(previous)) return { kind: 'value', name: previous.slice(5) };
  return undefined;
}

function judgeWaiting(
  waiting: Waiting,
  word: string,
  context: Context,
  judgeValue: JudgeValue,
): readonly Hit[] {
  const { kind, name } = waiting;
  if (kind === 'assignment')
    return judgeAssignment(word, context, judgeValue) ?? judgeValue(word, context);
  if (kind === 'header') return judgeHeader(word, context, judgeValue);
  if (kind === 'shell') return judgeCommand(word, context, judgeValue);
  if (kind === 'pair') return judgePair(word, context, judgeValue);
  if (kind === 'encoded') return judgeEncoded(word, context, judgeValue);
  if (shortSecretFlags.test(`-${name}`)) return judgeShort(name, word, context, judgeValue);
  return judgeAsFlag(name, word, context, judgeValue);
}

function judgeAsFlag(
  name: string,
  word: string,
  context: Context,
  judgeValue: JudgeValue,
): readonly Hit[] {
  const role: NameRole = /^[A-Z_0-9]+$/.test(name) ? 'variable' : 'flag';
  const own = judgeValue(word, { ...context, name, role });
  const meaning = readName(name, role).strength;
  if (own.length > 0 || meaning !== 'none') return own;
  return (
    judgeAssignment(word, context, judgeValue) ?? judgePositional(word, context, judgeValue) ?? own
  );
}

/** `-p`, `-k`, `-a` and the like say little: the value must look random or strong. */
function judgeShort(
  name: string,
  word: string,
  context: Context,
  judgeValue: JudgeValue,
): readonly Hit[] {
  const found =
    judgeAssignment(word, context, judgeValue) ??
    judgePositional(word, context, judgeValue) ??
    judgeValue(word, context);
  if (found.some((hit) => hit.confidence !== 'possible') || !'pkta'.includes(name)) return found;
  return looksRandom(blankReferences(word))
    ? judgeValue(word, { ...context, name: name === 'p' ? 'password' : 'token', role: 'flag' })
    : found;
}

function judgeWord(
  word: string,
  words: readonly string[],
  context: Context,
  judgeValue: JudgeValue,
): readonly Hit[] {
  const flag = joined.exec(word);
  if (flag !== null && !word.startsWith('//'))
    return shift(judgeJoined(flag, context, judgeValue), word.length - (flag[4] ?? '').length);
  const attached = /^-e([A-Za-z_][A-Za-z0-9_]*=[\s\S]+)$/.exec(word);
  if (attached !== null)
    return shift(judgeAssignment(attached[1] ?? '', context, judgeValue) ?? [], 2);
  const password = /^-p([^-\s=][\S]{5,120})$/.exec(word);
  if (password !== null && isAttachedPassword(password[1] ?? '', words))
    return [passwordHit(2, word.length)];
  // Nothing names it, and it is too short for a form of its own.
  if (word.length < shortestRun && !/[=:]/.test(word)) return [];
  const found =
    judgeAssignment(word, context, judgeValue) ?? judgePositional(word, context, judgeValue);
  return found ?? judgeValue(word, context);
}

function judgeJoined(
  flag: RegExpExecArray,
  context: Context,
  judgeValue: JudgeValue,
): readonly Hit[] {
  const [, dashes = '', name = '', , value = ''] = flag;
  const whole = `${dashes}${name}`;
  if (assignmentFlags.test(whole))
    return judgeAssignment(value, context, judgeValue) ?? judgeValue(value, context);
  if (headerFlags.test(whole)) return judgeHeader(value, context, judgeValue);
  if (pairFlags.test(whole)) return judgePair(value, context, judgeValue);
  return judgeAsFlag(name, value, context, judgeValue);
}

const databaseClients = /(?:mysql|mariadb|psql|mongo|redis|sqlcmd|clickhouse|database|\bdb\b)/i;

function isAttachedPassword(value: string, words: readonly string[]): boolean {
  if (
    isPlainValue(value) ||
    isPlaceholder(value) ||
    /^[0-9:./-]+$/.test(value) ||
    value.includes('${')
  )
    return false;
  if (words.some((word) => databaseClients.test(word))) return !/^[a-z]+$/.test(value);
  return (
    value.length >= 8 &&
    /[0-9]/.test(value) &&
    /[A-Za-z]/.test(value) &&
    /[A-Z!@#$%^&*+]/.test(value)
  );
}

function passwordHit(start: number, end: number): Hit {
  return {
    start,
    end,
    kind: structureKinds.password,
    confidence: 'likely',
    reason: 'The flag -p takes a password.',
    rank: 50,
    name: 'PASSWORD',
  };
}

/** `NAME=value`; undefined when the word has another form. */
function judgeAssignment(
  word: string,
  context: Context,
  judgeValue: JudgeValue,
): readonly Hit[] | undefined {
  const match = assigned.exec(word);
  if (match === null) return undefined;
  const [, name = '', value = ''] = match;
  return shift(
    judgeValue(value, { ...context, name, role: 'variable' }),
    word.length - value.length,
  );
}

function judgeHeader(word: string, context: Context, judgeValue: JudgeValue): readonly Hit[] {
  const match = headerLine.exec(word) ?? /^([A-Za-z][A-Za-z0-9-]{1,60})=(\S[\s\S]*)$/.exec(word);
  if (match === null) return judgeValue(word, { ...context, role: 'header' });
  const [, name = '', value = ''] = match;
  const inner = judgeValue(value, { ...context, name, role: 'header' });
  return shift(inner, word.length - value.length);
}

/** A header that stands by itself in the list. */
function judgePositional(
  word: string,
  context: Context,
  judgeValue: JudgeValue,
): readonly Hit[] | undefined {
  const match = headerLine.exec(word);
  if (match === null || word.includes('://') || /^[A-Za-z]:\\/.test(word)) return undefined;
  return readName(match[1] ?? '', 'header').strength === 'none'
    ? undefined
    : judgeHeader(word, context, judgeValue);
}

function judgePair(word: string, context: Context, judgeValue: JudgeValue): readonly Hit[] {
  const colon = word.indexOf(':');
  const value = word.slice(colon + 1);
  if (colon < 1 || /^[0-9]+:[0-9]+$/.test(word) || word.includes('://'))
    return judgeValue(word, { ...context, name: 'auth', role: 'flag' });
  return shift(judgeValue(value, { ...context, name: 'password', role: 'flag' }), colon + 1);
}

/** PowerShell's `-EncodedCommand`: UTF-16 in base64. */
function judgeEncoded(word: string, context: Context, judgeValue: JudgeValue): readonly Hit[] {
  const inner = judgeCommand(Buffer.from(word, 'base64').toString('utf16le'), context, judgeValue);
  return inner.map((hit) => ({ ...hit, start: 0, end: word.length }));
}

/** A whole command line; offsets relative to it. */
export function judgeCommand(
  command: string,
  context: Context,
  judgeValue: JudgeValue,
): readonly Hit[] {
  if (context.depth > 3) return [];
  // A substitution is one word however many it holds.
  const clean = blankReferences(command);
  const words = splitWords(clean);
  const inner = judgeWords(
    words.map((word) => word.text),
    { ...context, depth: context.depth + 1 },
    judgeValue,
  );
  return words.flatMap((word, index) =>
    (inner[index] ?? []).map((hit) =>
      place(command, word.start, word.end, word.text.slice(hit.start, hit.end), hit),
    ),
  );
}

/** Finds a value again in the raw text around it; when escapes hide it, the whole raw text is taken. */
export function place(raw: string, from: number, to: number, value: string, hit: Hit): Hit {
  for (const written of [value, JSON.stringify(value).slice(1, -1)]) {
    const at = raw.indexOf(written, from);
    if (at >= 0 && at + written.length <= to) {
      return { ...hit, start: at, end: at + written.length };
    }
  }
  return { ...hit, start: from, end: to };
}

function shift(hits: readonly Hit[], by: number): readonly Hit[] {
  return by === 0
    ? hits
    : hits.map((hit) => ({ ...hit, start: hit.start + by, end: hit.end + by }));
}
