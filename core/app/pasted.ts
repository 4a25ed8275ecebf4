/** Servers from pasted client JSON: the secrets in it go to the keychain, the rest into records. */
import { AppError } from '../../shared/errors.ts';
import type { ServerView } from '../../shared/models/health.ts';
import type { App } from '../app.ts';
import { readEntries } from '../clients/read-entries.ts';
import { findClient } from '../clients/table.ts';
import type { DocumentNode } from '../documents/document.ts';
import { parseDocument } from '../documents/parse-document.ts';
import { duplicateKeys } from '../documents/problem.ts';
import { detectInDocument } from '../exposure/detect-document.ts';
import { isWorthMoving } from '../exposure/detection.ts';
import { createEchoes } from '../protect/echoes.ts';
import { liftEntry } from '../protect/lift.ts';
import { detectionsIn } from '../protect/source.ts';
import { refuseVariableInFront } from '../servers/plain-secrets.ts';

const pasted = 'the pasted text';

/** Rows whose dialects people paste: `mcpServers` and `servers`. */
const dialects = ['cursor', 'vscode'] as const;

/** Errors: `file_unparsable`, `file_duplicate_keys`, `unsupported`, `bad_input` when there is no server in it, and those of adding. */
export async function addFromJson(app: App, json: string): Promise<readonly ServerView[]> {
  const text = wrap(json);
  const document = parseDocument(new TextEncoder().encode(text), 'jsonc', pasted);
  const [twin] = document.duplicates;
  // Of two values for one name only one would come, and nobody knows which one is meant.
  if (twin !== undefined) throw duplicateKeys(pasted, twin.path, twin.line);
  const found = dialects.flatMap((id) => {
    const row = findClient(id);
    const location = {
      client: id,
      role: 'primary' as const,
      path: pasted,
      format: 'jsonc' as const,
      containers: row.containers,
      firstContainerWins: false,
      writable: false,
      live: false,
    };
    return readEntries(row, location, document).map((entry) => ({ row, entry }));
  });
  if (found.length === 0) {
    throw new AppError('bad_input', 'There is no server in the pasted text.', {
      hint: 'Paste the JSON that a server’s page shows: { "mcpServers": { … } } or one entry of it.',
    });
  }
  const servers = found.map(({ entry }) => ({ path: entry.path, name: entry.name }));
  const detections = detectInDocument(document, { servers }).filter(isWorthMoving);
  const echoes = createEchoes(detections);
  // All of them first: of a text that cannot be taken whole nothing is taken.
  const lifted = found.map(({ row, entry }) => {
    const inside = echoes.inEntry(document, entry, detectionsIn(detections, entry));
    return { name: entry.name, ...liftEntry({ row, entry, detections: inside }) };
  });
  for (const { launch } of lifted) refuseVariableInFront(launch);
  const views: ServerView[] = [];
  for (const { name, launch, secrets } of lifted) {
    const values = new Map(secrets.map((secret) => [secret.name, secret.value]));
    views.push(await app.servers.add({ name, launch, secrets: values }));
  }
  return views;
}

/** A bare entry, or a map of entries, becomes the usual whole. */
function wrap(json: string): string {
  const { root } = parseDocument(new TextEncoder().encode(json), 'jsonc', pasted);
  const keys = keysOf(root);
  if (keys.includes('mcpServers') || keys.includes('servers')) return json;
  const isEntry = keys.includes('command') || keys.includes('url');
  return isEntry ? `{"mcpServers":{"server":${json}}}` : `{"mcpServers":${json}}`;
}

function keysOf(root: DocumentNode): readonly string[] {
  return root.kind === 'map' ? root.entries.map(({ key }) => key) : [];
}
