/** What detection speaks of: a kind of secret, a hit in a piece of text, a detection in a file. */
import type { Confidence, Place } from '../../shared/models/finding.ts';
import type { Secret } from '../../shared/secret.ts';
import type { Path } from '../documents/document.ts';

/** Longest scalar that is looked at, in UTF-16 code units. */
export const scalarLimit = 65_536;

/** Result of a checksum or a look inside: `unknown` when the shape has none. */
export type Verdict = 'right' | 'wrong' | 'unknown';

/** One row of the kind table (facts of §12): how a vendor's secret looks and where it is renewed. */
export interface KindRow {
  readonly id: string;
  /** Vendor, or structure when no vendor can be told. */
  readonly family: string;
  /** For people: `GitHub personal access token`. */
  readonly label: string;
  /** Literal beginnings: the part of the value that is public. */
  readonly prefixes?: readonly string[];
  /**
   * What follows a prefix, as a regular expression without nested quantifiers. A value that goes on
   * beyond it in its own alphabet is still reported, as likely: vendors lengthen their tokens.
   */
  readonly body?: string;
  /** Prefixes that mark the place but are no part of the value: `bot` in a Telegram URL. */
  readonly leads?: readonly string[];
  /** Literal that stands inside the value, with the whole shape: for kinds without a fixed beginning. */
  readonly infix?: { readonly literal: string; readonly before: string; readonly after: string };
  /** Shapes that mean something only under a credential name of one of these providers. */
  readonly context?: readonly ContextShape[];
  /** Checks the whole value: checksum or structure. `reject` means: not this kind at all. */
  readonly verify?: (value: string) => Verdict | 'reject';
  /** Prefix too common to trust without a digit, a capital and a small letter in the body. */
  readonly mixedOnly?: boolean;
  /** The issuer's page where a key is renewed. */
  readonly rotateUrl?: string;
}

export interface ContextShape {
  /** Words that must all stand in the name or, if the name knows no provider, in the entry. */
  readonly providers: readonly string[];
  /** Of the whole value. */
  readonly shape: string;
  /** Words of which the name must have one. */
  readonly names?: readonly string[];
}

/** Where a fragment comes from inside its place; decides how much its name counts. */
export type NameRole = 'variable' | 'flag' | 'header' | 'query' | 'setting' | 'cookie';

/** Everything known about a fragment besides its text. */
export interface Context {
  readonly place: Place;
  readonly role: NameRole;
  readonly name?: string;
  /** Words that tell a provider, of what stands around it: entry, package, host. Gathered when asked for. */
  readonly hints: () => ReadonlySet<string>;
  /** The document says itself that the value is a secret (`password: true`). */
  readonly declared?: boolean;
  /** Part of a text that is searched for assignments as a whole. */
  readonly flat?: boolean;
  /** How many layers of JSON, base64 and shell have been peeled. */
  readonly depth: number;
}

/** A secret inside one fragment of text, offsets relative to it. */
export interface Hit {
  readonly start: number;
  readonly end: number;
  readonly kind: KindRow;
  readonly confidence: Confidence;
  readonly reason: string;
  /** Higher wins where two hits overlap. */
  readonly rank: number;
  /** Name it stands under, for the suggested secret name. */
  readonly name?: string;
  readonly place?: Place;
}

/** A suspected secret in a file. It holds the value (as a `Secret`) and so never crosses a door. */
export interface Detection {
  /** The scalar that holds it; absent in comments, map keys and text. */
  readonly path?: Path;
  /** Of a map key that holds it, that key last. */
  readonly keyPath?: Path;
  /** RFC 6901, `/NAME` in dotenv, `#L<line>` in comments and text. Never holds a value. */
  readonly pointer: string;
  /** Range in the scalar's string value, or in the text where there is no path. */
  readonly start: number;
  readonly end: number;
  readonly value: Secret;
  readonly kind: string;
  readonly family: string;
  readonly label: string;
  readonly confidence: Confidence;
  readonly where: Place;
  /** 1-based. */
  readonly line: number;
  readonly reason: string;
  /** What may be shown of it: public prefix and, from 24 characters up, the last 4. */
  readonly preview: string;
  /** A valid secret name. */
  readonly suggestedName: string;
  readonly entry?: { readonly name: string; readonly path: Path };
  readonly rotateUrl?: string;
}

/** What a person would take for a secret; `possible` findings are only counted. */
export function isWorthMoving(found: Pick<Detection, 'confidence'>): boolean {
  return found.confidence !== 'possible';
}
