import { SegmentedControl, Stack, TextInput } from '@mantine/core';
import { type FormEvent, type RefObject, useRef, useState } from 'react';
import type { SecretInput } from '../../../shared/ipc/contract.ts';
import type { KeyInfo } from '../../../shared/model/keys.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { useBridge, useCapabilities } from '../../bridge/bridge-context.tsx';
import { type PathChoice, usePathGrant } from '../../bridge/use-path-grant.ts';
import { useSecretEntry, wipeSecret } from '../../bridge/use-secret-entry.ts';
import { Dialog } from '../../components/dialog.tsx';
import { PassphraseField, takePassphrase } from '../../components/passphrase-field.tsx';
import { PathField } from '../../components/path-field.tsx';
import { SecretField } from '../../components/secret-field.tsx';
import { t } from '../../i18n/translate.ts';
import { useJob } from '../../store/use-job.ts';
import { JobButtons } from './job-buttons.tsx';
import { type KeyCost, KeyCostField, kdfOf } from './key-cost-field.tsx';
import { keyName } from './use-keys.ts';

type StoreKeyDialogProps = Readonly<{
  vault: VaultSnapshot;
  kdfTimeMs: number;
  /** Which has room for no names, and for PBKDF2 alone. */
  isLuks1: boolean;
  /** The key that is changed; null: one is added. */
  changed: KeyInfo | null;
  onDone: () => void;
  onClose: () => void;
}>;

/** Adds a passphrase or a keyfile, or puts one in the place of another key. */
export function StoreKeyDialog(props: StoreKeyDialogProps) {
  const { vault, changed, onClose } = props;
  const { hasNativeDialogs } = useCapabilities();
  const form = useStoreKey(props);
  const title =
    changed === null
      ? t('key.addTitle', { name: vault.name })
      : t('key.changeTitle', { key: keyName(changed) });
  return (
    <Dialog onClose={onClose} title={title} size="lg">
      <form onSubmit={form.submit}>
        <Stack gap="md">
          <SecretField
            entry={form.existing}
            label={t('key.existingPassphrase')}
            hasNativeDialogs={hasNativeDialogs}
            isDisabled={form.job.isRunning}
          />
          <NewKeyFields
            fields={form.fields}
            isDisabled={form.job.isRunning}
            hasNativeDialogs={hasNativeDialogs}
          />
          {changed === null && !props.isLuks1 && (
            <TextInput
              label={t('key.name')}
              description={t('key.nameText')}
              value={form.name}
              maxLength={64}
              autoComplete="off"
              onChange={(event) => form.setName(event.currentTarget.value)}
            />
          )}
          {!props.isLuks1 && <KeyCostField cost={form.cost} onChange={form.setCost} />}
          <JobButtons
            job={form.job}
            title={t('job.key', { subject: vault.name })}
            submit={t(changed === null ? 'key.addSubmit' : 'key.changeSubmit')}
            onClose={onClose}
          />
        </Stack>
      </form>
    </Dialog>
  );
}

function useStoreKey({ vault, kdfTimeMs, isLuks1, changed, onDone }: StoreKeyDialogProps) {
  const bridge = useBridge();
  const existing = useSecretEntry();
  const fields = useNewKey();
  const [name, setName] = useState('');
  const [cost, setCost] = useState<KeyCost>(isLuks1 ? 'compatible' : 'strong');
  const job = useJob(onDone);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (job.isRunning || !fields.isMatching()) return;
    const present = await existing.take();
    const added = present === null ? null : await fields.take();
    if (present === null || added === null) return;
    const kind = fields.kind;
    const common = {
      vaultId: vault.id,
      existing: present,
      added,
      kind,
      kdf: kdfOf(cost, kdfTimeMs),
    };
    try {
      await job.start(() =>
        changed === null
          ? bridge.call('key.add', { ...common, name: name.trim() })
          : bridge.call('key.change', { ...common, keyslotId: changed.keyslotId }),
      );
    } finally {
      wipeSecret(present);
      wipeSecret(added);
    }
  };
  return { existing, fields, name, setName, cost, setCost, job, submit };
}

type NewKey = Readonly<{
  kind: 'passphrase' | 'keyfile';
  setKind: (kind: 'passphrase' | 'keyfile') => void;
  passphrase: RefObject<HTMLInputElement | null>;
  repeated: RefObject<HTMLInputElement | null>;
  keyfile: PathChoice;
  hasMismatch: boolean;
  clearMismatch: () => void;
  /** Says so at the field where the two passphrases differ. */
  isMatching: () => boolean;
  take: () => Promise<SecretInput | null>;
}>;

function useNewKey(): NewKey {
  const [kind, setKind] = useState<'passphrase' | 'keyfile'>('passphrase');
  const [hasMismatch, setMismatch] = useState(false);
  const passphrase = useRef<HTMLInputElement>(null);
  const repeated = useRef<HTMLInputElement>(null);
  const keyfile = usePathGrant('keyfile');
  return {
    kind,
    setKind,
    passphrase,
    repeated,
    keyfile,
    hasMismatch,
    clearMismatch: () => setMismatch(false),
    isMatching: () => {
      if (kind === 'keyfile') return true;
      const isSame = passphrase.current?.value === repeated.current?.value;
      setMismatch(!isSame);
      return isSame && passphrase.current?.value !== '';
    },
    take: async () => {
      if (kind === 'keyfile') {
        const grant = await keyfile.obtain();
        return grant === null ? null : { kind, grantId: grant.grantId };
      }
      takePassphrase(repeated.current).fill(0);
      return { kind, bytes: takePassphrase(passphrase.current) };
    },
  };
}

function NewKeyFields({
  fields,
  isDisabled,
  hasNativeDialogs,
}: Readonly<{ fields: NewKey; isDisabled: boolean; hasNativeDialogs: boolean }>) {
  return (
    <Stack gap="sm">
      <SegmentedControl
        aria-label={t('key.newKind')}
        fullWidth
        value={fields.kind}
        disabled={isDisabled}
        onChange={(value) => fields.setKind(value === 'keyfile' ? 'keyfile' : 'passphrase')}
        data={[
          { value: 'passphrase', label: t('unlock.withPassphrase') },
          { value: 'keyfile', label: t('unlock.withKeyfile') },
        ]}
      />
      {fields.kind === 'passphrase' ? (
        <>
          <PassphraseField
            label={t('key.newPassphrase')}
            inputRef={fields.passphrase}
            isDisabled={isDisabled}
            onEdit={fields.clearMismatch}
          />
          <PassphraseField
            label={t('key.repeat')}
            inputRef={fields.repeated}
            isDisabled={isDisabled}
            error={fields.hasMismatch ? t('key.mismatch') : undefined}
            onEdit={fields.clearMismatch}
          />
        </>
      ) : (
        <PathField
          label={t('key.new')}
          text={fields.keyfile.text}
          error={fields.keyfile.error === null ? undefined : t('path.invalid')}
          hasNativeDialogs={hasNativeDialogs}
          onType={fields.keyfile.type}
          onChoose={fields.keyfile.choose}
        />
      )}
    </Stack>
  );
}
