/** What doors show of credential scopes. */
import * as z from 'zod';
import { credentialScopeSchema, levelSchema, scopeFolderSchema } from './scope.ts';
import { serverIdSchema, timeSchema } from './server.ts';

/** A program that Portcullis does not start has none of the levels. */
export const claimedLevelSchema = z.enum(['not-confined', ...levelSchema.options]);

/** One run of a server that goes on now. */
export const runningSchema = z.strictObject({
  level: levelSchema,
  /** Bytes of memory of our process beside it, measured; absent where none stays or the system does not tell. */
  beside: z.number().int().optional(),
});
export type Running = z.infer<typeof runningSchema>;

/** A place that an argument or a variable of the server names and that its scope does not give. */
export const namedPlaceSchema = z.strictObject({
  path: z.string(),
  /** Who names it, what cannot be done there, and why nothing is suggested. */
  sentence: z.string(),
  /** What would give it. */
  folder: scopeFolderSchema.optional(),
});
export type NamedPlaceView = z.infer<typeof namedPlaceSchema>;

/** A variable that the catalogue says the server reads, and that it is not given. */
export const offeredVariableSchema = z.strictObject({
  name: z.string(),
  /** One line, in the words of the catalogue. */
  about: z.string().optional(),
  /** Its value belongs into the keychain. */
  secret: z.boolean(),
  required: z.boolean(),
  /** Its value is the path of a file or folder. */
  path: z.boolean(),
  /** What the catalogue says it is when nobody sets it. */
  usual: z.string().optional(),
});
export type OfferedVariableView = z.infer<typeof offeredVariableSchema>;

/** What the catalogue says of the server's package. Ideas: nothing is set because it stands here. */
export const catalogueSchema = z.strictObject({
  variables: z.array(offeredVariableSchema).readonly(),
  /** Arguments that are the path of a file or folder, and that it is not given. */
  arguments: z
    .array(
      z.strictObject({ name: z.string(), about: z.string().optional(), required: z.boolean() }),
    )
    .readonly(),
});
export type CatalogueView = z.infer<typeof catalogueSchema>;

