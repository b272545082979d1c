import { useEffect, useRef, useState } from 'react';
import { useBridge } from './bridge/bridge-context.tsx';
import { t } from './i18n/translate.ts';
import { useCommand } from './store/use-command.ts';

/** Files that are dropped on the window. */
export type FileDrop = Readonly<{
  /** Files are being held over the window. */
  isOver: boolean;
  /** What was put on the list last, for reading out. */
  said: string;
  error: unknown;
  clearError(): void;
}>;

/** What the window does with dropped files. */
type FileDropOptions = Readonly<{
  /** `false` while a dialog is open: files are then neither taken nor opened by the browser. */
  isEnabled: boolean;
  /** Called once something was dropped that may be added. */
  onDrop: () => void;
  /** Called with the name of a file whose place nobody can tell. */
  onUnknownPlace: (name: string) => void;
}>;

/** Puts vault files that are dropped anywhere on the window on the list. */
export function useFileDrop(options: FileDropOptions): FileDrop {
  const bridge = useBridge();
  const { run, error, clearError } = useCommand();
  const [isOver, setOver] = useState(false);
  const [said, setSaid] = useState('');
  const latest = useRef(options);
  latest.current = options;

  useEffect(() => {
    const add = async (file: File) => {
      const grant = await bridge.grantDropped(file);
      if (grant === null) {
        latest.current.onUnknownPlace(file.name);
        return;
      }
      await bridge.call('vault.add', { grantId: grant.grantId });
      setSaid(t('drop.added', { name: file.name }));
    };
    const listeners = {
      dragover: (event: DragEvent) => {
        if (!holdsFiles(event)) return;
        // Otherwise the browser would leave this page for the file.
        event.preventDefault();
        if (event.dataTransfer !== null) {
          event.dataTransfer.dropEffect = latest.current.isEnabled ? 'link' : 'none';
        }
        setOver(latest.current.isEnabled);
      },
      dragleave: (event: DragEvent) => {
        if (event.relatedTarget === null) setOver(false);
      },
      drop: (event: DragEvent) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        setOver(false);
        if (!latest.current.isEnabled) return;
        const files = [...(event.dataTransfer?.files ?? [])];
        latest.current.onDrop();
        void run(async () => {
          for (const file of files) await add(file);
        });
      },
    };
    for (const [name, listener] of Object.entries(listeners)) {
      document.addEventListener(name, listener as EventListener); // of the event of this name
    }
    return () => {
      for (const [name, listener] of Object.entries(listeners)) {
        document.removeEventListener(name, listener as EventListener); // as above
      }
    };
  }, [bridge, run]);
  return { isOver, said, error, clearError };
}

function holdsFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') ?? false;
}
