import { ActionIcon } from '@mantine/core';
import { t } from '../i18n/translate.ts';
import { CloseIcon, InfoIcon } from './icons.tsx';
import classes from './notice.module.css';

/** Good news that stays until it is dismissed. */
export function Notice({ text, onDismiss }: { text: string; onDismiss: () => void }) {
  return (
    <div className={classes['notice']} role="status">
      <InfoIcon />
      <span>{text}</span>
      <ActionIcon
        variant="subtle"
        className={classes['close'] ?? ''}
        aria-label={t('common.dismiss')}
        onClick={onDismiss}
      >
        <CloseIcon />
      </ActionIcon>
    </div>
  );
}
