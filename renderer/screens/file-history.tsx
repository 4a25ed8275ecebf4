/** What happened to one file, and putting it back to how it was. */
import { Modal } from '@mantine/core';
import { useFocusBack } from '../ui/focus-back.ts';
import { PathText } from '../ui/plain-text.tsx';
import { words } from '../words.ts';
import { FileTimeline } from './file-timeline.tsx';

export function FileHistory({ file, onClose }: { file: string; onClose: () => void }) {
  useFocusBack();
  return (
    <Modal
      opened
      onClose={onClose}
      title={words.clients.history.title}
      size="lg"
      closeButtonProps={{ 'aria-label': words.close }}
    >
      <PathText path={file} />
      <FileTimeline file={file} />
    </Modal>
  );
}
