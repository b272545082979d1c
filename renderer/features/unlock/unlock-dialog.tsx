import { Button, Checkbox, Group, SegmentedControl, Stack, Switch, Text } from '@mantine/core';
import { type FormEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { UnlockSecretInput } from '../../../shared/ipc/contract.ts';
import type { BackendChoice } from '../../../shared/model/backend.ts';
import type { Settings } from '../../../shared/model/settings.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import type { RecoveryDefect } from '../../../shared/recovery/recovery-words.ts';
import { useBridge, useCapabilities } from '../../bridge/bridge-context.tsx';
import { usePathGrant } from '../../bridge/use-path-grant.ts';
import { takeRecoveryKey } from '../../bridge/use-secret-entry.ts';
import { BackendSelect } from '../../components/backend-select.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Fold } from '../../components/fold.tsx';
import { UnlockIcon } from '../../components/icons.tsx';
import { clearInput, PassphraseField, takePassphrase } from '../../components/passphrase-field.tsx';
import { PathField } from '../../components/path-field.tsx';
import { ProgressLine } from '../../components/progress-line.tsx';
import { RecoveryField } from '../../components/recovery-field.tsx';
import { t } from '../../i18n/translate.ts';
import { useJob } from '../../store/use-job.ts';
import { HeaderChanges } from './header-changes.tsx';
import { isCostRefused } from './is-cost-refused.ts';

type UnlockDialogProps = Readonly<{
  vault: VaultSnapshot;
  settings: Settings;
  onClose: () => void;
}>;

/** Asks for a passphrase or keyfile, unlocks and mounts; stays until that is done or given up. */
export function UnlockDialog({ vault, settings, onClose }: UnlockDialogProps) {
  const form = useUnlock(vault, settings, onClose);
  const { isRunning, job, error } = form.job;
  return (
    <Dialog onClose={form.close} title={t('unlock.title', { name: vault.name })}>
      <form onSubmit={form.submit}>
        <Stack gap="md">
          <SegmentedControl
            aria-label={t('unlock.with')}
            fullWidth
            value={form.kind}
            onChange={form.setKind}
            disabled={isRunning}
            data={[
              ...(vault.hasStoredPassphrase
                ? [{ value: 'stored', label: t('unlock.withStored') }]
                : []),
              { value: 'passphrase', label: t('unlock.withPassphrase') },
              { value: 'keyfile', label: t('unlock.withKeyfile') },
              { value: 'recovery', label: t('recovery.with') },
            ]}
          />
          <HeaderChanges vaultId={vault.id} />
          <SecretField form={form} isDisabled={isRunning} />
          <MountOptions form={form} />
          {error !== null && <ErrorNotice error={error} />}
          {isCostRefused(error) && (
            <Checkbox
              label={t('unlock.acceptCost')}
              checked={form.isCostAccepted}
              onChange={(event) => form.setCostAccepted(event.currentTarget.checked)}
            />
          )}
          {isRunning && (
            <ProgressLine
              label={t('job.unlock', { subject: vault.name })}
              phase={t(`phase.${job?.phase ?? 'starting'}`)}
              fraction={job?.fraction ?? null}
            />
          )}
          <Group justify="flex-end" gap="xs">
            {isRunning ? (
              <>
                <Button variant="subtle" onClick={onClose}>
                  {t('unlock.background')}
                </Button>
                <Button variant="default" onClick={form.job.cancel}>
                  {t('common.cancel')}
                </Button>
              </>
            ) : (
              <>
                <Button variant="default" onClick={form.close}>
                  {t('common.cancel')}
                </Button>
                <Button
                  type="submit"
                  leftSection={<UnlockIcon />}
                  disabled={form.kind === 'keyfile' && form.keyfile.text.trim() === ''}
                >
                  {t('unlock.submit')}
                </Button>
              </>
            )}
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

type UnlockForm = ReturnType<typeof useUnlock>;

function useUnlock(vault: VaultSnapshot, settings: Settings, onClose: () => void) {
  const bridge = useBridge();
  const input = useRef<HTMLInputElement>(null);
  const [kind, setKind] = useState<string>(vault.hasStoredPassphrase ? 'stored' : 'passphrase');
  const [isReadOnly, setReadOnly] = useState(vault.options.mountReadOnly ?? settings.mountReadOnly);
  const [backend, setBackend] = useState<BackendChoice | null>(null);
  const [isRemembered, setRemembered] = useState(false);
  const [isCostAccepted, setCostAccepted] = useState(false);
  const words = useRef<HTMLTextAreaElement>(null);
  const [defect, setDefect] = useState<RecoveryDefect | null>(null);
  const keyfile = usePathGrant('keyfile');
  const mountPoint = usePathGrant('mount-point');
  const job = useJob(onClose);

  // The field was out of use while the job ran, which took the focus away.
  useEffect(() => {
    if (job.error !== null) input.current?.focus();
  }, [job.error]);

  const close = useCallback(() => {
    clearInput(input.current);
    onClose();
  }, [onClose]);

  const takeWords = () => {
    const taken = takeRecoveryKey(words.current);
    if ('kind' in taken) return taken;
    setDefect(taken.defect);
    return null;
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (job.isRunning) return;
    const [keyfileGrant, mountPointGrant] = await Promise.all([
      keyfile.obtain(),
      mountPoint.obtain(),
    ]);
    // A mount point that main does not take is shown at its field; the default is not what was meant.
    if (mountPointGrant === null && mountPoint.text.trim() !== '') return;
    const secret =
      kind === 'recovery' ? takeWords() : takeSecret(kind, input.current, keyfileGrant?.grantId);
    if (secret === null) return;
    const request = {
      vaultId: vault.id,
      secret,
      mountPointGrantId: mountPointGrant?.grantId ?? null,
      isReadOnly,
      backend,
      isRemembered: isRemembered && kind === 'passphrase',
      isCostAccepted,
    };
    try {
      await job.start(() => bridge.call('vault.mount', request));
    } finally {
      if (secret.kind === 'passphrase') secret.bytes.fill(0);
    }
  };
  return {
    input,
    kind,
    setKind,
    words,
    defect,
    clearDefect: () => setDefect(null),
    isReadOnly,
    setReadOnly,
    backend,
    setBackend,
    preferred: vault.backendPreference.backend ?? settings.backend,
    isRemembered,
    setRemembered,
    isCostAccepted,
    setCostAccepted,
    keyfile,
    mountPoint,
    job,
    close,
    submit,
  };
}

function takeSecret(
  kind: string,
  input: HTMLInputElement | null,
  keyfileGrantId: string | undefined,
): UnlockSecretInput | null {
  if (kind === 'stored') return { kind };
  if (kind === 'passphrase') return { kind, bytes: takePassphrase(input) };
  return keyfileGrantId === undefined ? null : { kind: 'keyfile', grantId: keyfileGrantId };
}

function SecretField({ form, isDisabled }: { form: UnlockForm; isDisabled: boolean }) {
  const { hasNativeDialogs, canStorePassphrases } = useCapabilities();
  if (form.kind === 'stored') return <Text size="sm">{t('unlock.storedText')}</Text>;
  if (form.kind === 'recovery') {
    return (
      <RecoveryField
        inputRef={form.words}
        defect={form.defect}
        onEdit={form.clearDefect}
        isDisabled={isDisabled}
      />
    );
  }
  if (form.kind === 'passphrase') {
    return (
      <>
        <PassphraseField
          label={t('unlock.passphrase')}
          inputRef={form.input}
          isDisabled={isDisabled}
          autoFocus
        />
        {canStorePassphrases && (
          <Checkbox
            label={t('unlock.remember')}
            description={t('unlock.rememberText')}
            checked={form.isRemembered}
            disabled={isDisabled}
            onChange={(event) => form.setRemembered(event.currentTarget.checked)}
          />
        )}
      </>
    );
  }
  return (
    <PathField
      label={t('unlock.keyfile')}
      text={form.keyfile.text}
      error={form.keyfile.error === null ? undefined : t('path.invalid')}
      hasNativeDialogs={hasNativeDialogs}
      onType={form.keyfile.type}
      onChoose={form.keyfile.choose}
      autoFocus
    />
  );
}

function MountOptions({ form }: { form: UnlockForm }) {
  const { hasNativeDialogs } = useCapabilities();
  return (
    <Fold label={t('unlock.options')}>
      <Stack gap="md">
        <Switch
          label={t('unlock.readOnly')}
          description={t('unlock.readOnlyText')}
          checked={form.isReadOnly}
          onChange={(event) => form.setReadOnly(event.currentTarget.checked)}
        />
        <BackendSelect
          label={t('backend.field')}
          value={form.backend}
          noChoice={t('backend.asVault', { backend: t(`backend.${form.preferred}`) })}
          onChange={form.setBackend}
        />
        <PathField
          label={t('unlock.mountPoint')}
          description={t('unlock.mountPointText')}
          text={form.mountPoint.text}
          error={form.mountPoint.error === null ? undefined : t('path.invalid')}
          hasNativeDialogs={hasNativeDialogs}
          onType={form.mountPoint.type}
          onChoose={form.mountPoint.choose}
        />
      </Stack>
    </Fold>
  );
}
