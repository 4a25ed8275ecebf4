/** Adding a server by its command, by its address, or by JSON from its documentation. */
import { Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useConnection } from '../connection.ts';
import { describeProblem } from '../problem.ts';
import { Ask } from '../ui/ask.tsx';
import { optionsOf, Picks } from '../ui/picks.tsx';
import { words } from '../words.ts';
import { NewSecrets } from './new-secrets.tsx';
import {
  isAddress,
  type NewServer,
  type NewServerWay,
  readNewServer,
  splitCommand,
} from './new-server.ts';
import classes from './servers.module.css';

const say = words.servers.adding;

export function AddServer({ onClose }: { onClose: () => void }) {
  const { api } = useConnection();
  const cache = useQueryClient();
  const [way, setWay] = useState<NewServerWay>('command');
  const [server, setServer] = useState<NewServer>({ name: '', text: '', secrets: [] });
  const [json, setJson] = useState('');
  const input = way === 'json' ? undefined : readNewServer(way, server);
  return (
    <Ask
      title={say.title}
      confirm={say.confirm}
      disabled={way === 'json' ? json.trim() === '' : input === undefined}
      describe={describeProblem}
      onClose={onClose}
      onConfirm={async () => {
        if (input !== undefined) await api.servers.add(input);
        else await api.servers.addFromJson({ json });
        await cache.invalidateQueries();
      }}
    >
      <Picks label={say.way} value={way} options={optionsOf(say.ways)} onChange={setWay} />
      {way === 'json' ? (
        <Pasted json={json} onChange={setJson} />
      ) : (
        <Described way={way} server={server} onChange={setServer} />
      )}
    </Ask>
  );
}

interface DescribedProps {
  readonly way: 'command' | 'address';
  readonly server: NewServer;
  readonly onChange: (server: NewServer) => void;
}

function Described({ way, server, onChange }: DescribedProps) {
  const isCommand = way === 'command';
  return (
    <>
      <TextInput
        label={say.name}
        placeholder={say.namePlaceholder}
        value={server.name}
        maxLength={200}
        onChange={(event) => onChange({ ...server, name: event.currentTarget.value })}
        autoComplete="off"
        data-autofocus
      />
      <TextInput
        label={isCommand ? say.command : say.address}
        description={isCommand ? say.commandNote : say.addressNote}
        placeholder={isCommand ? say.commandPlaceholder : say.addressPlaceholder}
        value={server.text}
        error={findFault(way, server.text)}
        onChange={(event) => onChange({ ...server, text: event.currentTarget.value })}
        spellCheck={false}
        autoComplete="off"
        classNames={{ input: classes.mono ?? '' }}
      />
      <NewSecrets
        way={way}
        secrets={server.secrets}
        onChange={(secrets) => onChange({ ...server, secrets })}
      />
    </>
  );
}

function findFault(way: 'command' | 'address', text: string): string | undefined {
  if (way === 'command') return splitCommand(text) === undefined ? say.openQuote : undefined;
  // While the beginning is still being typed, nothing is wrong yet.
  return text.length > 8 && !isAddress(text.trim()) ? say.noAddress : undefined;
}

function Pasted({ json, onChange }: { json: string; onChange: (json: string) => void }) {
  return (
    <Textarea
      label={say.paste}
      description={say.note}
      placeholder={say.placeholder}
      value={json}
      onChange={(event) => onChange(event.currentTarget.value)}
      rows={9}
      maxLength={1_000_000}
      spellCheck={false}
      autoComplete="off"
      classNames={{ input: classes.mono ?? '' }}
    />
  );
}
