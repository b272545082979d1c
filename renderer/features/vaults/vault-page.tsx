import { Tabs, UnstyledButton } from '@mantine/core';
import type { ComponentType, ReactNode } from 'react';
import type { Settings } from '../../../shared/model/settings.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import { ChevronIcon } from '../../components/icons.tsx';
import { Screen } from '../../components/screen.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import type { MessageKey } from '../../i18n/messages-en.ts';
import { t } from '../../i18n/translate.ts';
import type { VaultActions } from './vault-actions.ts';
import { VaultButtons } from './vault-buttons.tsx';
import classes from './vault-page.module.css';
import { STATE_TONES } from './vault-state.ts';

/** What the content of a tab is given. */
export type VaultTabProps = Readonly<{
  vault: VaultSnapshot;
  settings: Settings;
  actions: VaultActions;
}>;

/** One tab of a vault's page. `name` stands in the route, `label` in the tab. */
export type VaultTab = Readonly<{
  name: string;
  label: MessageKey;
  Content: ComponentType<VaultTabProps>;
}>;

type VaultPageProps = VaultTabProps &
  Readonly<{
    tabs: readonly VaultTab[];
    /** Name of the tab in view. */
    tab: string;
    onTab: (name: string) => void;
    onBack: () => void;
    /** What was refused, above the tabs. */
    notices: ReactNode;
  }>;

/** All about one vault. Only the tab in view is rendered, so that no other measures or asks. */
export function VaultPage({ tabs, tab, onTab, onBack, notices, ...content }: VaultPageProps) {
  const { vault, actions } = content;
  return (
    <Screen
      title={vault.name}
      mark={<StateBadge tone={STATE_TONES[vault.state]}>{t(`state.${vault.state}`)}</StateBadge>}
      subtitle={vault.path}
      back={
        <UnstyledButton className={classes['back']} onClick={onBack}>
          <ChevronIcon size={14} />
          {t('vault.back')}
        </UnstyledButton>
      }
      actions={<VaultButtons vault={vault} actions={actions} />}
    >
      {notices}
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(name) => name !== null && onTab(name)}
        classNames={{ panel: classes['panel'] ?? '' }}
      >
        <Tabs.List aria-label={t('vault.tabs', { name: vault.name })}>
          {tabs.map(({ name, label }) => (
            <Tabs.Tab key={name} value={name}>
              {t(label)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map(({ name, Content }) => (
          <Tabs.Panel key={name} value={name}>
            <Content {...content} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Screen>
  );
}
