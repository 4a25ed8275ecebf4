import { PasswordInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useConnection } from '../connection.ts';
import { describeProblem } from '../problem.ts';
import { Ask } from '../ui/ask.tsx';
import { PlainText } from '../ui/plain-text.tsx';
import { useToast } from '../ui/toasts.tsx';
import { words } from '../words.ts';

const say = words.secrets.setting;

interface SetSecretProps {
  readonly server: string;
  readonly serverName: string;
  readonly name: string;
  readonly isNew: boolean;
  /** The server gets it from now on, as the variable of that name. */
  readonly asVariable?: boolean;
  readonly onClose: () => void;
}

/** Asks for a value and hands it to the core; it is kept nowhere in the window. */
export function SetSecret({
  server,
  serverName,
  name,
  isNew,
  asVariable = false,
  onClose,
}: SetSecretProps) {
  const { api } = useConnection();
  const cache = useQueryClient();
  const toast = useToast();
  const [value, setValue] = useState('');
  return (
    <Ask
      title={isNew ? say.title(name) : say.replaceTitle(name)}
      confirm={say.confirm}
      disabled={value === ''}
      describe={describeProblem}
      onClose={onClose}
      onConfirm={async () => {
        await api.secrets.set({ server, name, value, ...(asVariable ? { asVariable } : {}) });
        setValue('');
        toast(say.stored(name));
        await cache.invalidateQueries();
      }}
    >
      <p>
        <PlainText text={say.forServer(serverName)} />
      </p>
      {asVariable && (
        <p>
          <PlainText text={say.asVariable(name)} />
        </p>
      )}
      <PasswordInput
        label={say.value}
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
      />
    </Ask>
  );
}
