/**
 * Reads one item in this very process, for the launcher: no helper, nothing that stays. When the
 * deadline passes the pending call still holds a thread; the launcher leaves by replacing itself.
 */
import type { Platform } from '../../core/ports.ts';
import { Secret } from '../../shared/secret.ts';
import { classifyFailure, describeFailure, KeychainFailure } from './failures.ts';
import { openItems } from './items.ts';
import { readParts } from './parts.ts';

export interface ReadItemOptions {
  readonly platform: Platform;
  /** Absolute path of the library's `.node` file. */
  readonly library: string;
  /** Milliseconds for the whole read. */
  readonly deadline: number;
}

/** Undefined only when the item is certainly absent. Fails with the `keychain_*` codes. */
export async function readItem(
  account: string,
  options: ReadItemOptions,
): Promise<Secret | undefined> {
  const { platform, library, deadline } = options;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new KeychainFailure('timeout')), deadline);
  try {
    const value = await Promise.race([readParts(openItems({ library }), account), late.promise]);
    return value === undefined ? undefined : new Secret(value);
  } catch (cause) {
    throw describeFailure(classifyFailure(cause), platform, account);
  } finally {
    clearTimeout(timer);
  }
}
