/**
 * Who may talk to this door. A one-time code travels in the fragment of an address, which no server
 * and no log ever sees, and is exchanged once for a cookie that scripts cannot read. Both are door
 * tokens: they live in this process only and mean nothing to the gateway, which keeps its own hashes
 * and never looks at cookies.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock, Random } from '../core/ports.ts';

export interface DoorToken {
  /** A new code of 128 bits; good once, for 60 seconds. */
  mintCode(): string;
  /** The cookie's value for a code that is good; it is used up by this. Undefined otherwise. */
  exchange(code: string): string | undefined;
  /** Whether the value is the one of this launch. Takes the same time for every wrong value. */
  isValid(value: string | undefined): boolean;
}

/** Milliseconds. */
const codeLifetime = 60_000;
/** Opening the door again and again must not fill the memory: the oldest code goes first. */
const mostCodes = 16;

export function createDoorToken({
  clock,
  random,
}: {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly random: Random;
}): DoorToken {
  const value = encode(random.bytes(32));
  const valueDigest = digest(value);
  let codes: readonly { readonly digest: Buffer; readonly end: number }[] = [];

  return {
    mintCode: () => {
      const code = encode(random.bytes(16));
      const end = clock.monotonic() + codeLifetime;
      codes = [...codes, { digest: digest(code), end }].slice(-mostCodes);
      return code;
    },
    exchange: (code) => {
      const now = clock.monotonic();
      const given = digest(code);
      const good = codes.filter(({ end }) => end > now);
      // All are compared, so that the time says nothing about which one it was.
      const isMatch = good.map((one) => timingSafeEqual(one.digest, given));
      codes = good.filter((_, index) => isMatch[index] !== true);
      return isMatch.includes(true) ? value : undefined;
    },
    isValid: (given) => timingSafeEqual(digest(given ?? ''), valueDigest),
  };
}

/** Digests have one length, which a comparison in constant time needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
