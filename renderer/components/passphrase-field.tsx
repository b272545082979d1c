import { PasswordInput } from '@mantine/core';
import { type KeyboardEvent, type ReactNode, type Ref, useState } from 'react';
import { t } from '../i18n/translate.ts';
import { EyeIcon, EyeOffIcon } from './icons.tsx';

type PassphraseFieldProps = Readonly<{
  label: string;
  inputRef: Ref<HTMLInputElement>;
  error?: ReactNode;
  autoFocus?: boolean;
  /** Called on every change, without the text: who needs it reads the input. */
  onEdit?: () => void;
  isDisabled?: boolean;
  /** With both, the caller decides whether the text can be read. */
  isVisible?: boolean;
  onVisibility?: (isVisible: boolean) => void;
}>;

/**
 * A field for a passphrase. Uncontrolled on purpose: the text lives in the input alone, never in
 * React's state.
 */
export function PassphraseField(props: PassphraseFieldProps) {
  const [isCapsLockOn, setCapsLockOn] = useState(false);
  const watchCapsLock = (event: KeyboardEvent) => setCapsLockOn(event.getModifierState('CapsLock'));
  return (
    <PasswordInput
      ref={props.inputRef}
      label={props.label}
      error={props.error}
      description={isCapsLockOn ? t('passphrase.capsLock') : undefined}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      disabled={props.isDisabled ?? false}
      data-autofocus={props.autoFocus || undefined}
      autoComplete="off"
      spellCheck={false}
      {...(props.isVisible === undefined ? {} : { visible: props.isVisible })}
      {...(props.onVisibility === undefined ? {} : { onVisibilityChange: props.onVisibility })}
      onKeyDown={watchCapsLock}
      onKeyUp={watchCapsLock}
      onChange={() => props.onEdit?.()}
      visibilityToggleIcon={({ reveal }) => (reveal ? <EyeOffIcon /> : <EyeIcon />)}
      visibilityToggleButtonProps={{
        'aria-label': `${t('passphrase.show')}: ${props.label}`,
        tabIndex: 0,
        'aria-hidden': false,
      }}
    />
  );
}

/**
 * Takes the text of an input as UTF-8 bytes and empties the input.
 *
 * @returns Owned by the caller, who wipes them.
 */
export function takePassphrase(input: HTMLInputElement | null): Uint8Array<ArrayBuffer> {
  if (input === null) return new Uint8Array();
  try {
    return new TextEncoder().encode(input.value);
  } finally {
    clearInput(input);
  }
}

/** Empties an input whose text must not stay in the page. */
export function clearInput(input: HTMLInputElement | null): void {
  if (input !== null) input.value = '';
}
