/** What one look has found, for the parts of the job that go on from it. */
import type { ClientSurvey } from '../clients/clients.ts';
import type { Records } from '../records/schema.ts';
import type { Cell } from './look.ts';

export interface Looked {
  readonly at: string;
  readonly records: Records;
  readonly surveys: readonly ClientSurvey[];
  readonly cells: readonly Cell[];
  /** Files that are not what they were at the look before. */
  readonly changed: readonly string[];
  /** Why copies or the timeline could not be kept. */
  readonly problems: readonly string[];
}
