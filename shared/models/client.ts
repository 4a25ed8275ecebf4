/** AI clients: their files and what stands in them, as it may cross a door. */
import * as z from 'zod';

export const clientFileSchema = z.strictObject({
  path: z.string(),
  role: z.enum(['primary', 'alternate', 'override', 'legacy', 'project', 'state', 'opaque']),
  state: z.enum(['present', 'missing', 'unreadable', 'unparsable', 'unsupported']),
  /** What is wrong with it and what to do, when it is neither present nor missing. */
  problem: z.strictObject({ message: z.string(), hint: z.string().optional() }).optional(),
  entries: z.number().int(),
  /** Entries that start our launcher. */
  managed: z.number().int(),
  writable: z.boolean(),
});
export type ClientFile = z.infer<typeof clientFileSchema>;

export const clientSummarySchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  detected: z.boolean(),
  /** `secondary` evidence: written only after one more consent. */
  evidence: z.enum(['source-verified', 'docs', 'secondary']),
  access: z.enum(['read-write', 'read-only', 'detect-only']),
  running: z.boolean(),
  /** What makes the client see an edit, in words. */
  reload: z.enum(['hot', 'reconnect-command', 'new-session', 'restart', 'unknown']),
  reloadNote: z.string().optional(),
  files: z.array(clientFileSchema).readonly(),
});
export type ClientSummary = z.infer<typeof clientSummarySchema>;

export const entrySummarySchema = z.strictObject({
  client: z.string(),
  file: z.string(),
  pointer: z.string(),
  name: z.string(),
  transport: z.enum(['stdio', 'streamable-http', 'sse', 'other']),
  /** Command and arguments, or the URL, with every suspected secret masked. */
  shown: z.string(),
  enabled: z.boolean(),
  server: z.string().optional(),
});
export type EntrySummary = z.infer<typeof entrySummarySchema>;
