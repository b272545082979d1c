import { Button, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { errorWords } from '../i18n/error-words.ts';
import classes from './error-notice.module.css';
import { AlertIcon } from './icons.tsx';

type ErrorNoticeProps = Readonly<{
  error: unknown;
  actions?: ReactNode;
  /** It happened a while ago: not read out as news. */
  isOld?: boolean;
}>;

/** What went wrong, what to do, and the buttons for doing it. Read out when it appears. */
export function ErrorNotice({ error, actions, isOld = false }: ErrorNoticeProps) {
  const { title, advice } = errorWords(error);
  return (
    <div className={classes['notice']} role={isOld ? undefined : 'alert'}>
      <AlertIcon />
      <div className={classes['words']}>
        <strong>{title}</strong>
        <span>{advice}</span>
        {actions && (
          <Group gap="xs" mt={6}>
            {actions}
          </Group>
        )}
      </div>
    </div>
  );
}

type WarningProps = Readonly<{ title: string; advice: string; children: ReactNode }>;

/** What is to be known before going on. Read out when it appears. */
export function Warning({ title, advice, children }: WarningProps) {
  return (
    <div className={classes['notice']} data-tone="warn" role="alert">
      <AlertIcon />
      <div className={classes['words']}>
        <strong>{title}</strong>
        <div className={classes['facts']}>{children}</div>
        <span>{advice}</span>
      </div>
    </div>
  );
}

/** A button inside a notice. */
export function NoticeButton({ onClick, children }: { onClick: () => void; children: string }) {
  return (
    <Button size="compact-sm" variant="default" onClick={onClick}>
      {children}
    </Button>
  );
}
