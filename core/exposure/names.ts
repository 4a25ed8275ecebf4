/**
 * What a name says about its value. Variables, flags, headers and query keys are split into words;
 * the last word that matters is the head: `API_KEY_HEADER` is a header, `GITHUB_TOKEN_RO` a token.
 */
import type { NameRole } from './detection.ts';

export type CredentialClass = 'key' | 'password' | 'bearer';

export interface NameMeaning {
  /** Weak names count only with a value that looks random. */
  readonly strength: 'strong' | 'weak' | 'none';
  readonly credential: CredentialClass;
  readonly words: readonly string[];
}

function set(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}

const compounds =
  /^(.*?)(api|access|secret|private|client|auth|bearer|refresh|session|app|license|signing|encryption|master|service|subscription|user|db|database|admin|root|account|shared|webhook|pg|mysql|redis)?(key|token|secret|password|passwd|passphrase|pass|pwd)$/;
const wholeWords = set(
  'monkey turkey hotkey hotkeys passkey keypress whiskey jockey donkey hockey bypass compass monkeys trespass surpass encompass',
);

/** Words that end a name without changing what it names. */
const trailing = set(
  'prod production dev development staging stage test testing live sandbox value string main default current old new backup bak prev previous eu us uk de ro rw readonly writeonly base64 b64 plain raw encoded decoded primary secondary local global 1 2 3 4 5 v1 v2 v3 full here override personal work',
);
const passwordHeads = set('password passwd pass pwd passphrase passcode pw psw passwort userpass');
const keyQualifiers = set(
  'api access secret auth private encryption signing sign service admin master account storage shared subscription app application license licence client consumer deploy deployment root functions function host session hmac integration developer dev personal crypt crypto cipher aes jwt token webhook rest server instance write read connection security user management platform model provider llm internal remote gateway bot partner merchant test live prod protection vault tenant ingest ingestion ssh rsa query search cloud data',
);
const plainKeyQualifiers = set(
  'primary public publishable anon sort partition foreign cache project issue space object site index row field lookup translation board file team group hot shortcut modifier leader arrow enter escape idempotency dedup dedupe column table record unique composite registry message document config header query i18n locale bucket s3 registry name cursor parent range surrogate natural label tag flag state react widget storage localstorage feature experiment by sorted order join press ctrl alt shift meta up down fn nav any all each other same mapping env var sql json dict property prop attribute attr partition column',
);
const plainTokenQualifiers = set(
  'max min num page next prev previous continuation cancel cancellation stop eos bos pad unk end start special progress design mask sep cls input output prompt completion total cached erc20 nft native per reasoning thinking budget cursor sync lp gas fee base quote thinkingbudget last first',
);
const otherWeakHeads = set(
  'auth authorization authentication credential credentials creds cred cookie cookies session signature sig hmac mnemonic seed phrase license licence otp code apikeys tokens secrets passwords keys webhook login',
);
/** `_SID` is an id everywhere else. */
const cookieHeads = set('d sid sess sessionid jsessionid phpsessid');
const queryHeads = set('ak sk st');
const publicWords = set('public publishable anon pub');
const verbs = set(
  'use using require required requires enable enabled disable disabled no allow skip print show validate rotate with without has need needs is should ask prompt check include exclude generate max min num missing invalid invalidate',
);

const other = 0;
const small = 1;
const big = 2;
const digit = 3;

function classOf(code: number): number {
  if (code >= 97 && code <= 122) return small;
  if (code >= 65 && code <= 90) return big;
  return code >= 48 && code <= 57 ? digit : other;
}

/** Lower-case words of a name in any casing: `exaAPIKey`, `EXA_API_KEY` and `exa-api-key` are alike. */
export function wordsOf(name: string): readonly string[] {
  const words: string[] = [];
  let start = 0;
  let before = other;
  for (let at = 0; at <= name.length; at += 1) {
    const here = at < name.length ? classOf(name.charCodeAt(at)) : other;
    const begins = here === big && before !== big && before !== other;
    const endsCapitals =
      here === big && before === big && classOf(name.charCodeAt(at + 1)) === small;
    if (here === other || begins || endsCapitals) {
      if (at > start) addWord(words, name.slice(start, at).toLowerCase());
      start = here === other ? at + 1 : at;
    }
    before = here;
  }
  return words;
}

function addWord(words: string[], word: string): void {
  if (word.length < 5) words.push(word);
  else words.push(...splitCompound(word));
}

