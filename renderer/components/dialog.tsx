import { Modal, type ModalProps } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { t } from '../i18n/translate.ts';

type DialogProps = Readonly<{
  title: string;
  size?: NonNullable<ModalProps['size']>;
  onClose: () => void;
  children: ReactNode;
}>;

/** A dialog that is open for as long as it is rendered; the focus goes back to where it was. */
export function Dialog({ title, size, onClose, children }: DialogProps) {
  useReturnFocus();
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={size ?? 'md'}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {children}
    </Modal>
  );
}

function useReturnFocus() {
  const [origin] = useState(findOrigin);
  useEffect(
    () => () => {
      // After the dialog's focus trap has let go.
      setTimeout(() => origin?.isConnected && origin.focus());
    },
    [origin],
  );
}

/** What has the focus now; for an entry of a menu, which goes away, the button of that menu. */
function findOrigin(): HTMLElement | null {
  const active = document.activeElement;
  const menuButtonId = active?.closest('[role=menu]')?.getAttribute('aria-labelledby');
  const origin = menuButtonId ? document.getElementById(menuButtonId) : active;
  return origin instanceof HTMLElement ? origin : null;
}
