import { ErrorNotice } from '../../components/error-notice.tsx';
import { Section } from '../../components/screen.tsx';
import { t } from '../../i18n/translate.ts';
import { HeaderFacts } from './header-facts.tsx';
import { MountFacts } from './mount-facts.tsx';
import type { VaultTabProps } from './vault-page.tsx';

/** How a vault is now, and what its header says. */
export function VaultOverview({ vault, actions }: VaultTabProps) {
  return (
    <>
      {vault.lastError !== null && <ErrorNotice error={vault.lastError} />}
      {vault.state === 'mounted' && (
        <Section title={t('vault.mounted')}>
          <MountFacts vault={vault} onShowPerformance={() => actions.open(vault, 'performance')} />
        </Section>
      )}
      <Section title={t('vault.header')}>
        <HeaderFacts vault={vault} />
      </Section>
    </>
  );
}
