import { Button, Group, List, Switch, Text } from '@mantine/core';
import { MOUNT_BACKENDS } from '../../../shared/model/backend.ts';
import type { KernelFlagName } from '../../../shared/model/dmcrypt.ts';
import type { Settings } from '../../../shared/model/settings.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { BackendSelect } from '../../components/backend-select.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Section } from '../../components/screen.tsx';
import { t } from '../../i18n/translate.ts';
import { KernelFlagFields } from './kernel-flag-fields.tsx';
import { type Backend, useBackend } from './use-backend.ts';

type VaultBackendProps = Readonly<{ vault: VaultSnapshot; settings: Settings }>;

/** How a vault is mounted and why so, and the flags of the kernel's engine. */
export function VaultBackend({ vault, settings }: VaultBackendProps) {
  const backend = useBackend(vault);
  return (
    <>
      {backend.error !== null && <ErrorNotice error={backend.error} />}
      <Section title={t('backend.title')}>
        <BackendInForce vault={vault} />
        <BackendField vault={vault} settings={settings} backend={backend} />
      </Section>
      <Section title={t('kernel.flags')}>
        <KernelFlags vault={vault} backend={backend} />
      </Section>
      <AdviceSection backend={backend} />
    </>
  );
}

type BackendFieldProps = VaultBackendProps & Readonly<{ backend: Backend }>;

/** How the vault is to be mounted from the next time on: by us, or by the kernel. */
export function BackendField({ vault, settings, backend }: BackendFieldProps) {
  return (
    <BackendSelect
      label={t('backend.field')}
      description={t('backend.fieldText')}
      value={vault.backendPreference.backend}
      noChoice={t('backend.asSettings', { backend: t(`backend.${settings.backend}`) })}
      onChange={(choice) => backend.change({ backend: choice })}
    />
  );
}

/** Which backend serves the vault now, and why none before it. */
function BackendInForce({ vault }: { vault: VaultSnapshot }) {
  const { kernel } = vault;
  if (vault.backend === null) return <Text size="sm">{t('backend.locked')}</Text>;
  const known = ([...MOUNT_BACKENDS, 'nbd'] as const).find((name) => name === vault.backend);
  const name = known === undefined ? vault.backend : t(`backend.${known}`);
  return (
    <div role="status">
      <Text size="sm">{t('backend.inForce', { backend: name })}</Text>
      {kernel !== null && (
        <Text size="sm">
          {t('kernel.inForce', {
            flags: wordsOf(kernel.flags),
            cipher: kernel.cipher ?? t('kernel.cipherUnknown'),
            device: kernel.device,
          })}
        </Text>
      )}
      {kernel !== null && kernel.voidFlags.length > 0 && (
        <Text size="sm">{t('kernel.void', { flags: wordsOf(kernel.voidFlags) })}</Text>
      )}
      {vault.backendNotes.map((note) => (
        <Text key={note} size="sm" c="dimmed">
          {note}
        </Text>
      ))}
    </div>
  );
}

/** Of a vault that the helper has opened they change at once, of another from the next mount. */
export function KernelFlags({ vault, backend }: { vault: VaultSnapshot; backend: Backend }) {
  const { kernel, backendPreference } = vault;
  const isLive = vault.backend === 'dmcrypt' && kernel !== null;
  if (vault.backend === 'udisks') return <Text size="sm">{t('kernel.fromHeader')}</Text>;
  const own = backendPreference.flags;
  const flags = isLive ? kernel.flags : (own ?? []);
  return (
    <>
      {!isLive && (
        <Switch
          label={t('kernel.own')}
          description={t('kernel.ownText')}
          checked={own !== null}
          onChange={(event) => backend.change({ flags: event.currentTarget.checked ? [] : null })}
        />
      )}
      <KernelFlagFields
        flags={flags}
        kernel={backend.advice?.facts.kernel ?? null}
        isDisabled={backend.isRunning || (!isLive && own === null)}
        onChange={(flagChanges) => backend.change({ flagChanges })}
      />
    </>
  );
}

function AdviceSection({ backend: { advice, change, isRunning } }: { backend: Backend }) {
  if (advice === null) return null;
  return (
    <Section title={t('kernel.advice')}>
      <Text size="sm">{t('kernel.advised', { flags: wordsOf(advice.flags) })}</Text>
      <List size="sm">
        {advice.reasons.map(({ code }) => (
          <List.Item key={code}>{t(`advice.${code}`)}</List.Item>
        ))}
      </List>
      <Group>
        <Button
          variant="default"
          disabled={isRunning}
          onClick={() => change({ flags: advice.flags })}
        >
          {t('kernel.useAdvice')}
        </Button>
      </Group>
    </Section>
  );
}

function wordsOf(flags: readonly KernelFlagName[]): string {
  return flags.map((flag) => t(`flag.${flag}`)).join(', ') || t('kernel.noFlags');
}
