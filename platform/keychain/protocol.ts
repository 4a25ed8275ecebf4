/** What the keychain and its helper process say to each other. Values travel only here. */
import * as z from 'zod';
import { failureKinds } from './failures.ts';

export type HelperRequest =
  | { readonly task: 'get' | 'delete'; readonly account: string }
  | {
      readonly task: 'set';
      readonly account: string;
      readonly value: string;
      /** UTF-16 code units that one item holds. */
      readonly longest?: number;
    };

export const answerSchema = z.discriminatedUnion('kind', [
  /** The provider is there; from now on it is a person who may take long. */
  z.strictObject({ kind: z.literal('connected') }),
  z.strictObject({ kind: z.literal('value'), value: z.string().optional() }),
  z.strictObject({ kind: z.literal('done'), there: z.boolean() }),
  z.strictObject({ kind: z.literal('failed'), reason: z.enum(failureKinds) }),
]);

export type HelperAnswer = z.infer<typeof answerSchema>;
