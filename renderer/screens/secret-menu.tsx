/** What can be done with one stored secret. Copying happens only here, on an explicit click. */
import { ActionIcon, Checkbox, Menu } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import Copy from 'lucide-react/icons/copy';
import Ellipsis from 'lucide-react/icons/ellipsis';
import ExternalLink from 'lucide-react/icons/external-link';
import RefreshCw from 'lucide-react/icons/refresh-cw';
import Trash2 from 'lucide-react/icons/trash-2';
import { useState } from 'react';
import { useConnection } from '../connection.ts';
import { describeProblem } from '../problem.ts';
import { Ask } from '../ui/ask.tsx';
import { PlainText } from '../ui/plain-text.tsx';
import { useToast } from '../ui/toasts.tsx';
import { words } from '../words.ts';
import { SetSecret } from './set-secret.tsx';

const say = words.secrets;

interface SecretMenuProps {
  readonly server: string;
  readonly serverName: string;
  readonly name: string;
  readonly stored: boolean;
  readonly rotateUrl?: string | undefined;
  /** Offers replacing too, where no button beside the menu does. */
  readonly withReplace?: boolean;
}

export function SecretMenu(props: SecretMenuProps) {
  const { server, serverName, name, stored, rotateUrl, withReplace = false } = props;
  const { api, shell } = useConnection();
  const toast = useToast();
  const [asking, setAsking] = useState<'replace' | 'remove'>();
  const copy = async () => {
    try {
      const { clearsAfterSeconds } = await api.secrets.copy({ server, name });
      toast(say.copied(clearsAfterSeconds));
    } catch (thrown) {
      const { message, hint } = describeProblem(thrown);
      toast([message, hint].filter(Boolean).join(' '));
    }
  };
  const canCopy = shell.can.clipboard && stored;
  if (!(canCopy || withReplace || rotateUrl !== undefined || stored)) return null;
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="md"
            aria-label={words.exposure.actionsFor(name)}
          >
            <Ellipsis size="1.1em" aria-hidden="true" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {canCopy && (
            <Menu.Item leftSection={<Copy size="1em" aria-hidden="true" />} onClick={copy}>
              {say.copy}
            </Menu.Item>
          )}
          {withReplace && (
            <Menu.Item
              leftSection={<RefreshCw size="1em" aria-hidden="true" />}
              onClick={() => setAsking('replace')}
            >
              {stored ? say.replace : say.set}
            </Menu.Item>
          )}
          {rotateUrl !== undefined && shell.can.openExternal && (
            <Menu.Item
              leftSection={<ExternalLink size="1em" aria-hidden="true" />}
              title={rotateUrl}
              onClick={() => shell.openExternal(rotateUrl)}
            >
              {say.rotate}
            </Menu.Item>
          )}
          {stored && (
            <Menu.Item
              leftSection={<Trash2 size="1em" aria-hidden="true" />}
              onClick={() => setAsking('remove')}
            >
              {say.remove}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {asking === 'replace' && (
        <SetSecret
          server={server}
          serverName={serverName}
          name={name}
          isNew={!stored}
          onClose={() => setAsking(undefined)}
        />
      )}
      {asking === 'remove' && (
        <RemoveSecret
          server={server}
          serverName={serverName}
          name={name}
          onClose={() => setAsking(undefined)}
        />
      )}
    </>
  );
}

interface RemoveProps {
  readonly server: string;
  readonly serverName: string;
  readonly name: string;
  readonly onClose: () => void;
}

function RemoveSecret({ server, serverName, name, onClose }: RemoveProps) {
  const { api } = useConnection();
  const cache = useQueryClient();
  const [asVariable, setAsVariable] = useState(false);
  return (
    <Ask
      title={say.removing.title(name)}
      confirm={say.removing.confirm}
      destructive
      describe={describeProblem}
      onClose={onClose}
      onConfirm={async () => {
        await api.secrets.remove({ server, name, ...(asVariable ? { asVariable } : {}) });
        await cache.invalidateQueries();
      }}
    >
      <p>
        <PlainText text={say.removing.body(serverName)} />
      </p>
      <Checkbox
        label={say.removing.asVariable}
        checked={asVariable}
        onChange={(event) => setAsVariable(event.currentTarget.checked)}
      />
    </Ask>
  );
}
