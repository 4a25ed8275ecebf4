/** Clients and servers by the names that people know them by. */
import { useQuery } from '@tanstack/react-query';
import { useConnection } from '../connection.ts';

export function useClientNames(): (id: string) => string {
  const { queries } = useConnection();
  const { data } = useQuery(queries.clients());
  const names = new Map(data?.map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}

export function useServerNames(): (id: string) => string {
  const { queries } = useConnection();
  const { data } = useQuery(queries.servers());
  const names = new Map(data?.map(({ record }) => [record.id, record.name]));
  return (id) => names.get(id) ?? id;
}

/** Links to a server's page; ids come from outside and may hold anything. */
export function serverPath(id: string): string {
  return `/servers/${encodeURIComponent(id)}`;
}

/** To the matrix with this cell open. */
export function cellPath(id: string): string {
  return `/clients/cell/${encodeURIComponent(id)}`;
}

export function clientPath(id: string): string {
  return `/clients/${encodeURIComponent(id)}`;
}
