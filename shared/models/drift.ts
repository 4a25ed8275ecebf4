/** Drift: what each client's file holds against what it should hold, and what is done about it. */
import * as z from 'zod';
import { clientFileSchema, clientSummarySchema } from './client.ts';
import { basisSchema, planFileSchema, progressSchema, receiptSchema } from './protect.ts';
import { credentialScopeSchema } from './scope.ts';
import { driftPolicySchema, launchSpecSchema, serverIdSchema, timeSchema } from './server.ts';

/** What is the matter with one entry in one file. `docs/drift.md` says how each is told. */
export const driftStateSchema = z.enum([
  'in-step',
  'not-there-yet',
  'edited-by-you',
  'wiped-by-client',
  'rewritten-by-tool',
  'foreign',
  'exposed-again',
  'unreadable',
  'client-will-overwrite',
  'duplicate',
  'stale-location',
]);
export type DriftState = z.infer<typeof driftStateSchema>;

/**
 * `repair` makes the file match the record, `adopt` the record the file. `ignore` and `remove` are for
 * entries that are not ours. `place` and `displace` switch a server on or off in one client.
 */
export const driftActionSchema = z.enum([
  'repair',
  'adopt',
  'ignore',
  'remove',
  'place',
  'displace',
]);
export type DriftAction = z.infer<typeof driftActionSchema>;

/** One server in one file of one client. */
export const driftCellSchema = z.strictObject({
  /** The same place has the same id at every look. */
  id: z.string(),
  client: z.string(),
  file: z.string(),
  role: clientFileSchema.shape.role,
  pointer: z.string(),
  entryName: z.string(),
  /** Of our record; absent for what is not ours. */
  server: serverIdSchema.optional(),
  state: driftStateSchema,
  /** True where the cause is inferred; the state itself is a fact. */
  guess: z.boolean(),
  /** One or two sentences: what is so, and why we think so. */
  reason: z.string(),
  /** What speaks for it, one fact each. */
  evidence: z.array(z.string()).readonly(),
  /** Fields that differ from what we last wrote. */
  changed: z.array(z.string()).readonly(),
  /** Who wrote the file last, as far as is known or guessed. */
  by: z.string().optional(),
  at: timeSchema.optional(),
  /** Its client runs and writes this file from memory: what is written now may be lost. */
  atRisk: z.boolean(),
  /** The person does not want to hear of this entry. */
  ignored: z.boolean(),
  /** Entries that start or reach the same thing have the same meaning, in whatever words. */
  meaning: z.string().optional(),
  /** The client whose file this is. */
  duplicateOf: z.string().optional(),
  /** Suspected secrets in plain text inside the entry. */
  exposed: z.number().int(),
  /** Whether the entry is switched on; absent when there is none. */
  enabled: z.boolean().optional(),
  policy: driftPolicySchema,
  actions: z.array(driftActionSchema).readonly(),
});
export type DriftCell = z.infer<typeof driftCellSchema>;

export const driftFileSchema = z.strictObject({
  path: z.string(),
  role: clientFileSchema.shape.role,
  state: clientFileSchema.shape.state,
  /** False: nothing reads it any more. */
  live: z.boolean(),
  writable: z.boolean(),
  problem: z.string().optional(),
  entries: z.number().int(),
  /** Where a new server would go. */
  takesNew: z.boolean(),
});

export const driftClientSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  running: z.boolean(),
  access: clientSummarySchema.shape.access,
  evidence: clientSummarySchema.shape.evidence,
  policy: driftPolicySchema,
  files: z.array(driftFileSchema).readonly(),
});

/** Automatic repair gave up on a file because something keeps writing it. */
export const driftPauseSchema = z.strictObject({
  file: z.string(),
  client: z.string(),
  /** The program that keeps writing, by the best evidence there is. */
  by: z.string(),
  since: timeSchema,
});
export type DriftPause = z.infer<typeof driftPauseSchema>;

export const driftCountsSchema = z.strictObject({
  inStep: z.number().int(),
  /** Neither in step, nor ignored, nor a duplicate, nor foreign. */
  drifted: z.number().int(),
  exposedAgain: z.number().int(),
  foreign: z.number().int(),
});
export type DriftCounts = z.infer<typeof driftCountsSchema>;

export const driftReportSchema = z.strictObject({
  at: timeSchema,
  clients: z.array(driftClientSchema).readonly(),
  servers: z
    .array(
      z.strictObject({
        id: serverIdSchema,
        name: z.string(),
        policy: driftPolicySchema.optional(),
      }),
    )
    .readonly(),
  cells: z.array(driftCellSchema).readonly(),
  counts: driftCountsSchema,
  paused: z.array(driftPauseSchema).readonly(),
  /** Why copies or the timeline could not be kept this time. */
  problems: z.array(z.string()).readonly(),
});
export type DriftReport = z.infer<typeof driftReportSchema>;

const clientPlaceSchema = z.strictObject({
  server: serverIdSchema,
  client: z.string(),
  /** In place of the file that the client takes new servers from, a project's above all. */
  file: z.string().optional(),
});

export const driftChangeSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.enum(['repair', 'adopt', 'ignore', 'remove']), cell: z.string() }),
  clientPlaceSchema.extend({ action: z.enum(['place', 'displace']) }),
]);
export type DriftChange = z.infer<typeof driftChangeSchema>;

export const driftSelectionSchema = z.strictObject({
  changes: z.array(driftChangeSchema).readonly().optional(),
  /** One action for all drift there is, what is foreign excepted. */
  all: z
    .strictObject({
      action: z.enum(['repair', 'adopt']),
      servers: z.array(z.string()).readonly().optional(),
      clients: z.array(z.string()).readonly().optional(),
    })
    .optional(),
});
export type DriftSelection = z.infer<typeof driftSelectionSchema>;

