/** From a detection, which holds a value, to a finding, which may cross a door. */
import type { Finding, Fix, Place } from '../../shared/models/finding.ts';
import type { Detection } from './detection.ts';
import { maskForms } from './mask.ts';

/** What the detection alone cannot know of its file. */
export interface FindingContext {
  readonly client?: string;
  /** Set when the whole file is of that sort: everything in a backup is a backup. */
  readonly where?: Place;
}

/** What can be done about a value, by the place it stands in. */
const fixesByPlace: Readonly<Record<Place, readonly Fix[]>> = {
  env: ['protect', 'rotate'],
  args: ['protect', 'rotate'],
  header: ['protect', 'rotate'],
  url: ['protect', 'rotate'],
  command: ['protect', 'rotate'],
  setting: ['edit-by-hand', 'rotate'],
  'env-file': ['protect', 'rotate'],
  comment: ['scrub', 'rotate'],
  backup: ['delete-copy', 'rotate'],
  history: ['scrub', 'rotate'],
  log: ['scrub', 'rotate'],
  text: ['edit-by-hand', 'rotate'],
  file: ['edit-by-hand', 'rotate'],
};

/** @param fingerprint HMAC of the value, from `fingerprinter()` */
export function toFinding(
  file: string,
  detection: Detection,
  fingerprint: string,
  context: FindingContext = {},
): Finding {
  const where = context.where ?? detection.where;
  const inEntry = detection.entry !== undefined && (where === 'setting' || where === 'url');
  return {
    file,
    pointer: detection.pointer,
    kind: detection.kind,
    family: detection.family,
    label: detection.label,
    confidence: detection.confidence,
    where,
    line: detection.line,
    reason: detection.reason,
    fingerprint,
    preview: detection.preview,
    ...(context.client === undefined ? {} : { client: context.client }),
    ...(detection.entry === undefined ? {} : { entry: maskForms(detection.entry.name) }),
    fixes: inEntry ? ['protect', 'rotate'] : fixesByPlace[where],
    ...(detection.rotateUrl === undefined ? {} : { rotateUrl: detection.rotateUrl }),
  };
}
