/** The passphrase vault, shown only where there is no keychain or a vault is in use. */
import { Button, PasswordInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Overview } from '../../shared/models/health.ts';
import { useConnection } from '../connection.ts';
import { describeProblem } from '../problem.ts';
import { Failed } from '../ui/blank.tsx';
import { Section } from '../ui/page.tsx';
import { words } from '../words.ts';
import { NewPassphrase } from './new-passphrase.tsx';
import classes from './settings.module.css';

const say = words.settings.vault;

export function VaultSection({ state }: { state: Overview['keychain']['state'] }) {
  if (state !== 'unavailable' && state !== 'vault-locked') return null;
  return (
    <Section title={say.title} panel>
      {state === 'unavailable' ? <CreateVault /> : <OpenVault />}
    </Section>
  );
}

function CreateVault() {
  const { api } = useConnection();
  const cache = useQueryClient();
  const [passphrase, setPassphrase] = useState<string>();
  const create = useMutation({
    mutationFn: (chosen: string) => api.vault.create({ passphrase: chosen }),
    onSuccess: () => cache.invalidateQueries(),
  });
  return (
    <form
      className={classes.vault}
      onSubmit={(event) => {
        event.preventDefault();
        if (passphrase !== undefined) create.mutate(passphrase);
      }}
    >
      <p>{say.body}</p>
      <NewPassphrase onChange={setPassphrase} />
      {create.isError && <Failed problem={describeProblem(create.error)} small />}
      <div>
        <Button type="submit" loading={create.isPending} disabled={passphrase === undefined}>
          {say.create}
        </Button>
      </div>
    </form>
  );
}

function OpenVault() {
  const { api } = useConnection();
  const cache = useQueryClient();
  const [passphrase, setPassphrase] = useState('');
  const open = useMutation({
    mutationFn: () => api.vault.open({ passphrase }),
    onSuccess: () => cache.invalidateQueries(),
    onSettled: () => setPassphrase(''),
  });
  return (
    <form
      className={classes.vault}
      onSubmit={(event) => {
        event.preventDefault();
        open.mutate();
      }}
    >
      <PasswordInput
        label={say.passphrase}
        value={passphrase}
        onChange={(event) => setPassphrase(event.currentTarget.value)}
        autoComplete="current-password"
      />
      {open.isError && <Failed problem={describeProblem(open.error)} small />}
      <div>
        <Button type="submit" loading={open.isPending} disabled={passphrase === ''}>
          {say.open}
        </Button>
      </div>
    </form>
  );
}
