/**
 * What a keychain can answer besides the value, told apart, each with what to do about it on this
 * system. The library underneath reports everything as text, so this is the one place that reads text.
 */
import type { Platform } from '../../core/ports.ts';
import { AppError, type ErrorCode } from '../../shared/errors.ts';

export const failureKinds = [
  'locked',
  'unavailable',
  'no-default',
  'denied',
  'timeout',
  'too-long',
  'unreadable',
  'ambiguous',
  'no-library',
] as const;

export type FailureKind = (typeof failureKinds)[number];

/** Thrown between the parts of the keychain; `describeFailure` makes it a person's error. */
export class KeychainFailure extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind) {
    super(kind);
    this.name = 'KeychainFailure';
    this.kind = kind;
  }
}

/** First match wins. Never quoted onwards: such a text could hold more than its sentence. */
const patterns: readonly (readonly [RegExp, FailureKind])[] = [
  [/prompt was dismissed|object locked|IsLocked|interaction is not allowed|-25308/i, 'locked'],
  [/did not receive a reply|timed? ?out|TimedOut|NoReply/i, 'timeout'],
  [/AccessDenied|cancell?ed|-128\b|-25293|access is denied|authorization failed/i, 'denied'],
  [/longer than|too long/i, 'too-long'],
  [/matched by \d+ credentials|more than one|ambiguous/i, 'ambiguous'],
  [/encoding|UTF-8|invalid initialization vector/i, 'unreadable'],
  [/no result found/i, 'no-default'],
  [/cannot find module|native binding|dlopen|shared object/i, 'no-library'],
];

/** What an error of the keychain library means; whatever is not known is `unavailable`. */
export function classifyFailure(cause: unknown): FailureKind {
  if (cause instanceof KeychainFailure) return cause.kind;
  const text = cause instanceof Error ? cause.message : '';
  return patterns.find(([pattern]) => pattern.test(text))?.[1] ?? 'unavailable';
}

const names = {
  linux: 'Secret Service',
  macos: 'Keychain',
  windows: 'Credential Manager',
} as const satisfies Record<Platform, string>;

/** What the person calls it. */
export function nameKeychain(platform: Platform): string {
  return platform === 'linux' ? 'Secret Service (org.freedesktop.secrets)' : names[platform];
}

interface FailureRow {
  readonly code: ErrorCode;
  readonly message: (name: string) => string;
  readonly hints: Readonly<Record<Platform, string>>;
}

const everywhere = (hint: string) => ({ linux: hint, macos: hint, windows: hint });

const rows: Readonly<Record<FailureKind, FailureRow>> = {
  locked: {
    code: 'keychain_locked',
    message: (name) => `The keychain (${name}) is locked.`,
    hints: {
      linux:
        'Unlock it (log in with your password, or open "Passwords and Keys", KeePassXC or KWalletManager and unlock the default keyring), then try again.',
      macos: 'Unlock the login keychain in Keychain Access, then try again.',
      windows: 'Sign in to Windows with your password, then try again.',
    },
  },
  unavailable: {
    code: 'keychain_unavailable',
    message: (name) => `No keychain (${name}) answers on this computer.`,
    hints: {
      linux:
        'Install one (Debian, Ubuntu: `sudo apt install gnome-keyring`; Fedora: `sudo dnf install gnome-keyring`; KDE: KWallet), log in again, or choose the passphrase vault with `portcullis vault create`.',
      macos: 'Open Keychain Access and check that the login keychain exists, then try again.',
      windows: 'Start the service "Credential Manager" (services.msc), then try again.',
    },
  },
  'no-default': {
    code: 'keychain_unavailable',
    message: (name) => `The keychain (${name}) has no default keyring yet.`,
    hints: {
      ...everywhere('Create a default keychain, then try again.'),
      linux:
        'Create one: in "Passwords and Keys" choose New, Password Keyring, and set it as default; or log out and in with your password.',
    },
  },
  denied: {
    code: 'keychain_denied',
    message: (name) => `The keychain (${name}) refused access.`,
    hints: {
      ...everywhere('Allow Portcullis to use the keychain, then try again.'),
      macos: 'Try again and choose "Always Allow" when macOS asks.',
    },
  },
  timeout: {
    code: 'keychain_timeout',
    message: (name) => `The keychain (${name}) did not answer in time.`,
    hints: {
      linux:
        'Look for an unlock window behind others. If there is none, restart the keyring (log out and in), then try again.',
      macos: 'Look for a password window behind others, then try again.',
      windows: 'Restart the service "Credential Manager" (services.msc), then try again.',
    },
  },
  'too-long': {
    code: 'keychain_too_long',
    message: (name) => `The value is longer than the keychain (${name}) takes.`,
    hints: everywhere('Use a shorter value; at most 1 MB is stored.'),
  },
  unreadable: {
    code: 'keychain_item_unreadable',
    message: (name) => `An item in the keychain (${name}) is not as Portcullis wrote it.`,
    hints: everywhere('Enter the secret again; it replaces the broken item.'),
  },
  ambiguous: {
    code: 'keychain_item_unreadable',
    message: (name) => `The keychain (${name}) holds two items under one name of Portcullis.`,
    hints: {
      ...everywhere('Delete both in the window of the keychain, then enter the secret again.'),
      linux:
        'Delete both in "Passwords and Keys" (they are labelled with the server and "portcullis"), then enter the secret again.',
    },
  },
  'no-library': {
    code: 'keychain_unavailable',
    message: (name) => `The part of Portcullis that speaks to the keychain (${name}) is missing.`,
    hints: everywhere('Install Portcullis again; this build may not be made for your system.'),
  },
};

/** The error a person sees. `account` is a server id or one of our own names, never a value. */
export function describeFailure(kind: FailureKind, platform: Platform, account?: string): AppError {
  const { code, message, hints } = rows[kind];
  return new AppError(code, message(names[platform]), {
    hint: hints[platform],
    details: account === undefined ? { reason: kind } : { reason: kind, account },
  });
}
