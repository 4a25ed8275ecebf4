/** Searching and filtering the list of servers. */
import type { ServerView } from '../../shared/models/health.ts';

export const serverFilters = ['all', 'attention', 'secrets', 'disabled'] as const;
export type ServerFilter = (typeof serverFilters)[number];

const passes: Readonly<Record<ServerFilter, (view: ServerView) => boolean>> = {
  all: () => true,
  attention: ({ health, missing }) =>
    missing.length > 0 || health.state === 'missing-secret' || health.state === 'command-missing',
  secrets: ({ record }) => record.secrets.length > 0,
  disabled: ({ record }) => !record.enabled,
};

/** Servers that hold every word of the search in their name, id, command, secrets or clients. */
export function findServers(
  all: readonly ServerView[],
  filter: ServerFilter,
  search: string,
): readonly ServerView[] {
  const terms = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((view) => {
    if (!passes[filter](view)) return false;
    if (terms.length === 0) return true;
    const text = describe(view);
    return terms.every((term) => text.includes(term));
  });
}

function describe({ record, shown }: ServerView): string {
  return [
    record.id,
    record.name,
    shown,
    ...record.secrets.map(({ name }) => name),
    ...record.placements.map(({ client }) => client),
  ]
    .join('\n')
    .toLocaleLowerCase();
}

export function readFilter(text: string): ServerFilter {
  return serverFilters.find((filter) => filter === text) ?? 'all';
}
