import { Checkbox, Stack, Text } from '@mantine/core';
import {
  KERNEL_FLAG_NAMES,
  type KernelFlagName,
  parseKernelVersion,
  warnAboutFlags,
} from '../../../shared/model/dmcrypt.ts';
import { t } from '../../i18n/translate.ts';

type KernelFlagFieldsProps = Readonly<{
  flags: readonly KernelFlagName[];
  /** Of the running kernel; `null` while it is not known. */
  kernelRelease: string | null;
  isDisabled: boolean;
  onChange: (flags: readonly KernelFlagName[]) => void;
}>;

/** Every flag of dm-crypt with what it does, and what speaks against it here where it is set. */
export function KernelFlagFields({
  flags,
  kernelRelease,
  isDisabled,
  onChange,
}: KernelFlagFieldsProps) {
  const kernel = kernelRelease === null ? null : parseKernelVersion(kernelRelease);
  const warnings = warnAboutFlags(flags, kernel);
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
            ...warnings
              .filter(({ flag }) => flag === name)
              .map(({ code }) => t(`flagWarning.${code}`)),
          ].join(' ')}
          checked={flags.includes(name)}
          disabled={isDisabled}
          onChange={(event) => {
            const isSet = event.currentTarget.checked;
            onChange(isSet ? [...flags, name] : flags.filter((flag) => flag !== name));
          }}
        />
      ))}
    </Stack>
  );
}
