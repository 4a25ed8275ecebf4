/** What the entry of a server is called in a client's file. Pure. */
import type { ServerRecord } from '../../shared/models/server.ts';
import type { ClientSurvey } from '../clients/clients.ts';

export function nameIn(record: ServerRecord, client: ClientSurvey, file: string): string {
  return formerNameIn(record, client, file) ?? entryNameFor(record);
}

/** The name that it had in this file, unless somebody else took it since. */
function formerNameIn(
  record: ServerRecord,
  { row, files }: ClientSurvey,
  file: string,
): string | undefined {
  const former = record.former?.find((one) => one.client === row.id && one.file === file);
  const entries = files.find(({ location }) => location.path === file)?.entries ?? [];
  const isTaken = entries.some(
    ({ name, managed }) => name === former?.entryName && managed !== record.id,
  );
  return isTaken ? undefined : former?.entryName;
}

/** The name it has in other clients; ids are safe in all of them. */
function entryNameFor(record: ServerRecord): string {
  const used = record.placements[0]?.entryName;
  if (used !== undefined) return used;
  return /^[A-Za-z0-9_-]{1,60}$/.test(record.name) ? record.name : record.id;
}
