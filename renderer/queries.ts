/** Every read of the contract as a query, and the names by which news makes them out of date. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Api } from '../shared/api.ts';
import { useConnection } from './connection.ts';

export type QueryName =
  | 'overview'
  | 'scan'
  | 'plan'
  | 'suppressions'
  | 'clients'
  | 'entries'
  | 'servers'
  | 'secrets'
  | 'runs'
  | 'undo'
  | 'leave'
  | 'history'
  | 'inspection'
  | 'checks'
  | 'projects'
  | 'snippet';

function named(name: QueryName, ...rest: readonly unknown[]): readonly unknown[] {
  return [name, ...rest];
}

export function createQueries(api: Api) {
  return {
    overview: () =>
      queryOptions({ queryKey: named('overview'), queryFn: () => api.overview.get({}) }),
    scan: (all: boolean) =>
      queryOptions({
        queryKey: named('scan', all),
        queryFn: () => api.exposure.scan(all ? { all } : {}),
      }),
    /** Without items: those ticked by default. */
    plan: (items?: readonly string[]) =>
      queryOptions({
        queryKey: named('plan', items ?? 'default'),
        queryFn: () => api.protect.plan(items === undefined ? {} : { items }),
      }),
    suppressions: () =>
      queryOptions({
        queryKey: named('suppressions'),
        queryFn: () => api.exposure.suppressions({}),
      }),
    clients: () =>
      queryOptions({ queryKey: named('clients'), queryFn: () => api.clients.list({}) }),
    entries: () =>
      queryOptions({ queryKey: named('entries'), queryFn: () => api.clients.entries({}) }),
    servers: () =>
      queryOptions({ queryKey: named('servers'), queryFn: () => api.servers.list({}) }),
    secrets: () =>
      queryOptions({ queryKey: named('secrets'), queryFn: () => api.secrets.list({}) }),
    runs: () => queryOptions({ queryKey: named('runs'), queryFn: () => api.protect.runs({}) }),
    undo: (run: string) =>
      queryOptions({
        queryKey: named('undo', run),
        queryFn: () => api.protect.planUndo({ run }),
        gcTime: 0,
      }),
    leave: (mode: 'original' | 'remove', purge: boolean) =>
      queryOptions({
        queryKey: named('leave', mode, purge),
        queryFn: () => api.leave.plan({ mode, purge }),
        gcTime: 0,
      }),
    history: (file: string) =>
      queryOptions({
        queryKey: named('history', file),
        queryFn: () => api.files.history({ file }),
      }),
    /** Starts the server for real, so only ever on request. */
    inspection: (id: string) =>
      queryOptions({
        queryKey: named('inspection', id),
        queryFn: () => api.inspect.server({ id }),
        enabled: false,
        gcTime: 30 * 60_000,
      }),
    checks: () => queryOptions({ queryKey: named('checks'), queryFn: () => api.doctor.run({}) }),
    snippet: (client: string, server: string) =>
      queryOptions({
        queryKey: named('snippet', client, server),
        queryFn: () => api.clients.snippet({ client, server }),
        gcTime: 0,
      }),
    projects: () =>
      queryOptions({ queryKey: named('projects'), queryFn: () => api.projects.list({}) }),
  };
}

export type Queries = ReturnType<typeof createQueries>;

export function useOverview() {
  return useQuery(useConnection().queries.overview());
}
