/** Setting findings aside with a reason, and bringing them back. */
import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Finding } from '../../shared/models/finding.ts';
import { useConnection } from '../connection.ts';
import { describeProblem } from '../problem.ts';
import { Ask } from '../ui/ask.tsx';
import { Failed } from '../ui/blank.tsx';
import { PathText, PlainText } from '../ui/plain-text.tsx';
import { Row, Rows } from '../ui/rows.tsx';
import { formatAge } from '../words/counting.ts';
import { words } from '../words.ts';
import { Read } from './read.tsx';

const say = words.exposure;

interface SetAsideProps {
  readonly name: string;
  readonly finding: Finding;
  readonly onClose: () => void;
}

export function SetAside({ name, finding, onClose }: SetAsideProps) {
  const { api } = useConnection();
  const cache = useQueryClient();
  const [reason, setReason] = useState('');
  const { file, pointer, fingerprint } = finding;
  return (
    <Ask
      title={say.setAsideTitle}
      confirm={say.setAsideConfirm}
      disabled={reason.trim() === ''}
      describe={describeProblem}
      onClose={onClose}
      onConfirm={async () => {
        await api.exposure.suppress({ file, pointer, fingerprint, reason: reason.trim() });
        await cache.invalidateQueries();
      }}
    >
      <div>
        <PlainText text={name} mono /> <PlainText text={finding.preview} mono />
        <PathText path={file} />
      </div>
      <p>{say.setAsideBody}</p>
      <TextInput
        label={say.setAsideReason}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-autofocus
      />
    </Ask>
  );
}

export function SetAsideList({ onClose }: { onClose: () => void }) {
  const { api, queries } = useConnection();
  const cache = useQueryClient();
  const query = useQuery(queries.suppressions());
  const bringBack = useMutation({
    mutationFn: (one: { file: string; pointer: string; fingerprint: string }) =>
      api.exposure.unsuppress(one),
    onSettled: () => cache.invalidateQueries(),
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={say.setAsideList}
      size="lg"
      closeButtonProps={{ 'aria-label': words.close }}
    >
      {bringBack.isError && <Failed problem={describeProblem(bringBack.error)} small />}
      <Read query={query}>
        {(all) => (
          <Rows label={say.setAsideList}>
            {all.map(({ file, pointer, fingerprint, reason, at }) => (
              <Row
                key={`${file}\n${pointer}\n${fingerprint}`}
                main={<PlainText text={reason} />}
                sub={
                  <>
                    <PathText path={file} />
                    <PlainText text={pointer} mono cap={80} />
                    <span>{formatAge(at, Date.now())}</span>
                  </>
                }
                actions={
                  <Button
                    size="xs"
                    variant="default"
                    onClick={() => bringBack.mutate({ file, pointer, fingerprint })}
                  >
                    {say.bringBack}
                  </Button>
                }
              />
            ))}
          </Rows>
        )}
      </Read>
    </Modal>
  );
}
