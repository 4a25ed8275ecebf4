/** A dialog that asks before something happens, and stays open with the reason when it fails. */
import { Button, Modal } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { words } from '../words.ts';
import classes from './ask.module.css';
import { Failed, type ShownProblem } from './blank.tsx';
import { useFocusBack } from './focus-back.ts';

interface AskProps {
  readonly title: ReactNode;
  readonly confirm: string;
  readonly destructive?: boolean;
  readonly disabled?: boolean;
  readonly wide?: boolean;
  readonly onClose: () => void;
  /** Rejects with a problem that is then shown. */
  readonly onConfirm: () => Promise<void>;
  readonly describe: (thrown: unknown) => ShownProblem;
  readonly children: ReactNode;
}

export function Ask(props: AskProps) {
  const { title, confirm, destructive = false, disabled = false, wide = false } = props;
  useFocusBack();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ShownProblem>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await props.onConfirm();
      props.onClose();
    } catch (thrown) {
      setProblem(props.describe(thrown));
      setBusy(false);
    }
  };
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={title}
      size={wide ? 'xl' : 'md'}
      closeButtonProps={{ 'aria-label': words.close }}
    >
      <form onSubmit={submit} className={classes.form}>
        {props.children}
        {problem !== undefined && <Failed problem={problem} small />}
        <div className={classes.buttons}>
          <Button variant="default" onClick={props.onClose}>
            {words.cancel}
          </Button>
          <Button
            type="submit"
            loading={busy}
            disabled={disabled}
            {...(destructive ? { className: classes.destructive } : {})}
          >
            {confirm}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
