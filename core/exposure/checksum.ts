/** CRC-32 in base62, the construction with which GitHub and npm end their tokens. */

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** CRC-32 (IEEE) of an ASCII text. */
export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let index = 0; index < text.length; index += 1) {
    crc ^= text.charCodeAt(index) & 0xff;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** Zero-padded to `width`. */
export function toBase62(value: number, width: number): string {
  let rest = value;
  let digits = '';
  while (rest > 0) {
    digits = base62.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits.padStart(width, '0');
}

/** True when the last six characters are the checksum of what stands before them. */
export function endsWithCrc(body: string): boolean {
  const split = body.length - 6;
  if (split < 1) return false;
  const expected = toBase62(crc32(body.slice(0, split)), 6);
  return body.slice(split) === expected;
}
