/** Servers: what a record says, and the text templates in it that stand for secrets. */
import * as z from 'zod';
import { retentionLimits } from '../limits.ts';
import { credentialScopeSchema } from './scope.ts';

export const serverIdSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,62}$/,
    'A server id has 1 to 63 lower-case letters, digits and hyphens.',
  );
export type ServerId = z.infer<typeof serverIdSchema>;

/** The name a secret has inside its server's keychain item: usually the variable it is given as. */
export const secretNameSchema = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/,
    'A secret name begins with a letter or underscore and has letters, digits, `_`, `.` and `-`.',
  );
export type SecretName = z.infer<typeof secretNameSchema>;

export const timeSchema = z.iso.datetime();

/**
 * Text in which `${secret:NAME}` stands for a secret and `${client:NAME}` for a variable that the
 * client puts into the launcher's environment (its own references, such as `${workspaceFolder}`,
 * resolved by the client). `$${secret:` and `$${client:` are the literal texts. See `shared/template.ts`.
 */
export const templateSchema = z.string();
export type Template = z.infer<typeof templateSchema>;

/** Templates by name. Not a Zod record, which drops a variable named `__proto__`. */
const templateMapSchema = z.custom<Readonly<Record<string, Template>>>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((template) => typeof template === 'string'),
  'Texts by name are expected.',
);

export const stdioLaunchSchema = z.strictObject({
  transport: z.literal('stdio'),
  command: z.string().min(1),
  args: z.array(templateSchema).readonly(),
  env: templateMapSchema,
  cwd: z.string().optional(),
});

export const remoteLaunchSchema = z.strictObject({
  transport: z.enum(['streamable-http', 'sse']),
  url: templateSchema,
  headers: templateMapSchema,
});

/** How a server is reached: a program to start, or a URL to bridge to. */
export const launchSpecSchema = z.discriminatedUnion('transport', [
  stdioLaunchSchema,
  remoteLaunchSchema,
]);
export type StdioLaunch = z.infer<typeof stdioLaunchSchema>;
export type RemoteLaunch = z.infer<typeof remoteLaunchSchema>;
export type LaunchSpec = z.infer<typeof launchSpecSchema>;

/** A secret as the world outside the keychain may know it. */
export const secretReferenceSchema = z.strictObject({
  name: secretNameSchema,
  /** Row of the kind table, such as `github-pat-classic`. */
  kind: z.string(),
  storedAt: timeSchema,
  /** Where the issuer lets its owner make a new one. */
  rotateUrl: z.url().optional(),
});
export type SecretReference = z.infer<typeof secretReferenceSchema>;

/** One entry of ours in one client's file. */
export const placementSchema = z.strictObject({
  client: z.string(),
  file: z.string(),
  /** RFC 6901 pointer of the entry. */
  pointer: z.string(),
  entryName: z.string(),
  /**
   * The entry as it stood before we changed it, as JSON with `${secret:NAME}` in place of values:
   * what `leave` writes back. Absent when the entry was ours from the start.
   */
  original: z.string().optional(),
  /**
   * The entry as we last wrote it, as JSON. It starts the launcher, so no protected value is in it.
   * Absent in placements of older records.
   */
  entry: z.string().optional(),
  /** SHA-256 of the entry's canonical JSON as we last wrote it. */
  written: z.string(),
  writtenAt: timeSchema,
});
export type Placement = z.infer<typeof placementSchema>;

/** What happens to drift: nothing until the person says so, or one of the two ways without asking. */
export const driftPolicySchema = z.enum(['ask', 'repair', 'adopt']);
export type DriftPolicy = z.infer<typeof driftPolicySchema>;

/** An entry that a client should have and that was never written there. */
export const wantedPlacementSchema = z.strictObject({
  client: z.string(),
  entryName: z.string(),
  /** Absent: the file that the client takes new servers from. */
  file: z.string().optional(),
});
export type WantedPlacement = z.infer<typeof wantedPlacementSchema>;

/** What an entry was called in a file from which it was taken out: it comes back under that name. */
export const formerPlacementSchema = z.strictObject({
  client: z.string(),
  file: z.string(),
  entryName: z.string(),
});
export type FormerPlacement = z.infer<typeof formerPlacementSchema>;

export const serverRecordSchema = z.strictObject({
  id: serverIdSchema,
  /** As the person or the client wrote it. */
  name: z.string().min(1).max(200),
  enabled: z.boolean(),
  launch: launchSpecSchema,
  secrets: z.array(secretReferenceSchema).readonly(),
  /** Absent: as servers were started before there were scopes, with a scoped environment only. */
  scope: credentialScopeSchema.optional(),
  placements: z.array(placementSchema).readonly(),
  wanted: z.array(wantedPlacementSchema).readonly().optional(),
  former: z.array(formerPlacementSchema).readonly().optional(),
  /** Goes before the policy of the client. */
  driftPolicy: driftPolicySchema.optional(),
  createdAt: timeSchema,
  updatedAt: timeSchema,
});
export type ServerRecord = z.infer<typeof serverRecordSchema>;

function limited({ min, max }: { readonly min: number; readonly max: number }) {
  return z.number().int().min(min).max(max);
}

/** How long sealed copies of clients' files are kept; whatever breaks one of the limits goes, oldest first. */
export const retentionSchema = z.strictObject({
  days: limited(retentionLimits.days),
  /** Copies of one file. */
  copies: limited(retentionLimits.copies),
  /** Of all copies together. */
  bytes: limited(retentionLimits.bytes),
});
export type Retention = z.infer<typeof retentionSchema>;