export const scopeViewSchema = z.strictObject({
  server: serverIdSchema,
  name: z.string(),
  /** Absent: none was set, and the server gets a scoped environment only. */
  scope: credentialScopeSchema.optional(),
  suggested: credentialScopeSchema,
  /** It runs elsewhere: no level applies to it. */
  remote: z.boolean(),
  /** Names of the secrets that it gets. */
  secrets: z.array(z.string()).readonly(),
  /** What a start on this computer gets now; absent when it would be refused. */
  level: levelSchema.optional(),
  /** What the scope allows, in one sentence. */
  sentence: z.string(),
  /** What may be claimed of that level. */
  claim: z.string(),
  warnings: z.array(z.string()).readonly(),
  /** Hosts that it may need. Nothing is allowed because it stands here. */
  ideas: z
    .array(
      z.strictObject({
        host: z.string(),
        /** The kind of this secret is used there; else the catalogue names it. */
        secret: z.string().optional(),
      }),
    )
    .readonly(),
  places: z.array(namedPlaceSchema).readonly(),
  catalogue: catalogueSchema,
  hint: z.string().optional(),
  /** Its runs now; absent in a plan. */
  running: z.array(runningSchema).readonly().optional(),
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

/** What was seen of a server at one level, when several were tried one after the other. */
export const levelTrialSchema = z.strictObject({
  level: levelSchema,
  /** `untried`: it could not even be tried; the message says why. */
  outcome: z.enum(['works', 'fails', 'untried']),
  /** What was seen, and what was not. */
  message: z.string(),
  hint: z.string().optional(),
  said: z.array(z.string()).readonly().optional(),
  /** Hosts that it asked for at this level and was kept from. */
  kept: z.array(z.string()).readonly().optional(),
  /** The scope of this level, ready to be applied; there when it works. */
  plan: scopePlanSchema.optional(),
});
export type LevelTrial = z.infer<typeof levelTrialSchema>;

export const trialSchema = z.strictObject({
  server: serverIdSchema,
  works: z.boolean(),
  message: z.string(),
  hint: z.string().optional(),
  /** Its last lines on stderr, when it ended by itself. It was given no real secret to say there. */
  said: z.array(z.string()).readonly().optional(),
  tools: z.number().int(),
  /** Files that it looked for and that its scope hides; absent where nothing can watch them. */
  wanted: z
    .array(
      z.strictObject({
        path: z.string(),
        access: z.enum(['read', 'write']),
        /** One of the places that hold credentials of others: never proposed. */
        masked: z.boolean(),
        /** Its own arguments or variables name it: part of the proposed scope. */
        proposed: z.boolean(),
        /** Reading among the person's work: one tick of the person adds it, and nothing else does. */
        offered: z.boolean(),
      }),
    )
    .readonly()
    .optional(),
  /** Hosts that it talked to through the proxy; absent where none could run. */
  hosts: z.array(z.string()).readonly().optional(),
  /** Hosts that it asked for and was kept from, where its scope limits them. */
  kept: z.array(z.string()).readonly().optional(),
  /** Tools that say that they only read and need no argument: called, and answered, be it with an error. */
  called: z.array(z.string()).readonly().optional(),
  /** Weakest first; absent where it was tried at one level only. */
  levels: z.array(levelTrialSchema).readonly().optional(),
  /**
   * The proposed scope, ready to be applied. Of several levels not always the highest: see
   * `docs/decisions/0015-which-level-is-ticked.md`.
   */
  plan: scopePlanSchema,
});
export type Trial = z.infer<typeof trialSchema>;

/** What a trial does before it can tell anything: a first start may download. */
export const trialStepSchema = z.enum(['prepare', 'start', 'read']);
export type TrialStep = z.infer<typeof trialStepSchema>;

export const trialStreamSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('progress'),
    server: serverIdSchema,
    step: trialStepSchema,
    level: levelSchema,
    /** Servers. */
    done: z.number().int(),
    total: z.number().int(),
  }),
  z.strictObject({ type: z.literal('trial'), trial: trialSchema }),
]);
export type TrialStream = z.infer<typeof trialStreamSchema>;
export type TrialProgress = Extract<TrialStream, { readonly type: 'progress' }>;

/** A planned scope that the person agreed to. */
export const scopeChangeSchema = z.strictObject({
  id: serverIdSchema,
  /** Absent: none any more, as before there were scopes. */
  scope: credentialScopeSchema.optional(),
  basis: z.string(),
});
export type ScopeChange = z.infer<typeof scopeChangeSchema>;

export const scopeReceiptSchema = z.strictObject({
  server: serverIdSchema,
  outcome: z.enum(['done', 'failed']),
  /** What a start on this computer gets from now on. */
  level: levelSchema.optional(),
  message: z.string(),
  hint: z.string().optional(),
  code: z.string().optional(),
  /** Takes it back, for as long as nobody changes the server's scope or launch. */
  undo: scopeChangeSchema.optional(),
});
export type ScopeReceipt = z.infer<typeof scopeReceiptSchema>;

export const reachSchema = z.strictObject({
  /** The weakest of all programs that run now, since it weakens all. */
  weakest: claimedLevelSchema.optional(),
  sentence: z.string(),
  servers: z
    .array(
      z.strictObject({
        view: scopeViewSchema,
        running: z.array(runningSchema).readonly(),
      }),
    )
    .readonly(),
  /** Entries of clients that start a program without Portcullis. */
  unmanaged: z.array(z.strictObject({ client: z.string(), entryName: z.string() })).readonly(),
  /** Servers without a scope that this computer could confine: a trial says what would work. */
  upgradable: z.array(serverIdSchema).readonly(),
});
export type Reach = z.infer<typeof reachSchema>;
