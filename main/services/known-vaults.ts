import { VaultError } from '../../shared/errors/vault-error.ts';
import { BenchmarkRepository } from '../store/benchmark-repository.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { HeaderBackupRepository } from '../store/header-backup-repository.ts';
import { VaultRepository } from '../store/vault-repository.ts';

export type KnownVaults = Disposable &
  Readonly<{
    vaults: VaultRepository;
    benchmarks: BenchmarkRepository;
    backups: HeaderBackupRepository;
  }>;

/**
 * Opens the list of known vaults; in memory where its folder or file cannot be used.
 *
 * @param onFallback - Told why, where that is so.
 * @throws StateError `database-newer`
 */
export function openKnownVaults(onFallback: (reason: string) => void): KnownVaults {
  const database = openDatabaseOrMemory(onFallback);
  return {
    vaults: new VaultRepository(database),
    benchmarks: new BenchmarkRepository(database),
    backups: new HeaderBackupRepository(database),
    [Symbol.dispose]: () => database.close(),
  };
}

/**
 * Opens the database; one in memory where its folder or file cannot be used.
 *
 * @param onFallback - Told why, where that is so.
 * @throws StateError `database-newer`
 */
export function openDatabaseOrMemory(onFallback: (reason: string) => void): Database {
  try {
    return openDatabase();
  } catch (error) {
    if (error instanceof VaultError) throw error;
    onFallback(error instanceof Error && 'code' in error ? String(error.code) : 'unknown');
    return openDatabase(':memory:');
  }
}
