/** Numbers that the contract holds a person to, for a screen that says so before it asks. */

/** Characters of a passphrase that seals something. */
export const shortestPassphrase = 12;

/** Of the sealed copies: days, copies of one file, bytes of all together. */
export const retentionLimits = {
  days: { min: 1, max: 3650 },
  copies: { min: 20, max: 10_000 },
  bytes: { min: 1_000_000, max: Number.MAX_SAFE_INTEGER },
} as const;
