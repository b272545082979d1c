import { DIRECTIONS, type VolumeStatistics } from '../../../shared/model/statistics.ts';
import { Gauge } from '../../components/gauge.tsx';
import { formatBytes } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';
import classes from './cache-panel.module.css';
import figures from './figures.module.css';

/** What the cache spares the container: share of hits, and bytes asked for beside bytes ciphered. */
export function CachePanel({ statistics }: { statistics: VolumeStatistics }) {
  const { cache } = statistics;
  if (!cache) return null;
  const lookups = cache.hits + cache.misses;
  const share = lookups === 0 ? 0 : cache.hits / lookups;
  const ciphered = { read: cache.decryptedBytes, write: cache.encryptedBytes };
  return (
    <div className={classes['cache']}>
      <div className={classes['hits']}>
        <Gauge
          fraction={share}
          text={
            lookups === 0
              ? t('performance.none')
              : t('performance.percent', { value: Math.round(share * 100) })
          }
        />
        <p className={figures['scope']}>{t('performance.cacheText')}</p>
      </div>
      <table className={figures['table']} aria-label={t('performance.sinceMount')}>
        <thead>
          <tr>
            <td />
            <th scope="col">{t('performance.asked')}</th>
            <th scope="col">{t('performance.ciphered')}</th>
          </tr>
        </thead>
        <tbody>
          {DIRECTIONS.map((direction) => (
            <tr key={direction}>
              <th scope="row">{t(`engine.${direction}`)}</th>
              <td>{formatBytes(statistics[direction].bytes)}</td>
              <td>{formatBytes(ciphered[direction])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
