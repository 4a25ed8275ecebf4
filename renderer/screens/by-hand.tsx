/** Clients whose files Portcullis does not write: the lines that a person puts in. */
import { Button, Modal, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { ClientSummary } from '../../shared/models/client.ts';
import type { ServerView } from '../../shared/models/health.ts';
import { useConnection } from '../connection.ts';
import { escapeText } from '../ui/escape-text.ts';
import { useFocusBack } from '../ui/focus-back.ts';
import { Nothing, Section } from '../ui/page.tsx';
import { PathText, PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { words } from '../words.ts';
import { Read } from './read.tsx';
import classes from './settings.module.css';

const say = words.clients.byHand;

export function ByHand({ client }: { client: ClientSummary }) {
  const { queries } = useConnection();
  const query = useQuery(queries.servers());
  const [open, setOpen] = useState<ServerView>();
  return (
    <Section title={say.title} note={say.note}>
      <Read query={query}>
        {(servers) =>
          servers.length === 0 ? (
            <Nothing>{say.none}</Nothing>
          ) : (
            <Rows label={say.title}>
              {servers.map((server) => (
                <Row
                  key={server.record.id}
                  main={<PlainText text={server.record.name} oneLine />}
                  actions={
                    <Button
                      size="compact-sm"
                      variant="subtle"
                      aria-label={say.showFor(escapeText(server.record.name.slice(0, 80)))}
                      onClick={() => setOpen(server)}
                    >
                      {say.show}
                    </Button>
                  }
                />
              ))}
            </Rows>
          )
        }
      </Read>
      {open !== undefined && (
        <Lines client={client} server={open} onClose={() => setOpen(undefined)} />
      )}
    </Section>
  );
}

interface LinesProps {
  readonly client: ClientSummary;
  readonly server: ServerView;
  readonly onClose: () => void;
}

function Lines({ client, server: { record }, onClose }: LinesProps) {
  const { queries } = useConnection();
  const query = useQuery(queries.snippet(client.id, record.id));
  useFocusBack();
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={<PlainText text={say.heading(record.name.slice(0, 60), client.name)} />}
      closeButtonProps={{ 'aria-label': words.close }}
    >
      <Read query={query}>{({ file, text }) => <Snippet file={file} text={text} />}</Read>
    </Modal>
  );
}

function Snippet({ file, text }: { file: string; text: string }) {
  const lines = useRef<HTMLTextAreaElement>(null);
  // It comes after the dialog has given the focus away.
  useEffect(() => lines.current?.focus(), []);
  return (
    <div className={classes.stack}>
      <p className={classes.lead}>{say.put}</p>
      <PathText path={file} />
      <Textarea
        ref={lines}
        readOnly
        aria-label={say.lines}
        value={text}
        autosize
        minRows={4}
        maxRows={18}
        spellCheck={false}
        classNames={{ input: classes.mono ?? '' }}
        onFocus={(event) => event.currentTarget.select()}
      />
    </div>
  );
}
