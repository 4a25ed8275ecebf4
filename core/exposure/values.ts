/** What a value under a credential name may be instead of a secret, and how random a text looks. */

import type { CredentialClass } from './names.ts';
import { isPlaceholder } from './placeholders.ts';
import { blank } from './references.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(value: string): boolean {
  return uuid.test(value);
}

/** Bits per character. */
export function entropyOf(value: string): number {
  const counts = new Map<string, number>();
  for (const char of value) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) {
    const share = count / value.length;
    bits -= share * Math.log2(share);
  }
  return bits;
}

/** `id=x,src=./file`: options, as of `docker build --secret`. */
const options = /^[a-z]+=[^,=]{1,80}(?:,[a-z]+=[^,=]{1,80})+$/;
/** Public by design though they stand where a key stands. */
const publishable =
  /^(?:pk_(?:live|test)_|sb_publishable_|phc_|pub[0-9a-f]{32}$|pk\.eyJ|pk-lf-|pk_[a-z]{2,}_|AC[0-9a-f]{32}$|SK[0-9a-f]{32}$|MG[0-9a-f]{32}$|(?:AKIA|ASIA|AROA|AIDA)[A-Z2-7]{16}$|rzp_(?:live|test)_|ssh-(?:rsa|ed25519|dss) |ecdsa-sha2-|age1[a-z0-9]{20,}$|ca-pub-|G-[A-Z0-9]{8,12}$|UA-[0-9]+-[0-9]+$|GTM-[A-Z0-9]+$|-----BEGIN (?:[A-Z]+ )?(?:PUBLIC KEY|CERTIFICATE)|[0-9]+-[a-z0-9]{20,}\.apps\.googleusercontent\.com)/;
const digest = /^(?:sha(?:1|224|256|384|512)[-:]|md5[-:]|\$2[aby]\$|\$argon2|\$[156]\$|pbkdf2)/i;
const version = /^[v^~=<>]*[0-9]{1,4}(?:\.[0-9x*]{1,6}){1,4}(?:[-+][A-Za-z0-9.]{1,30})?$/;
const dateTime = /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]{4,15}(?:Z|[+-][0-9:]{4,6})?)?$/;
const email =
  /^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}\.[A-Za-z]{2,12}$/;
const hostName =
  /^(?:[a-z0-9-]{1,63}\.){1,6}(?:com|net|org|io|dev|ai|app|internal|local|cloud|co|gov|edu|sh|me|xyz|localhost|svc|cluster|lan|de|eu|uk|fr|us|so|tech)(?::[0-9]{1,5})?(?:\/.*)?$/i;
const addressAndPort = /^(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|localhost)(?::[0-9]{1,5})?$/;
const plainUrl = /^[a-z][a-z0-9+.-]{1,20}:\/\//i;
const fileName =
  /^[\w.@-]{1,80}\.(?:json|jsonc|ya?ml|toml|pem|key|crt|cer|p12|pfx|txt|env|js|mjs|cjs|ts|py|sh|md|ini|cfg|conf|html?|xml|db|sqlite|log|jar|exe)$/i;
const modelId =
  /^(?:[a-z0-9-]{2,30}\/)?(?:gpt|chatgpt|claude|gemini|gemma|llama|mistral|mixtral|codestral|deepseek|qwen|qwq|o[1-9]|grok|sonar|command|text-embedding|text|whisper|tts|dall-e|phi|yi|kimi|glm|nova|titan|jamba|granite)[-._:0-9][a-z0-9._:-]{0,60}$/i;
const packageName = /^@[a-z0-9._-]{1,60}\/[a-z0-9._-]{1,80}(?:@[\w.^~-]{1,40})?$/;
const pathRoots =
  /^(?:~|\.{1,2}|[A-Za-z]:)?[/\\](?:home|users|usr|etc|var|opt|tmp|run|mnt|root|app|apps|data|srv|workspace|workspaces|private|library|applications|bin|dev|proc|sys|nix|snap|secrets|config|certs|keys|ssl|volumes|media|program files|windows|path|code|src|project|projects|repo|repos)(?:[/\\]|$)/i;
const relativePath = /^(?:~|\.{1,2}|[A-Za-z]:)[/\\]/;
const wordyPath = /^[/\\]?(?:[a-z0-9_. @-]{1,40}[/\\]){1,12}[a-z0-9_. @-]{0,60}$/i;

function isWordy(piece: string): boolean {
  return (
    /^\.?[a-z]+(?:[-_. ][a-z]+)*(?:[-_.]?[0-9]{1,4})?$/i.test(piece) &&
    !/[a-z][A-Z][a-z]?[A-Z]/.test(piece)
  );
}

