import { ActionIcon, Menu } from '@mantine/core';
import { KEY_MACHINES, type KeyInfo, type KeyListing } from '../../../shared/model/keys.ts';
import { MoreIcon } from '../../components/icons.tsx';
import { formatList, formatSeconds, formatWhen } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';
import classes from './key-table.module.css';
import { keyName } from './use-keys.ts';

/** What can be done with one key. */
export type KeyAction = 'test' | 'change' | 'rename' | 'remove';

type KeyTableProps = Readonly<{
  listing: KeyListing;
  onAct: (action: KeyAction, key: KeyInfo) => void;
  onPriority: (key: KeyInfo, priority: KeyInfo['priority']) => void;
}>;

/** The keys of a vault: what they are, what they cost, where they open. */
export function KeyTable({ listing, onAct, onPriority }: KeyTableProps) {
  return (
    <div className={classes['frame']}>
      <table className={classes['table']}>
        <thead>
          <tr>
            <th scope="col">{t('keys.column.key')}</th>
            <th scope="col">{t('keys.column.cost')}</th>
            <th scope="col">{t('keys.column.opensOn')}</th>
            <th scope="col">{t('keys.column.actions')}</th>
          </tr>
        </thead>
        <tbody>
          {listing.keys.map((key) => (
            <tr key={key.keyslotId}>
              <td>
                <div className={classes['name']}>{keyName(key)}</div>
                <div className={classes['dim']}>{describeKey(key)}</div>
              </td>
              <td>{describeCost(key)}</td>
              <td>{describeMachines(key)}</td>
              <td>
                <KeyMenu
                  keyInfo={key}
                  format={listing.format}
                  onAct={onAct}
                  onPriority={onPriority}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type KeyMenuProps = Pick<KeyTableProps, 'onAct' | 'onPriority'> &
  Readonly<{ keyInfo: KeyInfo; format: KeyListing['format'] }>;

function KeyMenu({ keyInfo, format, onAct, onPriority }: KeyMenuProps) {
  const priorities = (['prefer', 'normal', 'ignore'] as const).filter(
    (priority) => format === 'luks2' && priority !== keyInfo.priority,
  );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('keys.more', { name: keyName(keyInfo) })}
        >
          <MoreIcon />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onAct('test', keyInfo)}>{t('keys.testThis')}</Menu.Item>
        <Menu.Item onClick={() => onAct('change', keyInfo)}>{t('keys.change')}</Menu.Item>
        {format === 'luks2' && (
          <Menu.Item onClick={() => onAct('rename', keyInfo)}>{t('keys.rename')}</Menu.Item>
        )}
        {priorities.map((priority) => (
          <Menu.Item key={priority} onClick={() => onPriority(keyInfo, priority)}>
            {t(`keys.${priority}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item color="red.9" onClick={() => onAct('remove', keyInfo)}>
          {t('keys.remove')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function describeKey({ keyslotId, label, priority, isBound }: KeyInfo): string {
  const since =
    label.createdAt === null
      ? null
      : t('keys.since', { date: formatWhen(Date.parse(label.createdAt), Date.now()) });
  const parts = [
    t(`keys.kind.${label.kind}`),
    since,
    label.name === '' ? null : t('keys.keyslot', { id: keyslotId }),
    priority === 'normal' ? null : t(`keys.priority.${priority}`),
    isBound ? null : t('keys.unbound'),
  ];
  return parts.filter((part) => part !== null).join(', ');
}

function describeCost({ costMs, kdf }: KeyInfo): string {
  const kind = kdf === null ? '' : ` (${kdf.type})`;
  if (costMs === null) return t('keys.costUnknown');
  return `${t('keys.cost', { seconds: formatSeconds(costMs) })}${kind}`;
}

function describeMachines({ opensOn }: KeyInfo): string {
  if (opensOn.length === 0) return t('keys.opensNowhere');
  const names = KEY_MACHINES.filter((machine) => opensOn.includes(machine));
  return formatList(names.map((machine) => t(`keys.machine.${machine}`)));
}