export const driftConsentSchema = z.enum(['secondary-evidence', 'shared-project-file']);

export const driftPlanItemSchema = z.strictObject({
  id: z.string(),
  action: driftActionSchema,
  client: z.string(),
  file: z.string(),
  pointer: z.string(),
  entryName: z.string(),
  server: serverIdSchema.optional(),
  /** Done unless the person says otherwise. */
  ticked: z.boolean(),
  possible: z.boolean(),
  note: z.string(),
  consent: driftConsentSchema.optional(),
});
export type DriftPlanItem = z.infer<typeof driftPlanItemSchema>;

export const driftPlanSchema = z.strictObject({
  basis: basisSchema,
  items: z.array(driftPlanItemSchema).readonly(),
  files: z.array(planFileSchema).readonly(),
});
export type DriftPlan = z.infer<typeof driftPlanSchema>;

export const driftChoicesSchema = z.strictObject({
  basis: basisSchema,
  selection: driftSelectionSchema,
  /** Items to do; absent means those ticked. */
  items: z.array(z.string()).readonly().optional(),
  consents: z.array(driftConsentSchema).readonly(),
});
export type DriftChoices = z.infer<typeof driftChoicesSchema>;

export const driftResultSchema = z.strictObject({
  type: z.literal('result'),
  receipts: z.array(receiptSchema).readonly(),
  /** How it stands afterwards, by a fresh look. */
  counts: driftCountsSchema,
});
export type DriftResult = z.infer<typeof driftResultSchema>;

export const driftStreamSchema = z.discriminatedUnion('type', [progressSchema, driftResultSchema]);
export type DriftStream = z.infer<typeof driftStreamSchema>;

/** One change of a file, whoever made it. Names of entries, never what is in them. */
export const timelineEntrySchema = z.strictObject({
  at: timeSchema,
  /** `Portcullis (desktop)`, a client's name, `another program`, or `not known` for what was there before us. */
  by: z.string(),
  guess: z.boolean(),
  what: z.enum(['first-seen', 'changed', 'gone', 'broken']),
  added: z.array(z.string()).readonly(),
  removed: z.array(z.string()).readonly(),
  changed: z.array(z.string()).readonly(),
  /** Something beside the entries is different, or only how they are written. */
  other: z.boolean(),
  bytes: z.number().int(),
  /** The sealed copy of the content after the change. */
  backup: z.string().optional(),
  restorable: z.boolean(),
});
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;

export const writeUndoPlanSchema = z.strictObject({
  basis: basisSchema,
  file: z.string(),
  /** The write that goes back. */
  write: z.string(),
  at: timeSchema,
  way: z.enum(['exact', 'merge', 'refused']),
  note: z.string(),
  diff: planFileSchema.shape.diff,
});
export type WriteUndoPlan = z.infer<typeof writeUndoPlanSchema>;

/** The records as they travel to another machine: no placement, no path of ours, no value. */
export const exportedServerSchema = z.strictObject({
  id: serverIdSchema,
  name: z.string().min(1).max(200),
  enabled: z.boolean(),
  launch: launchSpecSchema,
  /** Without it a server that is confined here would start unconfined there. */
  scope: credentialScopeSchema.optional(),
  secrets: z
    .array(z.strictObject({ name: z.string(), kind: z.string(), rotateUrl: z.string().optional() }))
    .readonly(),
  /** Ids of the clients that have it, with the name it has there. */
  clients: z.array(z.strictObject({ client: z.string(), entryName: z.string() })).readonly(),
  driftPolicy: driftPolicySchema.optional(),
});
export type ExportedServer = z.infer<typeof exportedServerSchema>;

export const exportPlanSchema = z.strictObject({
  servers: z.array(z.strictObject({ id: serverIdSchema, name: z.string() })).readonly(),
  secrets: z.number().int(),
  /** What a reader of the file should know before it is committed somewhere. */
  warnings: z.array(z.string()).readonly(),
});
export type ExportPlan = z.infer<typeof exportPlanSchema>;

/** A file's text as `records.export` made it: readable JSON, or sealed and armoured. */
export const exportTextSchema = z.string().max(20_000_000);

/** `stored-secrets`: what the file starts would get secrets that lie in this computer's keychain. */
export const importConsentSchema = z.enum(['stored-secrets', ...driftConsentSchema.options]);
export type ImportConsent = z.infer<typeof importConsentSchema>;

export const importPlanSchema = z.strictObject({
  basis: basisSchema,
  sealed: z.boolean(),
  servers: z
    .array(
      z.strictObject({
        id: serverIdSchema,
        name: z.string(),
        /** `same`: nothing to do. `changed`: a record of this id starts something else, or otherwise. */
        way: z.enum(['new', 'same', 'changed']),
        /** The whole launch, variables and headers included, secrets by name. */
        shown: z.string(),
        /** What the record of this id starts here, when that is different. */
        here: z.string().optional(),
        /** Secrets that neither the file nor this keychain has: to be entered. */
        missing: z.array(z.string()).readonly(),
        /** Clients that are here and would get it. */
        clients: z.array(z.string()).readonly(),
        /** What it needs an explicit yes for; without it it stays, or those clients do not get it. */
        consents: z.array(importConsentSchema).readonly(),
        notes: z.array(z.string()).readonly(),
      }),
    )
    .readonly(),
});
export type ImportPlan = z.infer<typeof importPlanSchema>;
