/** What doors show of credential scopes. */
import { z } from 'zod';
import { credentialScopeSchema, levelSchema } from './scope.ts';
import { serverIdSchema, timeSchema } from './server.ts';

/** A program that Portcullis does not start has none of the levels. */
export const claimedLevelSchema = z.enum(['not-confined', ...levelSchema.options]);

export const scopeViewSchema = z.strictObject({
  server: serverIdSchema,
  name: z.string(),
  /** Absent: none was set, and the server gets a scoped environment only. */
  scope: credentialScopeSchema.optional(),
  suggested: credentialScopeSchema,
  /** Names of the secrets that it gets. */
  secrets: z.array(z.string()).readonly(),
  /** What a start on this computer gets now; absent when it would be refused. */
  level: levelSchema.optional(),
  /** What the scope allows, in one sentence. */
  sentence: z.string(),
  /** What may be claimed of that level. */
  claim: z.string(),
  warnings: z.array(z.string()).readonly(),
  hint: z.string().optional(),
});
export type ScopeView = z.infer<typeof scopeViewSchema>;

export const scopePlanSchema = z.strictObject({
  basis: z.string(),
  before: scopeViewSchema,
  after: scopeViewSchema,
});
export type ScopePlan = z.infer<typeof scopePlanSchema>;

export const blockedHostSchema = z.strictObject({
  host: z.string(),
  port: z.number().int().optional(),
  starts: z.number().int(),
  last: timeSchema,
});
export type BlockedHost = z.infer<typeof blockedHostSchema>;

export const trialSchema = z.strictObject({
  server: serverIdSchema,
  works: z.boolean(),
  message: z.string(),
  hint: z.string().optional(),
  tools: z.number().int(),
  /** Files that it looked for and that its scope hides; absent where nothing can watch them. */
  wanted: z
    .array(
      z.strictObject({
        path: z.string(),
        access: z.enum(['read', 'write']),
        /** One of the places that hold credentials of others: never proposed. */
        masked: z.boolean(),
      }),
    )
    .readonly()
    .optional(),
  /** Hosts that it talked to through the proxy; absent where none could run. */
  hosts: z.array(z.string()).readonly().optional(),
  /** The proposed scope, ready to be applied. */
  plan: scopePlanSchema,
});
export type Trial = z.infer<typeof trialSchema>;

export const reachSchema = z.strictObject({
  /** The weakest of all programs that run now, since it weakens all. */
  weakest: claimedLevelSchema.optional(),
  sentence: z.string(),
  servers: z
    .array(
      z.strictObject({
        view: scopeViewSchema,
        running: z.array(levelSchema).readonly(),
      }),
    )
    .readonly(),
  /** Entries of clients that start a program without Portcullis. */
  unmanaged: z.array(z.strictObject({ client: z.string(), entryName: z.string() })).readonly(),
});
export type Reach = z.infer<typeof reachSchema>;
