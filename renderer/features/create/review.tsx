import { Fragment } from 'react';

import { formatBytes, formatSeconds } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';
import { readSize } from './create-form.ts';
import classes from './create-screen.module.css';
import type { Create } from './use-create.ts';

/** All that was chosen, once more, before it is done. */
export function Review({ create }: { create: Create }) {
  const { fields } = create.form;
  const facts: readonly (readonly [string, string])[] = [
    [t('create.path'), create.path.text],
    [t('create.size'), formatBytes(readSize(fields.sizeText) ?? 0)],
    [t('create.allocation'), t(fields.allocate ? 'create.full' : 'create.sparse')],
    [t('create.filesystem'), t(`create.${fields.filesystem}`)],
    [
      t('unlock.with'),
      t(create.secretKind === 'keyfile' ? 'unlock.withKeyfile' : 'unlock.withPassphrase'),
    ],
    [
      t('create.kdfTime'),
      t('create.reviewKdf', { seconds: formatSeconds(fields.kdfTimeMs), kdf: fields.kdfType }),
    ],
    [
      t('create.cipher'),
      t('create.reviewCipher', { aes: fields.keyBits / 2, sector: fields.sectorBytes }),
    ],
  ];
  return (
    <>
      <dl className={classes['review']}>
        {facts.map(([term, value]) => (
          <Fragment key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
      </dl>
      <p className={classes['hint']}>{t('create.reviewText')}</p>
    </>
  );
}
