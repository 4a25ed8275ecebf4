/** An exported file on its way to the person: saved by the door, or copied from a field. */
import { Button, Textarea } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useConnection } from '../connection.ts';
import { Failed } from '../ui/blank.tsx';
import { Notice } from '../ui/notice.tsx';
import { Section } from '../ui/page.tsx';
import { words } from '../words.ts';
import classes from './transfer.module.css';

const say = words.transfer.out.made;

export interface ExportedFile {
  readonly text: string;
  readonly isSealed: boolean;
}

type Handed = 'asking' | 'handed' | 'cancelled' | 'failed';

export function Exported({ file, onMore }: { file: ExportedFile; onMore: () => void }) {
  const { shell } = useConnection();
  const [handed, setHanded] = useState<Handed>('asking');
  const [showsText, setShowsText] = useState(false);
  const name = file.isSealed ? 'portcullis-servers.age' : 'portcullis-servers.json';
  const save = async () => {
    setHanded('asking');
    const outcome = await shell.saveText(name, file.text).then(
      (isKept) => (isKept ? ('handed' as const) : ('cancelled' as const)),
      () => 'failed' as const,
    );
    setHanded(outcome);
  };
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) return;
    isFirst.current = false;
    void save();
  });
  return (
    <Section title={say.title}>
      <div className={classes.stack}>
        <p role="status" className={classes.lead}>
          {handed === 'handed' && say.body(name)}
          {handed === 'cancelled' && say.cancelled}
        </p>
        {handed === 'failed' && <Failed problem={say.failed} small />}
        {file.isSealed && <Notice tone="plain" title={say.sealed} />}
        <p className={classes.lead}>{say.next}</p>
        <div className={classes.buttons}>
          <Button onClick={save} loading={handed === 'asking'}>
            {say.again}
          </Button>
          <Button
            variant="default"
            aria-expanded={showsText}
            onClick={() => setShowsText(!showsText)}
          >
            {say.show}
          </Button>
          <Button variant="default" onClick={onMore}>
            {say.more}
          </Button>
        </div>
        {showsText && (
          <Textarea
            readOnly
            aria-label={say.text}
            value={file.text}
            autosize
            minRows={4}
            maxRows={16}
            spellCheck={false}
            classNames={{ input: classes.mono ?? '' }}
            onFocus={(event) => event.currentTarget.select()}
          />
        )}
      </div>
    </Section>
  );
}
