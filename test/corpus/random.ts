/** A seeded source of chance: the same seed gives the same corpus on every machine. */
import { crc32 } from 'node:zlib';

export interface Dice {
  /** In [0, 1). */
  next(): number;
  int(from: number, to: number): number;
  pick<T>(items: readonly T[]): T;
  chance(share: number): boolean;
  /** `count` characters of an alphabet. */
  text(alphabet: string, count: number): string;
}

export const digits = '0123456789';
export const hex = '0123456789abcdef';
export const lower = 'abcdefghijklmnopqrstuvwxyz';
export const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const b62 = digits + upper + lower;
export const urlSafe = `${b62}-_`;
export const b64 = `${b62}+/`;

export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const pick = <T>(items: readonly T[]): T => {
    const item = items[int(0, items.length - 1)];
    if (item === undefined) throw new RangeError('Nothing to pick from.');
    return item;
  };
  const text = (alphabet: string, count: number): string =>
    Array.from({ length: count }, () => alphabet[int(0, alphabet.length - 1)]).join('');
  return { next, int, pick, chance: (share) => next() < share, text };
}

/** 36 characters whose last six are the base62 CRC-32 of the thirty before. */
export function withChecksum(body: string): string {
  let rest = crc32(body);
  let check = '';
  const alphabet = digits + upper + lower;
  for (let place = 0; place < 6; place += 1) {
    check = (alphabet[rest % 62] ?? '0') + check;
    rest = Math.floor(rest / 62);
  }
  return body + check;
}

export function uuid(dice: Dice): string {
  const part = (count: number) => dice.text(hex, count);
  return `${part(8)}-${part(4)}-4${part(3)}-${dice.pick(['8', '9', 'a', 'b'])}${part(3)}-${part(12)}`;
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

export function jwt(dice: Dice, payload: Readonly<Record<string, unknown>>): string {
  const part = (data: unknown) => Buffer.from(JSON.stringify(data)).toString('base64url');
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(payload)}.${dice.text(urlSafe, 43)}`;
}

export function pem(dice: Dice, label = 'PRIVATE KEY'): string {
  const body = `MII${dice.text(b64, 1200)}`;
  const lines = body.match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
