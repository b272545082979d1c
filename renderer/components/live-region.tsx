import { VisuallyHidden } from '@mantine/core';

/** Reads a sentence out to screen readers whenever it changes, without moving the focus. */
export function LiveRegion({ text }: { text: string }) {
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {text}
    </VisuallyHidden>
  );
}
