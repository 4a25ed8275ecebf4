/** Health of this machine, of servers and of files, and the one event stream. */
import * as z from 'zod';
import { driftCountsSchema, driftPauseSchema } from './drift.ts';
import { receiptSchema } from './protect.ts';
import { serverIdSchema, serverRecordSchema, timeSchema } from './server.ts';

export const checkSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  state: z.enum(['ok', 'note', 'warning', 'failed']),
  message: z.string(),
  /** The exact remedy when the state is not `ok`. */
  hint: z.string().optional(),
});
export type Check = z.infer<typeof checkSchema>;

export const keychainStatusSchema = z.strictObject({
  state: z.enum(['ready', 'locked', 'unavailable', 'denied', 'timeout', 'vault', 'vault-locked']),
  backend: z.string(),
  hint: z.string().optional(),
});

export const overviewSchema = z.strictObject({
  version: z.string(),
  platform: z.enum(['linux', 'macos', 'windows']),
  keychain: keychainStatusSchema,
  clients: z.strictObject({ detected: z.number().int(), entries: z.number().int() }),
  servers: z.number().int(),
  /** Secrets in the keychain. */
  protected: z.number().int(),
  /** Plain-text findings, `possible` ones left out. */
  exposed: z.number().int(),
  /** Files and servers that need the person. */
  broken: z
    .array(
      z.strictObject({
        /** Path of the file, or name of the server. */
        subject: z.string(),
        server: serverIdSchema.optional(),
        message: z.string(),
        hint: z.string().optional(),
      }),
    )
    .readonly(),
  /** A run that was interrupted and can be finished or undone. */
  unfinished: z.array(z.string()).readonly(),
  roots: z.strictObject({ config: z.string(), data: z.string(), cache: z.string() }),
});
export type Overview = z.infer<typeof overviewSchema>;

export const serverHealthSchema = z.strictObject({
  state: z.enum(['ready', 'missing-secret', 'disabled', 'command-missing', 'unknown']),
  message: z.string(),
  hint: z.string().optional(),
  lastLaunch: timeSchema.optional(),
  running: z.number().int(),
});

export const serverViewSchema = z.strictObject({
  record: serverRecordSchema,
  /** Command and arguments or URL, references shown by name. */
  shown: z.string(),
  health: serverHealthSchema,
  /** Names that the record wants and the keychain item lacks. */
  missing: z.array(z.string()).readonly(),
  warnings: z.array(z.string()).readonly(),
});
export type ServerView = z.infer<typeof serverViewSchema>;

export const secretViewSchema = z.strictObject({
  server: serverIdSchema,
  serverName: z.string(),
  name: z.string(),
  kind: z.string(),
  storedAt: timeSchema,
  rotateUrl: z.string().optional(),
  state: z.enum(['stored', 'missing', 'unknown']),
  clients: z.array(z.string()).readonly(),
});
export type SecretView = z.infer<typeof secretViewSchema>;

export const offeredSchema = z.strictObject({
  name: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  /** Estimated tokens of what clients usually send: name, description, input schema. */
  tokens: z.number().int(),
  /** Estimated tokens of the whole definition. */
  fullTokens: z.number().int(),
  readOnly: z.boolean().optional(),
  destructive: z.boolean().optional(),
});

export const inspectionSchema = z.strictObject({
  server: serverIdSchema,
  at: timeSchema,
  serverName: z.string().optional(),
  serverVersion: z.string().optional(),
  protocol: z.string(),
  instructions: z.string().optional(),
  startMilliseconds: z.number(),
  tools: z.array(offeredSchema).readonly(),
  resources: z.array(offeredSchema).readonly(),
  prompts: z.array(offeredSchema).readonly(),
  tokens: z.number().int(),
});
export type Inspection = z.infer<typeof inspectionSchema>;

export const historyEntrySchema = z.strictObject({
  id: z.string(),
  at: timeSchema,
  /** `portcullis`, or who else is known or guessed to have changed the file. */
  by: z.string(),
  what: z.string(),
  bytes: z.number().int(),
  restorable: z.boolean(),
});
export type HistoryEntry = z.infer<typeof historyEntrySchema>;

/** News that a screen needs to know: something changed, look again. */
export const appEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), at: timeSchema }),
  z.strictObject({ type: z.literal('records-changed'), revision: z.number().int() }),
  z.strictObject({ type: z.literal('files-changed'), files: z.array(z.string()).readonly() }),
  z.strictObject({ type: z.literal('keychain-changed') }),
  /** A server was started, or kept from a host. */
  z.strictObject({ type: z.literal('activity-changed') }),
  z.strictObject({ type: z.literal('run-changed'), run: z.string() }),
  z.strictObject({ type: z.literal('drift-changed'), counts: driftCountsSchema }),
  /** A protected secret stands in plain text again. */
  z.strictObject({
    type: z.literal('exposed-again'),
    file: z.string(),
    client: z.string(),
    entryName: z.string(),
    server: serverIdSchema.optional(),
  }),
  /** Done by policy, without asking. */
  z.strictObject({
    type: z.literal('drift-settled'),
    action: z.enum(['repair', 'adopt']),
    receipts: z.array(receiptSchema).readonly(),
  }),
  z.strictObject({ type: z.literal('drift-paused'), pause: driftPauseSchema }),
]);
export type AppEvent = z.infer<typeof appEventSchema>;
