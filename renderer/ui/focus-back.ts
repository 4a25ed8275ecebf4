/** Where the focus goes when what covered the window is gone: back to what opened it. */
import { useEffect, useState } from 'react';

/** For dialogs and panels that are drawn while they are open, and not at all otherwise. */
export function useFocusBack(): void {
  const [opener] = useState(findOpener);
  useEffect(
    () => () => {
      requestAnimationFrame(() => {
        // Whatever has taken the focus meanwhile keeps it.
        if (document.activeElement === document.body) opener?.focus({ preventScroll: true });
      });
    },
    [opener],
  );
}

/** An item of a menu is gone by then; its menu's button is there. */
function findOpener(): HTMLElement | undefined {
  const active = document.activeElement;
  const menu = active?.closest('[role=menu]')?.getAttribute('aria-labelledby');
  const opener = menu === null || menu === undefined ? active : document.getElementById(menu);
  return opener instanceof HTMLElement ? opener : undefined;
}
