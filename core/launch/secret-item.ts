/** Reads a server's keychain item on the start path, where Zod would cost too much time. */
import { AppError } from '../../shared/errors.ts';
import { Secret } from '../../shared/secret.ts';

export type SecretValues = ReadonlyMap<string, Secret>;

/**
 * The secrets in an item as `core/secrets` writes it: a JSON object from name to value.
 * Errors: `keychain_item_unreadable`. Nothing of the item is quoted.
 */
export function parseSecretItem(item: Secret, server: string): SecretValues {
  let parsed: unknown;
  try {
    parsed = JSON.parse(item.reveal());
  } catch {
    throw unreadable(server);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw unreadable(server);
  const values = new Map<string, Secret>();
  for (const [name, value] of Object.entries(parsed)) {
    if (typeof value !== 'string') throw unreadable(server);
    values.set(name, new Secret(value));
  }
  return values;
}

function unreadable(server: string): AppError {
  return new AppError(
    'keychain_item_unreadable',
    `The keychain item of "${server}" is there, but it is not in the form Portcullis writes.`,
    {
      hint: `Run \`portcullis secrets remove ${server}\` and enter the secrets again with \`portcullis secrets set ${server}\`.`,
      details: { server },
    },
  );
}