/** A path in the file system; base64 with slashes is none. */
export function isPath(value: string): boolean {
  if (pathRoots.test(value) || relativePath.test(value) || value.startsWith('\\\\')) return true;
  if (!/[/\\]/.test(value) || !wordyPath.test(value)) return false;
  const pieces = value.split(/[/\\]/).filter((piece) => piece !== '');
  return pieces.length > 1 && pieces.every(isWordy);
}

const settingWord =
  /^(?:[0-9.,_]+|[0-9]+(?:ms|s|m|h|d|w|kb|mb|gb|%)|true|false|yes|no|on|off|null|none)$/i;
const variableName = /^\$?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;
const prose =
  /(?:^|\s)(?:the|a|an|to|your|for|of|is|are|in|on|here|used|from|with|and|or|not|this|that|will|be|if|when|see|please|must|should)(?:\s|$|[.,:])/i;

/** Excluded whatever the name says (facts §11 step 5). */
export function isPlainValue(value: string): boolean {
  return (
    settingWord.test(value) ||
    version.test(value) ||
    dateTime.test(value) ||
    publishable.test(value) ||
    digest.test(value) ||
    email.test(value) ||
    hostName.test(value) ||
    addressAndPort.test(value) ||
    plainUrl.test(value) ||
    packageName.test(value) ||
    fileName.test(value) ||
    modelId.test(value) ||
    options.test(value) ||
    isPath(value)
  );
}

/** Words of a wallet: twelve to twenty-four in small letters. */
export function isSeedPhrase(value: string): boolean {
  return /^(?:[a-z]{3,8} ){11,23}[a-z]{3,8}$/.test(value);
}

/** Whether the value can be a key or token that a machine made. */
export function canBeKey(value: string): boolean {
  if (/\s/.test(value) || isPlainValue(value)) return false;
  if (isVariableName(value)) return false;
  if (/^[A-Za-z]+(?:[-_.:/ ][A-Za-z]+)+$/.test(value)) return isIrregular(value, 0.33);
  if (/^[a-z]+$/.test(value) || /^[A-Z]+$/.test(value)) return value.length >= 20;
  if (/^[A-Z]?[a-z]+(?:[A-Z][a-z]+)*$/.test(value))
    return value.length >= 20 && isIrregular(value, 0.33);
  return true;
}

function isVariableName(value: string): boolean {
  if (!variableName.test(value)) return false;
  return value.split('_').every((part) => /^\$?[A-Z]{2,14}[0-9]?$/.test(part));
}

function canBePassword(value: string): boolean {
  // Where a password stands, nothing is counted.
  if (/^[0-9]{8,}$/.test(value)) return true;
  if (value.includes('\n') || isPlainValue(value) || isVariableName(value)) return false;
  const words = value.trim().split(/\s+/).length;
  if (words > 1 && (prose.test(value) || words > 8)) return false;
  return !(words > 1 && /[.:]$/.test(value));
}

/** A value under a name that means a credential: is it one? (facts §11 steps 5 and 6) */
export function isCredentialValue(
  value: string,
  credential: CredentialClass,
  name: string,
): boolean {
  const text = value.replaceAll(blank, '').trim();
  if (text.length < 8 || isPlaceholder(text) || equalsName(text, name)) return false;
  return credential === 'password' ? canBePassword(text) : canBeKey(text);
}

function equalsName(value: string, name: string): boolean {
  const bare = (text: string) => text.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
  return bare(value) === bare(name);
}

/** Changes of case or between letters and digits, per character, as a person does not write them. */
function isIrregular(value: string, share: number): boolean {
  let changes = 0;
  for (let index = 1; index < value.length; index += 1) {
    const before = classOf(value.charCodeAt(index - 1));
    const here = classOf(value.charCodeAt(index));
    if (before !== here && before !== 3 && here !== 3) changes += 1;
  }
  return changes >= 3 && changes >= value.length * share;
}

function classOf(code: number): number {
  if (code >= 48 && code <= 57) return 0;
  if (code >= 65 && code <= 90) return 1;
  return code >= 97 && code <= 122 ? 2 : 3;
}

/** For weak names: a value that a machine made. UUIDs are left to names that mean a key. */
export function looksRandom(value: string): boolean {
  if (value.length < 16 || /\s/.test(value) || isPlainValue(value) || isPlaceholder(value))
    return false;
  if (/^[0-9a-f]{24,}$/i.test(value)) return true;
  if (isUuid(value)) return false;
  if (!/[0-9]/.test(value) || !/[A-Za-z]/.test(value)) return false;
  return isIrregular(value, 0.12) && entropyOf(value) > 3.2;
}
