/**
 * Keys that vendors print in their own documentation. Kept as digests, so that no scanner takes this
 * file for a leak.
 */
import { createHash } from 'node:crypto';

/** First 16 hex digits of the SHA-256 of each, by first character and length. */
const documented: ReadonlyMap<string, readonly string[]> = new Map([
  ['w40', ['78314b11be2e5815']],
  ['j40', ['e21b597ba6b9cafa']],
  ['A20', ['1a5d44a2dca19669', 'c6ea27c534f993d3']],
  ['s32', ['2cafc0970149a84f', 'f2d6ca16515033e5', '7e8de44ea9ecf6d5', '2d1f7723aabc5c7a']],
  ['w38', ['96ad2ccd81462a76']],
  ['M32', ['0c47dd30c7da14ce']],
  ['E88', ['0011cc25eb432071']],
  ['C88', ['aa6547439583c3a2']],
  ['144', ['0b5dd075ccdd03c4']],
  ['446', ['654b2b06319049d0']],
  ['146', ['3324cf31dd7f6dfe']],
  ['M59', ['02f7ce3c263f85c0']],
  ['g40', ['3543c50b0cb9cea8', 'bc3ae723f57c6b9e', '82e74299544e0073', '797c0ce414586cc8']],
  ['g80', ['6d7fa4e64d4b1f3e']],
  ['x53', ['2ddc147f3a3b5a17']],
  ['x56', ['0b8b463f0c555069']],
  ['A39', ['1021ad463a161d69', 'ac9265e56c79b234', '44b9f0d854dcf201']],
  ['k36', ['9c846fdf0fa8955c']],
  ['A116', ['b390e2e57c227c07']],
  ['Q28', ['cf4d418ed3de92d7']],
  ['Q24', ['73f71af093fdf154']],
  ['s39', ['89b0ac6d33ca7073']],
  ['k32', ['48d765c9610be73f']],
  ['e155', ['7f75367e78812551']],
]);

/** True for a value that a vendor's documentation shows to everybody. */
export function isDocumentedSample(value: string): boolean {
  if (value.length < 12 || value.length > 400) return false;
  const digests = documented.get(`${value.charAt(0)}${value.length}`);
  if (digests === undefined) return false;
  return digests.includes(createHash('sha256').update(value).digest('hex').slice(0, 16));
}
