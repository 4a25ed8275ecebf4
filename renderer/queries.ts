/** Every read of the contract as a query, and the names by which news makes them out of date. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Api } from '../shared/api.ts';
import type { DriftSelection } from '../shared/models/drift.ts';
import type { CredentialScope } from '../shared/models/scope.ts';
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
  | 'inspection'
  | 'checks'
  | 'projects'
  | 'snippet'
  | 'drift'
  | 'driftPlan'
  | 'timeline'
  | 'scope'
  | 'scopePlan'
  | 'blocked'
  | 'reach'
  | 'export'
  | 'retention';

function named(name: QueryName, ...rest: readonly unknown[]): readonly unknown[] {
  return [name, ...rest];
}

/** Switching a server on or off in one client. */
export interface Placing {
  readonly server: string;
  readonly clients: readonly string[];
  readonly placed: boolean;
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
    drift: () => queryOptions({ queryKey: named('drift'), queryFn: () => api.drift.look({}) }),
    driftPlan: (selection: DriftSelection) =>
      queryOptions({
        queryKey: named('driftPlan', selection),
        queryFn: () => api.drift.plan(selection),
        gcTime: 0,
      }),
    placementPlan: (placement: Placing) =>
      queryOptions({
        queryKey: named('driftPlan', placement),
        queryFn: () => api.servers.planPlacement(placement),
        gcTime: 0,
      }),
    timeline: (file: string) =>
      queryOptions({
        queryKey: named('timeline', file),
        queryFn: () => api.files.timeline({ file }),
      }),
    scope: (id: string) =>
      queryOptions({ queryKey: named('scope', id), queryFn: () => api.scope.get({ id }) }),
    scopePlan: (id: string, scope: CredentialScope) =>
      queryOptions({
        queryKey: named('scopePlan', id, scope),
        queryFn: () => api.scope.plan({ id, scope }),
        gcTime: 0,
      }),
    blocked: (id: string) =>
      queryOptions({ queryKey: named('blocked', id), queryFn: () => api.scope.blocked({ id }) }),
    /** Without servers: all. */
    exportPlan: (servers?: readonly string[]) =>
      queryOptions({
        queryKey: named('export', servers ?? 'all'),
        queryFn: () => api.records.exportPlan(servers === undefined ? {} : { servers }),
        gcTime: 0,
      }),
    retention: () =>
      queryOptions({ queryKey: named('retention'), queryFn: () => api.drift.retention({}) }),
    reach: () => queryOptions({ queryKey: named('reach'), queryFn: () => api.scope.reach({}) }),
  };
}

export type Queries = ReturnType<typeof createQueries>;

export function useOverview() {
  return useQuery(useConnection().queries.overview());
}
