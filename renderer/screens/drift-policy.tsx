/** What happens to drift of one server or one client without asking. */
import { NativeSelect } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useConnection } from '../connection.ts';
import { describeProblem } from '../problem.ts';
import { Failed } from '../ui/blank.tsx';
import { Section } from '../ui/page.tsx';
import { words } from '../words.ts';

const say = words.drift.policy;
const policies = ['ask', 'repair', 'adopt'] as const;

type PolicyOf = { readonly server: string } | { readonly client: string };

export function DriftPolicy({ of }: { of: PolicyOf }) {
  const { api, queries } = useConnection();
  const cache = useQueryClient();
  const { data } = useQuery(queries.drift());
  const isServer = 'server' in of;
  const set = useMutation({
    mutationFn: (chosen: string) => {
      const policy = policies.find((one) => one === chosen) ?? null;
      return api.drift.setPolicy('server' in of ? { ...of, policy } : { ...of, policy });
    },
    onSettled: () => cache.invalidateQueries(),
  });
  const known = isServer
    ? data?.servers.find(({ id }) => id === of.server)
    : data?.clients.find(({ id }) => id === of.client);
  if (known === undefined) return null;
  return (
    <Section title={say.title} note={say.note}>
      <NativeSelect
        label={isServer ? say.label : say.labelClient}
        value={known.policy ?? ''}
        disabled={set.isPending}
        data={[
          ...(isServer ? [{ value: '', label: say.inherit }] : []),
          ...policies.map((value) => ({ value, label: say[value] })),
        ]}
        onChange={(event) => set.mutate(event.currentTarget.value)}
      />
      {set.isError && <Failed problem={describeProblem(set.error)} small />}
    </Section>
  );
}
