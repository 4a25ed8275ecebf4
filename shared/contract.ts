/**
 * The contract: every call that a door can make, declared once. Types, validation, errors and streams
 * of the window, the browser and the command line derive from it. A stored secret never stands in an
 * output; values travel inwards in `secrets.set`, install inputs and passphrases only.
 */
import { eventIterator, oc } from '@orpc/contract';
import * as z from 'zod';
import { type ErrorCode, errorTable } from './errors.ts';
import { shortestPassphrase } from './limits.ts';
import { clientSummarySchema, entrySummarySchema } from './models/client.ts';
import {
  driftChoicesSchema,
  driftPlanSchema,
  driftReportSchema,
  driftSelectionSchema,
  driftStreamSchema,
  exportPlanSchema,
  exportTextSchema,
  importConsentSchema,
  importPlanSchema,
  timelineEntrySchema,
  writeUndoPlanSchema,
} from './models/drift.ts';
import { findingSchema, scanReportSchema } from './models/finding.ts';
import {
  appEventSchema,
  checkSchema,
  historyEntrySchema,
  inspectionSchema,
  overviewSchema,
  secretViewSchema,
  serverViewSchema,
} from './models/health.ts';
import { toolCallResultSchema } from './models/inspection.ts';
import {
  leaveChoicesSchema,
  leavePlanSchema,
  protectChoicesSchema,
  protectPlanInputSchema,
  protectPlanSchema,
  runStreamSchema,
  runSummarySchema,
  undoPlanSchema,
} from './models/protect.ts';
import { credentialScopeSchema } from './models/scope.ts';
import {
  blockedHostSchema,
  reachSchema,
  scopeChangeSchema,
  scopePlanSchema,
  scopeReceiptSchema,
  scopeViewSchema,
  trialStreamSchema,
} from './models/scope-view.ts';
import {
  driftPolicySchema,
  launchSpecSchema,
  retentionSchema,
  secretNameSchema,
  serverIdSchema,
} from './models/server.ts';

const errorDataSchema = z.object({
  hint: z.string().optional(),
  details: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]))
    .optional(),
});

interface ErrorDeclaration {
  readonly status: number;
  readonly data: typeof errorDataSchema;
}

function declareErrors(): Record<ErrorCode, ErrorDeclaration> {
  const rows = Object.entries(errorTable).map(
    ([code, row]) => [code, { status: row.status, data: errorDataSchema }] as const,
  );
  // Object.fromEntries forgets the key type; the keys are exactly those of the table.
  return Object.fromEntries(rows) as Record<ErrorCode, ErrorDeclaration>;
}

const procedure = oc.errors(declareErrors());
const nothing = z.strictObject({});
const passphraseSchema = z.string().min(shortestPassphrase);
const pathSchema = z.string().min(1).max(4096);

const serverSelectionSchema = z.strictObject({
  /** Absent means all. */
  servers: z.array(serverIdSchema).readonly().optional(),
});

const placementInputSchema = z.strictObject({
  server: serverIdSchema,
  clients: z.array(z.string()).min(1).readonly(),
  placed: z.boolean(),
  /** In place of the file that the client takes new servers from; with one client only. */
  file: pathSchema.optional(),
});

const importInputSchema = z.strictObject({
  text: exportTextSchema,
  passphrase: z.string().optional(),
});

export const scanInputSchema = z.strictObject({
  paths: z.array(pathSchema).readonly().optional(),
  clients: z.array(z.string()).readonly().optional(),
  /** Also list `possible` findings. */
  all: z.boolean().optional(),
});

