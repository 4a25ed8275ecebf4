/** Protect, undo and leave: plans to review, choices to make, receipts to keep. */
import * as z from 'zod';
import { placeSchema } from './finding.ts';
import { serverIdSchema, timeSchema } from './server.ts';

/** Fingerprint of everything a plan was computed from; applying an outdated one is a `conflict`. */
export const basisSchema = z.string();

/** Lines of one file before and after, every secret masked. */
export const diffLineSchema = z.strictObject({
  kind: z.enum(['same', 'removed', 'added', 'gap']),
  text: z.string(),
  /** 1-based line in the old file (removed, same) or the new one (added); 0 for a gap. */
  line: z.number().int(),
});
export type DiffLine = z.infer<typeof diffLineSchema>;

export const plannedSecretSchema = z.strictObject({
  name: z.string(),
  kind: z.string(),
  /** What the kind is called. */
  label: z.string(),
  preview: z.string(),
  fingerprint: z.string(),
  where: placeSchema,
  rotateUrl: z.string().optional(),
});
export type PlannedSecret = z.infer<typeof plannedSecretSchema>;

export const planItemKindSchema = z.enum(['entry', 'env-file', 'copy', 'listed']);

/** One thing that protect would change, or, when `listed`, would leave and name. */
export const planItemSchema = z.strictObject({
  id: z.string(),
  kind: planItemKindSchema,
  file: z.string(),
  /** Where links lead from there: what is really written. Absent when none does. */
  target: z.string().optional(),
  pointer: z.string(),
  line: z.number().int(),
  client: z.string().optional(),
  entry: z.string().optional(),
  server: serverIdSchema.optional(),
  secrets: z.array(plannedSecretSchema).readonly(),
  /** Whether it is done unless the person says otherwise. */
  ticked: z.boolean(),
  /** False where we cannot do it; `note` says why. */
  possible: z.boolean(),
  /** What it does or does not do, in one or two sentences. */
  note: z.string(),
  /** An explicit yes that this item needs on top of its tick. */
  consent: z.enum(['secondary-evidence', 'shared-project-file', 'only-copy']).optional(),
});
export type PlanItem = z.infer<typeof planItemSchema>;

export const planServerSchema = z.strictObject({
  id: serverIdSchema,
  name: z.string(),
  /** False when a record with this launch exists already and gains entries or secrets. */
  isNew: z.boolean(),
  /** Command or URL, secrets masked. */
  shown: z.string(),
  clients: z.array(z.string()).readonly(),
  /** For example that arguments are visible to other programs. */
  warnings: z.array(z.string()).readonly(),
});
export type PlanServer = z.infer<typeof planServerSchema>;

/** Several clients hold different values for one secret of one server. */
export const planQuestionSchema = z.strictObject({
  id: z.string(),
  server: serverIdSchema,
  secret: z.string(),
  options: z
    .array(
      z.strictObject({
        fingerprint: z.string(),
        preview: z.string(),
        clients: z.array(z.string()).readonly(),
        files: z.array(z.string()).readonly(),
      }),
    )
    .readonly(),
});
export type PlanQuestion = z.infer<typeof planQuestionSchema>;

export const planFileSchema = z.strictObject({
  file: z.string(),
  client: z.string().optional(),
  diff: z.array(diffLineSchema).readonly(),
});
export type PlanFile = z.infer<typeof planFileSchema>;

export const protectPlanSchema = z.strictObject({
  basis: basisSchema,
  items: z.array(planItemSchema).readonly(),
  servers: z.array(planServerSchema).readonly(),
  questions: z.array(planQuestionSchema).readonly(),
  files: z.array(planFileSchema).readonly(),
});
export type ProtectPlan = z.infer<typeof protectPlanSchema>;

export const protectSelectionSchema = z.strictObject({
  /** Server ids or entry names; absent means every server. */
  servers: z.array(z.string()).readonly().optional(),
  clients: z.array(z.string()).readonly().optional(),
  projects: z.array(z.string()).readonly().optional(),
  /** These entries only, with or without a finding; `server` names the record that they shall become. */
  places: z
    .array(
      z.strictObject({
        file: z.string(),
        pointer: z.string(),
        server: serverIdSchema.optional(),
      }),
    )
    .readonly()
    .optional(),
});
export type ProtectSelection = z.infer<typeof protectSelectionSchema>;

