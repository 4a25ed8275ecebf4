/** What the app around the window does by itself: its start, its tray, its updates. */
import { Switch } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useConnection } from '../connection.ts';
import { describeProblem } from '../problem.ts';
import type { Switches } from '../shell.ts';
import { Failed } from '../ui/blank.tsx';
import { Section } from '../ui/page.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { words } from '../words.ts';

const say = words.settings.app;

export function AppSwitches() {
  const { shell } = useConnection();
  return (
    <Section title={say.title}>
      <Rows label={say.title}>
        <AppSwitch
          name="autostart"
          read={shell.getAutostart}
          write={(on) => shell.setAutostart(on)}
        />
        <StoredSwitch name="closeToTray" />
        <StoredSwitch name="checksForUpdates" />
      </Rows>
    </Section>
  );
}

function StoredSwitch({ name }: { name: keyof Switches }) {
  const { shell } = useConnection();
  return (
    <AppSwitch
      name={name}
      read={async () => (await shell.getSwitches())[name]}
      write={(on) => shell.setSwitch(name, on)}
    />
  );
}

interface AppSwitchProps {
  readonly name: 'autostart' | keyof Switches;
  readonly read: () => Promise<boolean>;
  readonly write: (on: boolean) => Promise<void>;
}

/** Shows what the shell says, also after a failed change. */
function AppSwitch({ name, read, write }: AppSwitchProps) {
  const query = useQuery({ queryKey: ['shell', name], queryFn: read });
  const set = useMutation({ mutationFn: write, onSettled: () => query.refetch() });
  const error = set.error ?? query.error;
  return (
    <Row
      main={say[name]}
      sub={
        <>
          {say[`${name}Note`]}
          {error !== null && (
            <Failed problem={describeProblem(error)} onRetry={() => query.refetch()} small />
          )}
        </>
      }
      side={
        <Switch
          aria-label={say[name]}
          checked={query.data ?? false}
          disabled={query.data === undefined || set.isPending}
          onChange={(event) => set.mutate(event.currentTarget.checked)}
        />
      }
    />
  );
}
