/** A panel at the side of the window, over what it belongs to. */
import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { words } from '../words.ts';
import { useFocusBack } from './focus-back.ts';
import classes from './side-panel.module.css';

interface SidePanelProps {
  readonly title: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function SidePanel({ title, onClose, children }: SidePanelProps) {
  useFocusBack();
  return (
    <Drawer
      opened
      position="right"
      size="46rem"
      lockScroll={false}
      overlayProps={{ backgroundOpacity: 0.45 }}
      onClose={onClose}
      title={title}
      closeButtonProps={{ 'aria-label': words.close }}
      classNames={{
        content: classes.content ?? '',
        header: classes.header ?? '',
        title: classes.title ?? '',
      }}
    >
      <div className={classes.stack}>{children}</div>
    </Drawer>
  );
}
