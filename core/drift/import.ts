/** Takes the servers of a file over: keychain, record, then each client that is here, as if ticked. */
import { AppError, toAppError } from '../../shared/errors.ts';
import {
  type DriftChange,
  driftConsentSchema,
  type ExportedServer,
  type ImportConsent,
} from '../../shared/models/drift.ts';
import type { Receipt } from '../../shared/models/protect.ts';
import type { ServerId, ServerRecord } from '../../shared/models/server.ts';
import type { Report } from '../edits/stream.ts';
import type { Records } from '../records/schema.ts';
import type { SecretValues } from '../secrets/secrets.ts';
import { keepOut } from '../servers/keep-out.ts';
import type { Drift } from './drift.ts';
import {
  type ImportInput,
  type ImportPorts,
  type Prepared,
  prepareImport,
  storedSecrets,
} from './plan-import.ts';

interface Ports extends ImportPorts {
  readonly drift: Drift;
}

export interface ImportChoices {
  readonly basis: string;
  readonly servers?: readonly ServerId[] | undefined;
  readonly secrets: ReadonlyMap<ServerId, SecretValues>;
  readonly consents: readonly ImportConsent[];
}

export async function runImport(
  ports: Ports,
  input: ImportInput,
  choices: ImportChoices,
  report: Report,
) {
  const prepared = await prepareImport(ports, input);
  if (prepared.plan.basis !== choices.basis) {
    throw new AppError('conflict', 'Something has changed since this plan was made.', {
      hint: 'Make the plan again and look at what is different. Nothing was changed.',
    });
  }
  const wanted = prepared.servers.filter(({ id }) => choices.servers?.includes(id) ?? true);
  const receipts: Receipt[] = [];
  for (const [done, server] of wanted.entries()) {
    report({ step: 'store', subject: server.id, done, total: wanted.length });
    receipts.push(await importServer(ports, server, prepared, choices));
  }
  const taken = wanted.filter(({ id }) =>
    receipts.some(({ server, outcome }) => server === id && outcome === 'done'),
  );
  const placed = await placeImported(ports, taken, prepared, choices, report);
  return { receipts: [...receipts, ...placed], counts: (await ports.drift.look()).counts };
}

/** Keychain first, then the record: a record without its values would promise what is not there. */
async function importServer(
  ports: Ports,
  server: ExportedServer,
  { plan, values }: Prepared,
  { secrets: entered, consents }: ImportChoices,
): Promise<Receipt> {
  const place = { item: server.id, file: '', pointer: '', server: server.id };
  const planned = plan.servers.find(({ id }) => id === server.id);
  if (planned?.consents.includes(storedSecrets) === true && !consents.includes(storedSecrets)) {
    const message = `Left as it was: ${planned.notes[0]}`;
    return { ...place, outcome: 'skipped', code: 'consent_needed', message };
  }
  const own = new Map([...(values.get(server.id) ?? []), ...(entered.get(server.id) ?? [])]);
  const isSame = planned?.way === 'same';
  if (isSame && own.size === 0) {
    return { ...place, outcome: 'done', message: `“${server.name}” is the same here already.` };
  }
  try {
    const at = ports.clock.now();
    const merge = (records: Records) => mergeServer(records, server, at, isSame);
    const guard = keepOut(own.values());
    guard(merge(await ports.records.read()));
    if (own.size > 0) await ports.secrets.put(server.id, own);
    await ports.records.change(
      (records) => ({ records: withServer(records, merge(records)), result: undefined }),
      guard,
    );
    return { ...place, outcome: 'done', message: `“${server.name}” is taken over.` };
  } catch (thrown) {
    const { code, message, hint } = toAppError(thrown);
    const failed = { ...place, outcome: 'failed' as const, code, message };
    return hint === undefined ? failed : { ...failed, hint };
  }
}

/** Of a server that is the same here only the secrets that came along are news. */
function mergeServer(
  records: Records,
  server: ExportedServer,
  at: string,
  isSame: boolean,
): ServerRecord {
  const known = records.servers.find(({ id }) => id === server.id);
  // What is known of a stored secret stays: a file could leave it out, or name another issuer.
  const kept = known?.secrets ?? [];
  const fresh = server.secrets
    .filter(({ name }) => !kept.some((secret) => secret.name === name))
    .map((secret) => ({ ...secret, storedAt: at }));
  const secrets = [...kept, ...fresh];
  if (isSame && known !== undefined) return { ...known, secrets, updatedAt: at };
  const { id, name, enabled, launch, scope, driftPolicy } = server;
  return {
    ...known,
    id,
    name,
    enabled,
    launch,
    ...(scope === undefined ? {} : { scope }),
    secrets,
    placements: known?.placements ?? [],
    ...(driftPolicy === undefined ? {} : { driftPolicy }),
    createdAt: known?.createdAt ?? at,
    updatedAt: at,
  };
}

function withServer(records: Records, server: ServerRecord): Records {
  const others = records.servers.filter(({ id }) => id !== server.id);
  const servers = [...others, server].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return { ...records, servers };
}

async function placeImported(
  { drift }: Ports,
  servers: readonly ExportedServer[],
  { plan }: Prepared,
  { consents }: ImportChoices,
  report: Report,
): Promise<readonly Receipt[]> {
  const changes = servers.flatMap(({ id: server }): readonly DriftChange[] => {
    const clients = plan.servers.find(({ id }) => id === server)?.clients ?? [];
    return clients.map((client) => ({ action: 'place', server, client }));
  });
  if (changes.length === 0) return [];
  const placing = await drift.plan({ changes });
  const receipts: Receipt[] = [];
  const items = placing.items.map(({ id }) => id);
  const choices = {
    basis: placing.basis,
    selection: { changes },
    items,
    consents: driftConsentSchema.options.filter((consent) => consents.includes(consent)),
  };
  for await (const part of drift.apply(choices)) {
    if (part.type === 'result') receipts.push(...part.receipts);
    else report(part);
  }
  return receipts;
}
