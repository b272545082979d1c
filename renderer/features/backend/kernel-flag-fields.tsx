import { Checkbox, Stack, Text } from '@mantine/core';
import {
  KERNEL_FLAG_NAMES,
  type KernelFlagName,
  type KernelFlagWarning,
  type KernelVersion,
  warnAboutFlags,
} from '../../../shared/model/dmcrypt.ts';
import { t } from '../../i18n/translate.ts';

type KernelFlagFieldsProps = Readonly<{
  flags: readonly KernelFlagName[];
  /** Of the running kernel; `null` while it is not known. */
  kernel: KernelVersion | null;
  isDisabled: boolean;
  onChange: (changes: Readonly<Partial<Record<KernelFlagName, boolean>>>) => void;
}>;

/**
 * Every flag of dm-crypt with what it does, and whether the running kernel makes it void; what else
 * speaks against it is said where it is set.
 */
export function KernelFlagFields({ flags, kernel, isDisabled, onChange }: KernelFlagFieldsProps) {
  const warningsOf = (name: KernelFlagName) =>
    warnAboutFlags(flags.includes(name) ? flags : [name], kernel).filter(
      ({ flag, code }) => flag === name && (flags.includes(name) || isOfKernel(code)),
    );
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {t('kernel.flagsText')}
      </Text>
      {KERNEL_FLAG_NAMES.map((name) => (
        <Checkbox
          key={name}
          label={t(`flag.${name}`)}
          description={[
            t(`flag.${name}Text`),
            ...warningsOf(name).map(({ code }) => t(`flagWarning.${code}`)),
          ].join(' ')}
          checked={flags.includes(name)}
          disabled={isDisabled}
          onChange={(event) => onChange({ [name]: event.currentTarget.checked })}
        />
      ))}
    </Stack>
  );
}

function isOfKernel(code: KernelFlagWarning['code']): boolean {
  return code === 'kernel-too-old' || code === 'void-in-hard-interrupts';
}
