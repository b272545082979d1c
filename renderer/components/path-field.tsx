import { Button, Group, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { t } from '../i18n/translate.ts';

type PathFieldProps = Readonly<{
  label: string;
  description?: string;
  text: string;
  error?: ReactNode;
  /** With the system's dialogs the field shows what was chosen; without, it is typed into. */
  hasNativeDialogs: boolean;
  autoFocus?: boolean;
  onType(text: string): void;
  onChoose(): void;
}>;

/** A path, chosen by dialog or typed. */
export function PathField(props: PathFieldProps) {
  const field = (
    <TextInput
      label={props.label}
      description={props.description}
      value={props.text}
      error={props.error}
      readOnly={props.hasNativeDialogs}
      placeholder={props.hasNativeDialogs ? t('path.nothing') : t('path.typed')}
      data-autofocus={props.autoFocus || undefined}
      autoComplete="off"
      spellCheck={false}
      flex={1}
      onChange={(event) => props.onType(event.currentTarget.value)}
    />
  );
  if (!props.hasNativeDialogs) return field;
  return (
    <Group align="flex-end" gap="xs" wrap="nowrap">
      {field}
      <Button
        variant="default"
        onClick={props.onChoose}
        aria-label={`${props.label}: ${t('common.choose')}`}
      >
        {t('common.choose')}
      </Button>
    </Group>
  );
}
