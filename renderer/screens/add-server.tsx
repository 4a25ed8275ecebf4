import { Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useConnection } from '../connection.ts';
import { describeProblem } from '../problem.ts';
import { Ask } from '../ui/ask.tsx';
import { words } from '../words.ts';

const say = words.servers.adding;

export function AddServer({ onClose }: { onClose: () => void }) {
  const { api } = useConnection();
  const cache = useQueryClient();
  const [json, setJson] = useState('');
  return (
    <Ask
      title={say.title}
      confirm={say.confirm}
      disabled={json.trim() === ''}
      describe={describeProblem}
      onClose={onClose}
      onConfirm={async () => {
        await api.servers.addFromJson({ json });
        await cache.invalidateQueries();
      }}
    >
      <Textarea
        label={say.paste}
        description={say.note}
        placeholder={say.placeholder}
        value={json}
        onChange={(event) => setJson(event.currentTarget.value)}
        rows={9}
        maxLength={1_000_000}
        spellCheck={false}
        autoComplete="off"
        data-autofocus
        ff="monospace"
      />
    </Ask>
  );
}
