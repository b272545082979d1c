import {
  DIRECTIONS,
  type DirectionStatistics,
  type VolumeStatistics,
} from '../../../shared/model/statistics.ts';
import { Gauge } from '../../components/gauge.tsx';
import { formatBytes, formatCount, formatDuration } from '../../i18n/format.ts';
import { formatPercent } from '../../i18n/format-rate.ts';
import type { MessageKey } from '../../i18n/messages-en.ts';
import { t } from '../../i18n/translate.ts';
import { DirectionHead } from './direction-head.tsx';
import figures from './figures.module.css';
import classes from './since-mount.module.css';

type SinceMountProps = Readonly<{ statistics: VolumeStatistics; sinceMs: number | null }>;

const COUNTS: readonly Readonly<{
  words: MessageKey;
  say: (direction: DirectionStatistics) => string;
}>[] = [
  { words: 'performance.count', say: ({ requests }) => formatCount(requests) },
  { words: 'performance.split', say: ({ split }) => formatCount(split) },
  { words: 'performance.errors', say: ({ errors }) => formatCount(errors) },
  { words: 'performance.asked', say: ({ bytes }) => formatBytes(bytes) },
];

/** All that a mount has done: what was asked of it, what of that was ciphered, and what memory spared. */
export function SinceMount({ statistics, sinceMs }: SinceMountProps) {
  const { cache } = statistics;
  return (
    <div className={classes['sides']}>
      {cache && (
        <div className={classes['hits']}>
          <CacheGauge hits={cache.hits} misses={cache.misses} />
          <p className={figures['scope']}>{t('performance.cacheText')}</p>
        </div>
      )}
      <div>
        <table className={figures['table']} aria-label={t('performance.sinceMount')}>
          <DirectionHead />
          <tbody>
            {COUNTS.map(({ words, say }) => (
              <tr key={words}>
                <th scope="row">{t(words)}</th>
                {DIRECTIONS.map((direction) => (
                  <td key={direction}>{say(statistics[direction])}</td>
                ))}
              </tr>
            ))}
            {cache && (
              <tr>
                <th scope="row">{t('performance.ciphered')}</th>
                <td>{formatBytes(cache.decryptedBytes)}</td>
                <td>{formatBytes(cache.encryptedBytes)}</td>
              </tr>
            )}
          </tbody>
        </table>
        {sinceMs !== null && (
          <p className={figures['scope']}>
            {t('performance.mountedFor', {
              time: formatDuration(Math.max(0, statistics.atMs - sinceMs)),
            })}
          </p>
        )}
      </div>
    </div>
  );
}

function CacheGauge({ hits, misses }: Readonly<{ hits: number; misses: number }>) {
  const lookups = hits + misses;
  const share = lookups === 0 ? 0 : hits / lookups;
  return (
    <Gauge fraction={share} text={lookups === 0 ? t('performance.none') : formatPercent(share)} />
  );
}
