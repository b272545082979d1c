import { Button, Group, Text, Title } from '@mantine/core';
import { AddFileIcon, LockIcon, PlusIcon } from '../../components/icons.tsx';
import { t } from '../../i18n/translate.ts';
import classes from './empty-state.module.css';

type EmptyStateProps = Readonly<{ onCreate: () => void; onAdd: () => void }>;

/** What a vault is and how to get one, where there is none yet. */
export function EmptyState({ onCreate, onAdd }: EmptyStateProps) {
  return (
    <div className={classes['empty']}>
      <span className={classes['tile']} aria-hidden="true">
        <LockIcon size={38} />
      </span>
      <Title order={2} size="h3">
        {t('vaults.emptyTitle')}
      </Title>
      <Text c="dimmed" maw={440} ta="center" lh={1.55}>
        {t('vaults.emptyText')}
      </Text>
      <Group gap="sm" mt="xs" justify="center">
        <Button size="md" leftSection={<PlusIcon />} onClick={onCreate}>
          {t('vaults.emptyCreate')}
        </Button>
        <Button size="md" variant="default" leftSection={<AddFileIcon />} onClick={onAdd}>
          {t('vaults.emptyAdd')}
        </Button>
      </Group>
      <Text c="dimmed" size="sm">
        {t('vaults.emptyDrop')}
      </Text>
    </div>
  );
}
