/** Names and values of a new server's secrets. The values are never shown and leave with the form. */
import { ActionIcon, Button, Fieldset, PasswordInput, TextInput } from '@mantine/core';
import Plus from 'lucide-react/icons/plus';
import X from 'lucide-react/icons/x';
import { words } from '../words.ts';
import { isSecretName, type NewSecret } from './new-server.ts';
import classes from './servers.module.css';

const say = words.servers.adding;

interface NewSecretsProps {
  readonly way: 'command' | 'address';
  readonly secrets: readonly NewSecret[];
  readonly onChange: (secrets: readonly NewSecret[]) => void;
}

export function NewSecrets({ way, secrets, onChange }: NewSecretsProps) {
  const change = (id: number, part: Partial<NewSecret>) =>
    onChange(secrets.map((one) => (one.id === id ? { ...one, ...part } : one)));
  const nextId = Math.max(0, ...secrets.map(({ id }) => id)) + 1;
  return (
    <Fieldset legend={say.secrets[way]} variant="unstyled">
      <div className={classes.newSecrets}>
        {secrets.map((secret, index) => (
          <Line
            key={secret.id}
            way={way}
            secret={secret}
            number={index + 1}
            onChange={(part) => change(secret.id, part)}
            onDrop={() => onChange(secrets.filter(({ id }) => id !== secret.id))}
          />
        ))}
        <div className={classes.newSecretFoot}>
          <Button
            variant="default"
            size="xs"
            leftSection={<Plus size="1em" aria-hidden="true" />}
            onClick={() => onChange([...secrets, { id: nextId, name: '', value: '' }])}
          >
            {say.addSecret}
          </Button>
          <span>{say.note}</span>
        </div>
      </div>
    </Fieldset>
  );
}

interface LineProps {
  readonly way: 'command' | 'address';
  readonly secret: NewSecret;
  readonly number: number;
  readonly onChange: (part: Partial<NewSecret>) => void;
  readonly onDrop: () => void;
}

function Line({ way, secret: { name, value }, number, onChange, onDrop }: LineProps) {
  const fault = way === 'command' ? say.badName : say.badHeader;
  return (
    <div className={classes.newSecret}>
      <TextInput
        aria-label={`${say.secretName[way]} ${number}`}
        placeholder={say.secretName[way]}
        value={name}
        error={name !== '' && !isSecretName(way, name) ? fault : undefined}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
        spellCheck={false}
        autoComplete="off"
        classNames={{ input: classes.mono ?? '' }}
      />
      <PasswordInput
        aria-label={`${say.secretValue} ${number}`}
        placeholder={say.secretValue}
        value={value}
        onChange={(event) => onChange({ value: event.currentTarget.value })}
        autoComplete="new-password"
      />
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={say.dropSecret(number)}
        onClick={onDrop}
      >
        <X size="1.1em" aria-hidden="true" />
      </ActionIcon>
    </div>
  );
}
