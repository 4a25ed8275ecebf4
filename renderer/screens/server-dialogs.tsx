import { Checkbox, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useConnection } from '../connection.ts';
import { describeProblem } from '../problem.ts';
import { Ask } from '../ui/ask.tsx';
import { escapeText } from '../ui/escape-text.ts';
import { words } from '../words.ts';

interface DialogProps {
  readonly id: string;
  readonly name: string;
  readonly onClose: () => void;
}

export function RenameServer({ id, name, onClose }: DialogProps) {
  const { api } = useConnection();
  const cache = useQueryClient();
  const [text, setText] = useState(name);
  const say = words.servers.renaming;
  return (
    <Ask
      title={say.title}
      confirm={say.save}
      disabled={text.trim() === '' || text === name}
      describe={describeProblem}
      onClose={onClose}
      onConfirm={async () => {
        await api.servers.rename({ id, name: text.trim() });
        await cache.invalidateQueries();
      }}
    >
      <TextInput
        label={say.label}
        value={text}
        maxLength={200}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
      />
    </Ask>
  );
}

export function RemoveServer({ id, name, onClose, onDone }: DialogProps & { onDone: () => void }) {
  const { api } = useConnection();
  const cache = useQueryClient();
  const [forget, setForget] = useState(false);
  const say = words.servers.removing;
  return (
    <Ask
      title={say.title(escapeText(name.slice(0, 80)))}
      confirm={say.confirm}
      destructive
      describe={describeProblem}
      onClose={onClose}
      onConfirm={async () => {
        await api.servers.remove({ id, forgetSecrets: forget });
        await cache.invalidateQueries();
        onDone();
      }}
    >
      <p>{say.body}</p>
      <Checkbox
        label={say.forget}
        description={say.forgetNote}
        checked={forget}
        onChange={(event) => setForget(event.currentTarget.checked)}
      />
    </Ask>
  );
}
