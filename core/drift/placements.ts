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
      former: (one.former ?? []).filter(
        (former) => former.client !== now.client || former.file !== now.file,
      ),
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

/** Takes the placements of one client, or of one of its files, out; their names are kept for their return. */
export function forgetClient(
  records: Records,
  server: string,
  client: string,
  file: string | undefined,
): Records {
  return changeServer(records, server, (one) => {
    const goes = (place: { readonly client: string; readonly file: string }): boolean =>
      place.client === client && (file === undefined || place.file === file);
    const gone = one.placements.filter(goes);
    return {
      ...one,
      placements: one.placements.filter((place) => !goes(place)),
      wanted: (one.wanted ?? []).filter((wanted) => wanted.client !== client),
      former: [
        ...(one.former ?? []).filter(
          (former) =>
            !gone.some((place) => place.client === former.client && place.file === former.file),
        ),
        ...gone.map(({ client, file, entryName }) => ({ client, file, entryName })),
      ],
    };
  });
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
      const { wanted = [], former = [], ...rest } = change(server);
      return {
        ...rest,
        ...(wanted.length === 0 ? {} : { wanted }),
        ...(former.length === 0 ? {} : { former }),
      };
    }),
  };
}
