/** Short news at the foot of the window: what was done. Failures stay where they happened instead. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';
import { Mark } from './mark.tsx';
import classes from './toasts.module.css';

const ToastContext = createContext<(text: string) => void>(() => undefined);

const shownFor = 6000;

export function Toasts({ children }: { children: ReactNode }) {
  const [toast, setToast] = useState<{ readonly id: number; readonly text: string }>();
  const say = useCallback((text: string) => {
    setToast((last) => ({ id: (last?.id ?? 0) + 1, text }));
  }, []);
  useEffect(() => {
    if (toast === undefined) return undefined;
    const timer = setTimeout(() => setToast(undefined), shownFor);
    return () => clearTimeout(timer);
  }, [toast]);
  return (
    <ToastContext value={say}>
      {children}
      <div className={classes.area} role="status">
        {toast !== undefined && (
          <div className={classes.toast} key={toast.id}>
            <Mark size="0.9rem" />
            {toast.text}
          </div>
        )}
      </div>
    </ToastContext>
  );
}

export function useToast(): (text: string) => void {
  return useContext(ToastContext);
}
