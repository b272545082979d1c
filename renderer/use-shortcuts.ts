import { useEffect } from 'react';

/** Commands by the letter that is pressed with Alt. */
export type Shortcuts = Readonly<Record<string, () => void>>;

/** Runs the window's own shortcuts while no dialog is open. */
export function useShortcuts(shortcuts: Shortcuts, isEnabled: boolean): void {
  useEffect(() => {
    if (!isEnabled) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (!event.altKey || event.ctrlKey || event.metaKey) return;
      // `code` and not `key`: with Alt some layouts type another character.
      const command = shortcuts[event.code];
      if (command === undefined) return;
      event.preventDefault();
      command();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [shortcuts, isEnabled]);
}
