/** What the entry of a server is called in a client's file. Pure. */
import type { ServerRecord } from '../../shared/models/server.ts';

/** The name it has in other clients; ids are safe in all of them. */
export function entryNameFor(record: ServerRecord): string {
  const used = record.placements[0]?.entryName;
  if (used !== undefined) return used;
  return /^[A-Za-z0-9_-]{1,60}$/.test(record.name) ? record.name : record.id;
}
