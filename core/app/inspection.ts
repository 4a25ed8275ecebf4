/** What a server offers, in the form of the contract: names, words and estimated context cost. */
import type { Inspection as InspectionView } from '../../shared/models/health.ts';
import type { Inspection } from '../../shared/models/inspection.ts';
import { estimateTokens } from '../inspect/context-cost.ts';

type Offered = InspectionView['tools'][number];

export function presentInspection(inspection: Inspection, at: string): InspectionView {
  const { name, version, instructions } = inspection;
  return {
    server: inspection.server,
    at,
    ...(name === undefined ? {} : { serverName: name }),
    ...(version === undefined ? {} : { serverVersion: version }),
    protocol: inspection.protocolVersion,
    ...(instructions === undefined ? {} : { instructions }),
    startMilliseconds: inspection.startedIn,
    tools: inspection.tools.map(presentTool),
    resources: inspection.resources.map((one) => presentText(one.name, one.description, one)),
    prompts: inspection.prompts.map((one) => presentText(one.name, one.description, one)),
    tokens: inspection.cost.tokens,
  };
}

function presentTool(tool: Inspection['tools'][number]): Offered {
  const { readOnlyHint, destructiveHint } = tool.annotations ?? {};
  return {
    name: tool.name,
    ...(tool.title === undefined ? {} : { title: tool.title }),
    ...(tool.description === undefined ? {} : { description: tool.description }),
    tokens: tool.cost.tokens,
    fullTokens: tool.cost.fullTokens,
    ...(typeof readOnlyHint === 'boolean' ? { readOnly: readOnlyHint } : {}),
    ...(typeof destructiveHint === 'boolean' ? { destructive: destructiveHint } : {}),
  };
}

function presentText(name: string, description: string | undefined, whole: unknown): Offered {
  const tokens = estimateTokens(JSON.stringify(whole).length);
  return {
    name,
    ...(description === undefined ? {} : { description }),
    tokens,
    fullTokens: tokens,
  };
}
