/** What drift does to placements in the records, as pure functions from records to records. */
import type { Placement, ServerRecord } from '../../shared/models/server.ts';
import type { ClientSurvey } from '../clients/clients.ts';
import type { Entry } from '../clients/entry.ts';
import type { Records } from '../records/schema.ts';
import type { Cell } from './look.ts';
import { describePlacement } from './write-entry.ts';

export function putPlacement(
  records: Records,
  server: string,
  now: Placement,
  client: Pick<ClientSurvey, 'row'>,
  replaced: Placement | undefined,
): Records {
  return changeServer(records, server, (one) => {
    const original = replaced?.original;
    return {
      ...one,
      placements: [
        ...one.placements.filter(
          (other) =>
            !isSamePlace(other, now) && (replaced === undefined || !isSamePlace(other, replaced)),
        ),
        { ...now, ...(original === undefined ? {} : { original }) },
      ],
      wanted: (one.wanted ?? []).filter((wanted) => wanted.client !== client.row.id),
    };
  });
}

export function recordPlacement(
  records: Records,
  server: string,
  client: ClientSurvey,
  entry: Entry,
  replaced: Placement | undefined,
): Records {
  const known = records.servers.find(({ id }) => id === server);
  if (known === undefined) return records;
  const at = replaced?.writtenAt ?? known.updatedAt;
  const now = describePlacement(client.row.id, entry.file, entry, at);
  return putPlacement(records, server, now, client, replaced);
}

export function forgetPlace(
  records: Records,
  server: string,
  placement: Placement | undefined,
  { client, entryName }: Cell['view'],
): Records {
  return changeServer(records, server, (one) => ({
    ...one,
    placements: one.placements.filter(
      (other) => placement === undefined || !isSamePlace(other, placement),
    ),
    wanted: (one.wanted ?? []).filter(
      (wanted) =>
        placement !== undefined || wanted.client !== client || wanted.entryName !== entryName,
    ),
  }));
}

export function isSamePlace(left: Placement, right: Placement): boolean {
  return left.client === right.client && left.file === right.file && left.pointer === right.pointer;
}

export function changeServer(
  records: Records,
  id: string,
  change: (server: ServerRecord) => ServerRecord,
): Records {
  return {
    ...records,
    servers: records.servers.map((server) => {
      if (server.id !== id) return server;
      const { wanted, ...rest } = change(server);
      return wanted === undefined || wanted.length === 0 ? rest : { ...rest, wanted };
    }),
  };
}
