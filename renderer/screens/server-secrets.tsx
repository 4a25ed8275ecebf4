/** The secrets of one server by name: set, replace, remove. Values go in and never come out. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ServerView } from '../../shared/models/health.ts';
import { Nothing, Section } from '../ui/page.tsx';
import { PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { StateMark } from '../ui/state-mark.tsx';
import { formatAge } from '../words/counting.ts';
import { words } from '../words.ts';
import { SecretMenu } from './secret-menu.tsx';
import { SetSecret } from './set-secret.tsx';

const say = words.servers.detail;

export function ServerSecrets({ view: { record, missing } }: { view: ServerView }) {
  const [setting, setSetting] = useState<string>();
  const gone = new Set(missing);
  const rows = [
    ...record.secrets,
    ...missing
      .filter((name) => !record.secrets.some((secret) => secret.name === name))
      .map((name) => ({ name, kind: '', storedAt: undefined, rotateUrl: undefined })),
  ];
  return (
    <Section title={say.secrets}>
      {rows.length === 0 ? (
        <Nothing>{say.noSecrets}</Nothing>
      ) : (
        <Rows label={say.secrets}>
          {rows.map(({ name, storedAt, rotateUrl }) => (
            <Row
              key={name}
              main={<PlainText text={name} oneLine mono />}
              side={
                gone.has(name) || storedAt === undefined ? (
                  <StateMark state="broken" label={say.missing} />
                ) : (
                  <span>{say.stored(formatAge(storedAt, Date.now()))}</span>
                )
              }
              actions={
                <>
                  <Button
                    size="xs"
                    variant={gone.has(name) ? 'filled' : 'default'}
                    onClick={() => setSetting(name)}
                    aria-label={`${gone.has(name) ? say.set : say.replace} ${name}`}
                  >
                    {gone.has(name) ? say.set : say.replace}
                  </Button>
                  <SecretMenu
                    server={record.id}
                    serverName={record.name}
                    name={name}
                    stored={!gone.has(name)}
                    rotateUrl={rotateUrl}
                  />
                </>
              }
            />
          ))}
        </Rows>
      )}
      {setting !== undefined && (
        <SetSecret
          server={record.id}
          serverName={record.name}
          name={setting}
          isNew={gone.has(setting)}
          onClose={() => setSetting(undefined)}
        />
      )}
    </Section>
  );
}
