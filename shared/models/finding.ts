/** Findings: where a suspected plaintext secret is, never what it is. */
import * as z from 'zod';

export const confidenceSchema = z.enum(['certain', 'likely', 'possible']);
export type Confidence = z.infer<typeof confidenceSchema>;

/** The place of a value: in a server entry, or what else a file holds. */
export const placeSchema = z.enum([
  'env',
  'args',
  'header',
  'url',
  'command',
  'setting',
  'env-file',
  'comment',
  'backup',
  'history',
  'log',
  'text',
  'file',
]);
export type Place = z.infer<typeof placeSchema>;

export const fixSchema = z.enum([
  'protect',
  'scrub',
  'delete-copy',
  'rotate',
  'narrow-mode',
  'untrack',
  'edit-by-hand',
]);
export type Fix = z.infer<typeof fixSchema>;

export const findingSchema = z.strictObject({
  file: z.string(),
  /** RFC 6901 into the parsed document; `/NAME` in dotenv; `#L<line>` in comments and unparsed text. */
  pointer: z.string(),
  kind: z.string(),
  family: z.string(),
  /** What the kind is called. */
  label: z.string(),
  confidence: confidenceSchema,
  where: placeSchema,
  /** 1-based. */
  line: z.number().int().positive(),
  /** Why it was reported, in words. */
  reason: z.string(),
  /** HMAC of the value under a key of this machine: equal values have equal fingerprints. */
  fingerprint: z.string(),
  /** Public prefix and, from 24 characters up, the last 4. */
  preview: z.string(),
  client: z.string().optional(),
  /** The entry in which it stands. */
  entry: z.string().optional(),
  fixes: z.array(fixSchema).readonly(),
  rotateUrl: z.string().optional(),
});
export type Finding = z.infer<typeof findingSchema>;

/** A fact about a whole file that exposes what is in it. */
export const fileWarningSchema = z.strictObject({
  file: z.string(),
  warning: z.enum(['readable-by-others', 'tracked-by-git', 'in-synced-folder']),
  message: z.string(),
  fix: fixSchema,
});
export type FileWarning = z.infer<typeof fileWarningSchema>;

export const skippedSchema = z.strictObject({
  path: z.string(),
  /** Why it was not looked at. */
  reason: z.string(),
});
export type Skipped = z.infer<typeof skippedSchema>;

export const scanReportSchema = z.strictObject({
  findings: z.array(findingSchema).readonly(),
  warnings: z.array(fileWarningSchema).readonly(),
  looked: z.strictObject({ files: z.number().int(), bytes: z.number().int() }),
  skipped: z.array(skippedSchema).readonly(),
  /** Findings that the person suppressed, or that are only `possible`; counted, not listed. */
  hidden: z.strictObject({ suppressed: z.number().int(), possible: z.number().int() }),
});
export type ScanReport = z.infer<typeof scanReportSchema>;
