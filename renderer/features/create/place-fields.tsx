import { Radio, Stack, TextInput } from '@mantine/core';
import { useCapabilities } from '../../bridge/bridge-context.tsx';
import { PathField } from '../../components/path-field.tsx';
import { SpaceBar } from '../../components/space-bar.tsx';
import { errorWords } from '../../i18n/error-words.ts';
import { formatBytes } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';
import { findSizeFault, readSize } from './create-form.ts';
import classes from './create-screen.module.css';
import type { Create } from './use-create.ts';

/** Where the file goes and how large it may become, beside what is free there. */
export function PlaceFields({ create }: { create: Create }) {
  const { hasNativeDialogs } = useCapabilities();
  const { path, place, form } = create;
  const { sizeText, allocate } = form.fields;
  const sizeBytes = readSize(sizeText);
  return (
    <>
      <PathField
        label={t('create.path')}
        text={path.text}
        error={findPathFault(create)}
        hasNativeDialogs={hasNativeDialogs}
        onType={path.type}
        onChoose={path.choose}
      />
      <div className={classes['pair']}>
        <TextInput
          label={t('create.size')}
          description={t('create.sizeHint')}
          value={sizeText}
          error={findSizeFault(sizeText, place)}
          autoComplete="off"
          onChange={(event) => form.set({ sizeText: event.currentTarget.value })}
        />
      </div>
      {place !== null && sizeBytes !== null && (
        <SpaceBar
          label={t('create.space')}
          text={t(allocate ? 'create.spaceText' : 'create.spaceTextSparse', {
            size: formatBytes(sizeBytes),
            free: formatBytes(place.freeBytes),
          })}
          fraction={sizeBytes / Math.max(1, place.freeBytes)}
        />
      )}
      <Radio.Group
        label={t('create.allocation')}
        value={allocate ? 'full' : 'sparse'}
        onChange={(value) => form.set({ allocate: value === 'full' })}
      >
        <Stack gap="sm" mt={8}>
          <Radio value="sparse" label={t('create.sparse')} description={t('create.sparseText')} />
          <Radio value="full" label={t('create.full')} description={t('create.allocateText')} />
        </Stack>
      </Radio.Group>
    </>
  );
}

function findPathFault({ path, place, placeError }: Create): string | undefined {
  if (path.error !== null) return t('path.invalid');
  if (place?.exists === true) return t('create.exists');
  return placeError === null ? undefined : errorWords(placeError).title;
}
