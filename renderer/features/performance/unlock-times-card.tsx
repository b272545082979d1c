import {
  UNLOCK_PARTS,
  type UnlockPart,
  type UnlockTimes,
} from '../../../shared/model/unlock-times.ts';
import { Section } from '../../components/screen.tsx';
import { formatMicroseconds } from '../../i18n/format.ts';
import { formatPercent } from '../../i18n/format-rate.ts';
import { t } from '../../i18n/translate.ts';
import figures from './figures.module.css';
import bar from './stage-bar.module.css';

/** Colours of the stages that are alike: the derivation is cipher work, the header comes from storage. */
const COLOURS: Readonly<Record<UnlockPart, string>> = {
  header: 'storage',
  derivation: 'crypto',
  area: 'cache',
  digest: 'hand-over',
  mount: 'transport',
};
/** Share of the bar from which on a part has room for its number. */
const NUMBERED_SHARE = 0.07;

/** Where the time of the last unlock went: a bar, and the same in figures, which is its legend. */
export function UnlockTimesCard({ times }: { times: UnlockTimes }) {
  const totalMs = UNLOCK_PARTS.reduce((sum, part) => sum + times[part], 0);
  const say = (milliseconds: number) => formatMicroseconds(milliseconds * 1000);
  return (
    <Section title={t('unlockTimes.title')}>
      <div className={bar['track']} aria-hidden="true">
        {UNLOCK_PARTS.filter((part) => times[part] > 0).map((part) => (
          <span
            key={part}
            className={bar['part']}
            data-stage={COLOURS[part]}
            style={{ flexGrow: times[part] / totalMs }}
          >
            {times[part] / totalMs >= NUMBERED_SHARE && numberOf(part)}
          </span>
        ))}
      </div>
      <table className={figures['table']} aria-label={t('unlockTimes.title')}>
        <tbody>
          {UNLOCK_PARTS.map((part) => (
            <tr key={part}>
              <th scope="row">
                <span className={bar['mark']} data-stage={COLOURS[part]} aria-hidden="true">
                  {numberOf(part)}
                </span>{' '}
                {t(`unlockTimes.${part}`)}
              </th>
              <td>{say(times[part])}</td>
              <td>{formatPercent(totalMs === 0 ? 0 : times[part] / totalMs)}</td>
            </tr>
          ))}
          <tr className={figures['total']}>
            <th scope="row">{t('unlockTimes.total')}</th>
            <td>{say(totalMs)}</td>
            <td />
          </tr>
        </tbody>
      </table>
    </Section>
  );
}

function numberOf(part: UnlockPart): number {
  return UNLOCK_PARTS.indexOf(part) + 1;
}