function splitCompound(word: string): readonly string[] {
  const bare = word.replace(/[0-9]{1,2}$/, '');
  if (bare.length < 5 || wholeWords.has(bare)) return [word];
  const [, before = '', middle, last = ''] = compounds.exec(bare) ?? [];
  if (last === '') return [word];
  if (middle === undefined && before === '') return [bare];
  if (middle === undefined && (last === 'key' || last === 'pass' || last === 'pwd')) {
    return before.length >= 2 && last === 'pwd' ? [before, last] : [word];
  }
  return [before, middle ?? '', last].filter((part) => part !== '');
}

/** What a credential name must hold somewhere: spares splitting the names of most settings. */
const maybe =
  /key|token|pass|pwd|pw$|psw|secret|auth|cred|bearer|jwt|cook|sess|sig(?![a-z])|signature|hmac|mnemonic|seed|licen[sc]e|otp|code|hash|hook|login|access|connect|sid|bypass|^d$|^sk$|^ak$|[^a-z](?:sk|ak|st)$|(?:^|[^a-z])pat(?![a-z])/i;
const maybeCamel = /[a-z](?:Pat|PAT|Pw|Sk|Ak)(?![a-z])/;

/** False only when the name surely means no credential. */
export function mayMeanCredential(name: string): boolean {
  return name.length <= 128 && (maybe.test(name) || maybeCamel.test(name));
}

const nothing = { strength: 'none', credential: 'key' } as const;

/** Reads a name. `role` says where it stands: a bare `key` is telling in a query, not in settings. */
export function readName(name: string, role: NameRole): NameMeaning {
  if (!mayMeanCredential(name)) return { ...nothing, words: [] };
  const words = wordsOf(name);
  const heads = [...words];
  while (
    heads.length > 1 &&
    (trailing.has(heads.at(-1) ?? '') || /^[0-9]+$/.test(heads.at(-1) ?? ''))
  ) {
    heads.pop();
  }
  const head = heads.at(-1) ?? '';
  const before = heads.at(-2);
  if (words.some((word) => publicWords.has(word))) return { ...nothing, words };
  if (heads.length > 1 && verbs.has(heads[0] ?? '') && !(heads[0] === 'pass'))
    return { ...nothing, words };
  const [strength, credential] = judgeHead(head, before, heads.length, role);
  return {
    strength,
    credential: words.includes('bearer') && credential === 'key' ? 'bearer' : credential,
    words,
  };
}

type Judged = readonly [NameMeaning['strength'], CredentialClass];

function judgeHead(
  head: string,
  before: string | undefined,
  count: number,
  role: NameRole,
): Judged {
  if (passwordHeads.has(head)) return judgePassword(head, count, role);
  if (head === 'key') return judgeKey(before, role);
  if (head === 'token' || head === 'pat' || head === 'jwt' || head === 'bearer') {
    if (before !== undefined && plainTokenQualifiers.has(before)) return ['none', 'key'];
    return [head === 'pat' && count === 1 && role === 'setting' ? 'weak' : 'strong', 'key'];
  }
  if (head === 'secret' || head === 'apikey') return ['strong', 'key'];
  if (head === 'bypass' && before === 'protection') return ['strong', 'key'];
  if ((head === 'authorization' || head === 'auth') && role === 'header')
    return ['strong', 'bearer'];
  if (otherWeakHeads.has(head)) return ['weak', 'key'];
  if (role === 'cookie' && cookieHeads.has(head)) return ['weak', 'key'];
  if (role === 'query' && queryHeads.has(head)) return ['weak', 'key'];
  return ['none', 'key'];
}

function judgePassword(head: string, count: number, role: NameRole): Judged {
  if (count > 1 || head === 'password' || head === 'passwd' || head === 'passphrase')
    return ['strong', 'password'];
  if (head === 'pwd' && role === 'variable') return ['none', 'password'];
  return [role === 'setting' ? 'weak' : 'strong', 'password'];
}

function judgeKey(before: string | undefined, role: NameRole): Judged {
  if (before === undefined) return [role === 'setting' ? 'none' : 'weak', 'key'];
  if (before === 'storage' && role !== 'variable' && role !== 'flag') return ['weak', 'key'];
  if (plainKeyQualifiers.has(before) && before !== 'storage') return ['none', 'key'];
  if (keyQualifiers.has(before)) return ['strong', 'key'];
  return [role === 'setting' ? 'weak' : 'strong', 'key'];
}

/** A text as a valid secret name in upper snake case; `fallback` when nothing is left of it. */
export function toSecretName(name: string, fallback = 'SECRET'): string {
  if (/^[A-Z_][A-Z0-9_]{0,127}$/.test(name)) return name;
  const snake = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toUpperCase()
    .slice(0, 120);
  if (snake === '') return fallback;
  return /^[0-9]/.test(snake) ? `_${snake}` : snake;
}
