/** The shape of `records.json`: what we know, in one readable file, without a single secret value. */
import * as z from 'zod';
import {
  driftPolicySchema,
  launchSpecSchema,
  retentionSchema,
  secretNameSchema,
  serverIdSchema,
  serverRecordSchema,
  timeSchema,
} from '../../shared/models/server.ts';

/** Version of the file's shape that this build writes. */
export const recordsSchemaVersion = 1;

/** What the person decided about one client. */
export const clientSettingsSchema = z.strictObject({
  /** When the person agreed that we write files of a client whose format we know second-hand. */
  writeConsentAt: timeSchema.optional(),
  /** Left alone: neither scanned nor written. */
  ignored: z.boolean().optional(),
  /** What happens to drift in this client's files. Absent means ask. */
  driftPolicy: driftPolicySchema.optional(),
});
export type ClientSettings = z.infer<typeof clientSettingsSchema>;

/** A finding that the person has looked at and does not want to see again. */
export const suppressionSchema = z.strictObject({
  file: z.string(),
  pointer: z.string(),
  fingerprint: z.string(),
  reason: z.string(),
  at: timeSchema,
});
export type Suppression = z.infer<typeof suppressionSchema>;

/** An entry or another place that a run changed in a file. */
export const runPlaceSchema = z.strictObject({
  file: z.string(),
  pointer: z.string(),
  server: serverIdSchema,
  /** Absent in files that are no client's, such as env files. */
  client: z.string().optional(),
});
export type RunPlace = z.infer<typeof runPlaceSchema>;

/** One run that changed files, as undo needs it; the sealed backups carry the ids of its moves. */
export const runSchema = z.strictObject({
  /** Also the id of its first move in the journal. */
  id: z.string().min(1),
  kind: z.enum(['protect', 'leave']),
  at: timeSchema,
  state: z.enum(['unfinished', 'done', 'partly', 'failed']),
  moves: z.array(z.string()).readonly(),
  servers: z.array(serverIdSchema).readonly(),
  /** Servers that did not exist before, and the secrets that this run added to each. */
  created: z.array(serverIdSchema).readonly(),
  added: z
    .array(z.strictObject({ server: serverIdSchema, names: z.array(secretNameSchema).readonly() }))
    .readonly(),
  places: z.array(runPlaceSchema).readonly(),
  /** Every file that was changed, with the mark of its content afterwards (see `core/edits/marks.ts`). */
  files: z.array(z.strictObject({ file: z.string(), after: z.string() })).readonly(),
  undoneAt: timeSchema.optional(),
  /** What servers started before this run gave them another launch. */
  launches: z
    .array(z.strictObject({ server: serverIdSchema, launch: launchSpecSchema }))
    .readonly()
    .optional(),
});
export type Run = z.infer<typeof runSchema>;

/** An entry that is not ours and shall stay unmentioned, whatever becomes of it. */
export const ignoredEntrySchema = z.strictObject({
  file: z.string(),
  entryName: z.string(),
  at: timeSchema,
});
export type IgnoredEntry = z.infer<typeof ignoredEntrySchema>;

export const recordsSchema = z
  .strictObject({
    schema: z.literal(recordsSchemaVersion),
    /** Counts the changes ever made; two readers that saw the same number saw the same records. */
    revision: z.number().int().nonnegative(),
    servers: z.array(serverRecordSchema).readonly(),
    clientSettings: z.record(z.string(), clientSettingsSchema).readonly(),
    projectFolders: z.array(z.string()).readonly(),
    suppressions: z.array(suppressionSchema).readonly(),
    runs: z.array(runSchema).readonly(),
    ignoredEntries: z.array(ignoredEntrySchema).readonly().optional(),
    retention: retentionSchema.optional(),
  })
  .readonly()
  .superRefine((records, context) => {
    const seen = new Set<string>();
    for (const [index, server] of records.servers.entries()) {
      if (seen.has(server.id))
        context.addIssue({
          code: 'custom',
          path: ['servers', index, 'id'],
          message: 'Two servers have this id.',
        });
      seen.add(server.id);
    }
  });
export type Records = z.infer<typeof recordsSchema>;

export const emptyRecords: Records = {
  schema: recordsSchemaVersion,
  revision: 0,
  servers: [],
  clientSettings: {},
  projectFolders: [],
  suppressions: [],
  runs: [],
};