/** The diffs show the given items; without them, those ticked by default. The basis is the same. */
export const protectPlanInputSchema = protectSelectionSchema.extend({
  items: z.array(z.string()).readonly().optional(),
});
export type ProtectPlanInput = z.infer<typeof protectPlanInputSchema>;

export const protectChoicesSchema = z.strictObject({
  basis: basisSchema,
  selection: protectSelectionSchema,
  /** Items to do; absent means those ticked by default. */
  items: z.array(z.string()).readonly().optional(),
  consents: z.array(z.enum(['secondary-evidence', 'shared-project-file', 'only-copy'])).readonly(),
  /** Question id → fingerprint of the value to keep. */
  answers: z.record(z.string(), z.string()),
});
export type ProtectChoices = z.infer<typeof protectChoicesSchema>;

export const outcomeSchema = z.enum(['done', 'unchanged', 'failed', 'skipped']);

export const receiptSchema = z.strictObject({
  item: z.string(),
  file: z.string(),
  pointer: z.string(),
  server: serverIdSchema.optional(),
  outcome: outcomeSchema,
  message: z.string(),
  code: z.string().optional(),
  hint: z.string().optional(),
  /** The write of the file that can be taken back by itself; absent when nothing was written, or by a run. */
  write: z.string().optional(),
});
export type Receipt = z.infer<typeof receiptSchema>;

export const progressSchema = z.strictObject({
  type: z.literal('progress'),
  step: z.enum(['backup', 'store', 'record', 'write', 'verify', 'start']),
  /** What is being worked on: a server id or a file. */
  subject: z.string(),
  done: z.number().int(),
  total: z.number().int(),
});
export type Progress = z.infer<typeof progressSchema>;

export const rotateAdviceSchema = z.strictObject({
  server: serverIdSchema,
  secret: z.string(),
  kind: z.string(),
  rotateUrl: z.string().optional(),
});

export const runSummarySchema = z.strictObject({
  id: z.string(),
  kind: z.enum(['protect', 'undo', 'leave']),
  at: timeSchema,
  state: z.enum(['done', 'partly', 'failed', 'undone', 'unfinished']),
  servers: z.array(serverIdSchema).readonly(),
  files: z.array(z.string()).readonly(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const runResultSchema = z.strictObject({
  type: z.literal('result'),
  run: runSummarySchema,
  receipts: z.array(receiptSchema).readonly(),
  /** Findings that are still there afterwards, by a fresh scan. */
  remaining: z.number().int(),
  rotate: z.array(rotateAdviceSchema).readonly(),
});
export type RunResult = z.infer<typeof runResultSchema>;

export const runStreamSchema = z.discriminatedUnion('type', [progressSchema, runResultSchema]);
export type RunStream = z.infer<typeof runStreamSchema>;

export const undoPlanSchema = z.strictObject({
  basis: basisSchema,
  run: runSummarySchema,
  files: z
    .array(
      z.strictObject({
        file: z.string(),
        /** `exact`: byte for byte; `merge`: changed since, our entries are put back by themselves. */
        way: z.enum(['exact', 'merge', 'refused', 'gone']),
        note: z.string(),
        diff: z.array(diffLineSchema).readonly(),
      }),
    )
    .readonly(),
  servers: z.array(serverIdSchema).readonly(),
});
export type UndoPlan = z.infer<typeof undoPlanSchema>;

export const leaveModeSchema = z.enum(['original', 'remove']);

export const leavePlanSchema = z.strictObject({
  basis: basisSchema,
  mode: leaveModeSchema,
  /** What will lie in plain text again, and what will be deleted. */
  warnings: z.array(z.string()).readonly(),
  items: z.array(planItemSchema).readonly(),
  files: z.array(planFileSchema).readonly(),
});
export type LeavePlan = z.infer<typeof leavePlanSchema>;

export const leaveChoicesSchema = z.strictObject({
  basis: basisSchema,
  servers: z.array(z.string()).readonly().optional(),
  clients: z.array(z.string()).readonly().optional(),
  mode: leaveModeSchema,
  /** Also remove the launcher and our own data when no entry of ours is left. */
  purge: z.boolean(),
});
export type LeaveChoices = z.infer<typeof leaveChoicesSchema>;