export const contract = {
  overview: {
    get: procedure.input(nothing).output(overviewSchema),
  },
  exposure: {
    scan: procedure.input(scanInputSchema).output(scanReportSchema),
    /** Transcripts, logs and editor history: slow, so findings come as they are found. */
    scanDeep: procedure.input(nothing).output(eventIterator(findingSchema)),
    suppress: procedure
      .input(
        z.strictObject({
          file: pathSchema,
          pointer: z.string(),
          fingerprint: z.string(),
          reason: z.string().min(1).max(500),
        }),
      )
      .output(nothing),
    unsuppress: procedure
      .input(z.strictObject({ file: pathSchema, pointer: z.string(), fingerprint: z.string() }))
      .output(nothing),
    suppressions: procedure.input(nothing).output(
      z
        .array(
          z.strictObject({
            file: z.string(),
            pointer: z.string(),
            fingerprint: z.string(),
            reason: z.string(),
            at: z.string(),
          }),
        )
        .readonly(),
    ),
  },
  clients: {
    list: procedure.input(nothing).output(z.array(clientSummarySchema).readonly()),
    entries: procedure
      .input(z.strictObject({ client: z.string().optional() }))
      .output(z.array(entrySummarySchema).readonly()),
    snippet: procedure
      .input(z.strictObject({ client: z.string(), server: serverIdSchema }))
      /** `file` is empty for a client whose servers are in no file; then `note` says where it goes. */
      .output(z.strictObject({ file: z.string(), text: z.string(), note: z.string().optional() })),
  },
  projects: {
    list: procedure.input(nothing).output(z.array(z.string()).readonly()),
    /** Folders that clients' own state names and that are not registered. */
    found: procedure.input(nothing).output(z.array(z.string()).readonly()),
    add: procedure.input(z.strictObject({ folder: pathSchema })).output(nothing),
    remove: procedure.input(z.strictObject({ folder: pathSchema })).output(nothing),
  },
  servers: {
    list: procedure.input(nothing).output(z.array(serverViewSchema).readonly()),
    get: procedure.input(z.strictObject({ id: serverIdSchema })).output(serverViewSchema),
    add: procedure
      .input(
        z.strictObject({
          id: serverIdSchema.optional(),
          name: z.string().min(1).max(200),
          launch: launchSpecSchema,
          /** Values for the references in `launch`; they go to the keychain and nowhere else. */
          secrets: z.record(secretNameSchema, z.string()).optional(),
        }),
      )
      .output(serverViewSchema),
    /** Reads a pasted client configuration; the secrets in it stay in the answer's basis-free records only. */
    addFromJson: procedure
      .input(z.strictObject({ json: z.string().max(1_000_000) }))
      .output(z.array(serverViewSchema).readonly()),
    rename: procedure
      .input(z.strictObject({ id: serverIdSchema, name: z.string().min(1).max(200) }))
      .output(serverViewSchema),
    setEnabled: procedure
      .input(z.strictObject({ id: serverIdSchema, enabled: z.boolean() }))
      .output(serverViewSchema),
    remove: procedure
      .input(z.strictObject({ id: serverIdSchema, forgetSecrets: z.boolean() }))
      .output(nothing),
    /** What switching it on or off in these clients would write. */
    planPlacement: procedure.input(placementInputSchema).output(driftPlanSchema),
    setPlacement: procedure
      .input(
        placementInputSchema.extend({
          basis: z.string(),
          consents: driftChoicesSchema.shape.consents,
        }),
      )
      .output(eventIterator(driftStreamSchema)),
  },
  scope: {
    get: procedure.input(z.strictObject({ id: serverIdSchema })).output(scopeViewSchema),
    plan: procedure
      // Without a scope: what it would be to have none any more.
      .input(z.strictObject({ id: serverIdSchema, scope: credentialScopeSchema.optional() }))
      .output(scopePlanSchema),
    apply: procedure.input(scopeChangeSchema).output(scopeViewSchema),
    /** One receipt for each; what fails leaves the others as they were wanted. */
    applyAll: procedure
      .input(z.strictObject({ changes: z.array(scopeChangeSchema).min(1).readonly() }))
      .output(z.array(scopeReceiptSchema).readonly()),
    /** Starts it once, watched and without real secrets, and proposes a scope from what it wanted. */
    trial: procedure
      .input(z.strictObject({ id: serverIdSchema }))
      .output(eventIterator(trialStreamSchema)),
    /**
     * A trial of each of these servers, from *confined* to the highest level at which it works; absent
     * means all that have no scope yet.
     */
    planUpgrade: procedure.input(serverSelectionSchema).output(eventIterator(trialStreamSchema)),
    /** Hosts that it was kept from. */
    blocked: procedure
      .input(z.strictObject({ id: serverIdSchema }))
      .output(z.array(blockedHostSchema).readonly()),
    /** What all servers can reach, in one view. */
    reach: procedure.input(nothing).output(reachSchema),
  },
  drift: {
    look: procedure.input(nothing).output(driftReportSchema),
    /** News, and what the policies do meanwhile, by this door for as long as it is read. */
    watch: procedure.input(nothing).output(eventIterator(appEventSchema)),
    plan: procedure.input(driftSelectionSchema).output(driftPlanSchema),
    apply: procedure.input(driftChoicesSchema).output(eventIterator(driftStreamSchema)),
    /** Of a server or of a client. The server's goes first; without either, drift is asked about. */
    setPolicy: procedure
      .input(
        z.union([
          z.strictObject({ server: serverIdSchema, policy: driftPolicySchema.nullable() }),
          z.strictObject({ client: z.string(), policy: driftPolicySchema.nullable() }),
        ]),
      )
      .output(nothing),
    unignore: procedure
      .input(z.strictObject({ file: pathSchema, entryName: z.string() }))
      .output(nothing),
    retention: procedure.input(nothing).output(retentionSchema),
    setRetention: procedure.input(retentionSchema).output(nothing),
  },
  records: {
    exportPlan: procedure.input(serverSelectionSchema).output(exportPlanSchema),
    /** With a passphrase the values go along, sealed by it. */
    export: procedure
      .input(serverSelectionSchema.extend({ passphrase: passphraseSchema.optional() }))
      .output(z.strictObject({ text: exportTextSchema })),
    importPlan: procedure.input(importInputSchema).output(importPlanSchema),
    import: procedure
      .input(
        importInputSchema.extend({
          basis: z.string(),
          /** Servers to take; absent means all. */
          servers: z.array(serverIdSchema).readonly().optional(),
          /** Values for what is missing; they go to the keychain and nowhere else. */
          secrets: z.record(serverIdSchema, z.record(secretNameSchema, z.string())).optional(),
          consents: z.array(importConsentSchema).readonly(),
        }),
      )
      .output(eventIterator(driftStreamSchema)),
  },
  secrets: {
    list: procedure
      .input(z.strictObject({ server: serverIdSchema.optional() }))
      .output(z.array(secretViewSchema).readonly()),
    set: procedure
      .input(
        z.strictObject({
          server: serverIdSchema,
          name: secretNameSchema,
          value: z.string(),
          /** The server gets it from now on, as the variable of that name. */
          asVariable: z.boolean().optional(),
        }),
      )
      .output(nothing),
    remove: procedure
      .input(
        z.strictObject({
          server: serverIdSchema,
          name: secretNameSchema,
          /** Where it is handed over as the variable of that name, that ends too. */
          asVariable: z.boolean().optional(),
        }),
      )
      .output(nothing),
    /** Copies on this machine, by the door's own process; cleared after the given seconds. */
    copy: procedure
      .input(z.strictObject({ server: serverIdSchema, name: secretNameSchema }))
      .output(z.strictObject({ clearsAfterSeconds: z.number().int() })),
  },
  protect: {
    plan: procedure.input(protectPlanInputSchema).output(protectPlanSchema),
    apply: procedure.input(protectChoicesSchema).output(eventIterator(runStreamSchema)),
    runs: procedure.input(nothing).output(z.array(runSummarySchema).readonly()),
    planUndo: procedure
      .input(z.strictObject({ run: z.string().optional() }))
      .output(undoPlanSchema),
    undo: procedure
      .input(z.strictObject({ basis: z.string(), run: z.string() }))
      .output(eventIterator(runStreamSchema)),
  },
  leave: {
    plan: procedure.input(leaveChoicesSchema.omit({ basis: true })).output(leavePlanSchema),
    apply: procedure.input(leaveChoicesSchema).output(eventIterator(runStreamSchema)),
  },
  files: {
    history: procedure
      .input(z.strictObject({ file: pathSchema }))
      .output(z.array(historyEntrySchema).readonly()),
    restore: procedure
      .input(
        z.strictObject({ file: pathSchema, id: z.string().optional(), at: z.string().optional() }),
      )
      .output(z.strictObject({ file: z.string(), restored: historyEntrySchema })),
    /** Who changed what when, whoever it was; newest first. */
    timeline: procedure
      .input(z.strictObject({ file: pathSchema }))
      .output(z.array(timelineEntrySchema).readonly()),
    /** Takes back one of our last writes to a file, the newest unless `write` names another. */
    planUndo: procedure
      .input(z.strictObject({ file: pathSchema, write: z.string().optional() }))
      .output(writeUndoPlanSchema),
    undo: procedure
      .input(z.strictObject({ file: pathSchema, write: z.string(), basis: z.string() }))
      .output(nothing),
  },
  inspect: {
    server: procedure.input(z.strictObject({ id: serverIdSchema })).output(inspectionSchema),
    call: procedure
      .input(
        z.strictObject({
          id: serverIdSchema,
          tool: z.string(),
          args: z.record(z.string(), z.unknown()),
        }),
      )
      .output(toolCallResultSchema),
  },
  doctor: {
    run: procedure.input(nothing).output(z.array(checkSchema).readonly()),
    installLauncher: procedure.input(nothing).output(checkSchema),
  },
  vault: {
    /** The explicit choice for machines without a keychain. */
    create: procedure.input(z.strictObject({ passphrase: passphraseSchema })).output(nothing),
    open: procedure.input(z.strictObject({ passphrase: z.string() })).output(nothing),
  },
  events: {
    subscribe: procedure.input(nothing).output(eventIterator(appEventSchema)),
  },
};

export type Contract = typeof contract;
