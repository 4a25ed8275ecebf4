/** What a server offers, as it may cross a door. */
import * as z from 'zod';
import { serverIdSchema } from './server.ts';

/** What a definition costs in a model's context. Tokens are estimated from characters. */
export const contextCostSchema = z.strictObject({
  /** Of what clients usually send: name, description and input schema. */
  characters: z.number().int(),
  tokens: z.number().int(),
  /** Of the whole definition. */
  fullCharacters: z.number().int(),
  fullTokens: z.number().int(),
});
export type ContextCost = z.infer<typeof contextCostSchema>;

export const inspectedToolSchema = z.strictObject({
  name: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  inputSchema: z.record(z.string(), z.unknown()),
  outputSchema: z.record(z.string(), z.unknown()).optional(),
  annotations: z.record(z.string(), z.unknown()).optional(),
  cost: contextCostSchema,
});
export type InspectedTool = z.infer<typeof inspectedToolSchema>;

export const inspectedResourceSchema = z.strictObject({
  /** A URI, or a URI template. */
  uri: z.string(),
  isTemplate: z.boolean(),
  name: z.string(),
  description: z.string().optional(),
  mimeType: z.string().optional(),
});
export type InspectedResource = z.infer<typeof inspectedResourceSchema>;

export const inspectedPromptSchema = z.strictObject({
  name: z.string(),
  description: z.string().optional(),
  arguments: z
    .array(
      z.strictObject({
        name: z.string(),
        description: z.string().optional(),
        required: z.boolean(),
      }),
    )
    .readonly(),
});
export type InspectedPrompt = z.infer<typeof inspectedPromptSchema>;

export const inspectionSchema = z.strictObject({
  server: serverIdSchema,
  /** `modern` is revision 2026-07-28 and later. */
  era: z.enum(['legacy', 'modern']),
  protocolVersion: z.string(),
  name: z.string().optional(),
  version: z.string().optional(),
  instructions: z.string().optional(),
  tools: z.array(inspectedToolSchema).readonly(),
  resources: z.array(inspectedResourceSchema).readonly(),
  prompts: z.array(inspectedPromptSchema).readonly(),
  /** Lists that the server offers and then refuses to give. */
  unlisted: z.array(z.enum(['resources', 'prompts'])).readonly(),
  /** All tools together. */
  cost: contextCostSchema,
  /** Milliseconds from the start of the program to its first answer. */
  startedIn: z.number().int(),
});
export type Inspection = z.infer<typeof inspectionSchema>;

export const toolCallResultSchema = z.strictObject({
  /** The tool itself says that it failed. */
  isError: z.boolean(),
  content: z.array(z.record(z.string(), z.unknown())).readonly(),
  structuredContent: z.unknown().optional(),
});
export type ToolCallResult = z.infer<typeof toolCallResultSchema>;
