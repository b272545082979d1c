import { SegmentedControl, Stack } from '@mantine/core';
import { SECRET_KINDS, type SecretEntry } from '../bridge/use-secret-entry.ts';
import { t } from '../i18n/translate.ts';
import { PassphraseField } from './passphrase-field.tsx';
import { PathField } from './path-field.tsx';
import { RecoveryField } from './recovery-field.tsx';

type SecretFieldProps = Readonly<{
  entry: SecretEntry;
  /** Of the passphrase field. */
  label: string;
  hasNativeDialogs: boolean;
  isDisabled: boolean;
}>;

/** Asks for what opens a vault: a passphrase, a keyfile or a recovery key. */
export function SecretField({ entry, label, hasNativeDialogs, isDisabled }: SecretFieldProps) {
  return (
    <Stack gap="sm">
      <SegmentedControl
        aria-label={t('unlock.with')}
        fullWidth
        value={entry.kind}
        disabled={isDisabled}
        onChange={(value) => {
          const kind = SECRET_KINDS.find((known) => known === value);
          if (kind !== undefined) entry.setKind(kind);
        }}
        data={[
          { value: 'passphrase', label: t('unlock.withPassphrase') },
          { value: 'keyfile', label: t('unlock.withKeyfile') },
          { value: 'recovery', label: t('recovery.with') },
        ]}
      />
      {entry.kind === 'passphrase' && (
        <PassphraseField
          label={label}
          inputRef={entry.passphrase}
          isDisabled={isDisabled}
          autoFocus
        />
      )}
      {entry.kind === 'keyfile' && (
        <PathField
          label={t('unlock.keyfile')}
          text={entry.keyfile.text}
          error={entry.keyfile.error === null ? undefined : t('path.invalid')}
          hasNativeDialogs={hasNativeDialogs}
          onType={entry.keyfile.type}
          onChoose={entry.keyfile.choose}
        />
      )}
      {entry.kind === 'recovery' && (
        <RecoveryField
          inputRef={entry.words}
          defect={entry.defect}
          onEdit={entry.clearDefect}
          isDisabled={isDisabled}
        />
      )}
    </Stack>
  );
}
