import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import {
  type BackendChanges,
  type BackendChoice,
  type BackendPreference,
  backendPreferenceSchema,
  changeBackendPreference,
  NO_BACKEND_PREFERENCE,
} from '../../shared/model/backend.ts';
import {
  changePreference,
  type EngineChanges,
  type EnginePreference,
  enginePreferenceSchema,
  NO_ENGINE_PREFERENCE,
} from '../../shared/model/engine.ts';
import { type HeaderPin, headerPinSchema } from '../../shared/model/header-pin.ts';
import {
  changeVaultOptions,
  DEFAULT_VAULT_OPTIONS,
  type VaultChanges,
  type VaultOptions,
  vaultOptionsSchema,
} from '../../shared/model/vault-options.ts';
import type { Database } from './database.ts';
import { parseJson } from './parse-json.ts';
import { SettingsRepository } from './settings-repository.ts';

/** A known vault as it is stored. */
export type VaultRecord = Readonly<{
  id: string;
  path: string;
  name: string;
  uuid: string | null;
  label: string | null;
  /** Of a detached header; `null` where it lies in the container. */
  headerPath: string | null;
  addedMs: number;
  lastUsedMs: number | null;
  /** What is preferred for this vault alone. */
  preference: EnginePreference;
  /** How it is to be mounted, for this vault alone. */
  backendPreference: BackendPreference;
  options: VaultOptions;
}>;

/** A row as the database gives it: preference and options not yet believed. */
type VaultRow = Omit<VaultRecord, 'preference' | 'backendPreference' | 'options'> &
  Readonly<{
    read: string | null;
    write: string | null;
    provider: string | null;
    threads: number | null;
    backend: string | null;
    flags: string | null;
    driver: string | null;
    options: string | null;
  }>;

const COLUMNS = `id, path, name, uuid, label, header_path AS headerPath, added_ms AS addedMs,
  last_used_ms AS lastUsedMs,
  read_engine AS read, write_engine AS write, engine_provider AS provider,
  engine_threads AS threads, backend, kernel_flags AS flags, kernel_driver AS driver, options`;

/** The list of known vaults. Paths are absolute and unique. */
export class VaultRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Returns all vaults, the last used first. */
  list(): readonly VaultRecord[] {
    return this.#database
      .prepare<[], VaultRow>(
        `SELECT ${COLUMNS} FROM vaults ORDER BY coalesce(last_used_ms, added_ms) DESC,
         last_used_ms IS NULL, name`,
      )
      .all()
      .map(toRecord);
  }

  find(id: string): VaultRecord | undefined {
    return this.#findBy('id', id);
  }

  findByPath(path: string): VaultRecord | undefined {
    return this.#findBy('path', path);
  }

  #findBy(column: 'id' | 'path', value: string): VaultRecord | undefined {
    const row = this.#database
      .prepare<[string], VaultRow>(`SELECT ${COLUMNS} FROM vaults WHERE ${column} = ?`)
      .get(value);
    return row && toRecord(row);
  }

  /** Adds a vault, or brings a known one's UUID and label up to date; returns its id. */
  remember(path: string, header: Readonly<{ uuid: string; label: string }>): string {
    this.#database
      .prepare(
        `INSERT INTO vaults (id, path, name, uuid, label, added_ms) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (path) DO UPDATE SET uuid = excluded.uuid, label = excluded.label`,
      )
      .run(randomUUID(), path, basename(path), header.uuid, header.label, Date.now());
    return this.#database
      .prepare<[string], string>('SELECT id FROM vaults WHERE path = ?')
      .pluck()
      .get(path) as string; // inserted or updated just now
  }

  /** Returns what a vault's engine is to be: its own preference, else the app-wide one. */
  enginePreference(path: string): EnginePreference {
    const settings = new SettingsRepository(this.#database).read();
    const own = this.ownPreference(path);
    return {
      read: own.read ?? settings.readEngine,
      write: own.write ?? settings.writeEngine,
      provider: own.provider ?? settings.provider,
      threads: own.threads ?? settings.threads,
    };
  }

  /** Stores changes of a known vault's own preference. */
  preferEngine(path: string, changes: EngineChanges): void {
    const put = this.#database.prepare(
      `UPDATE vaults SET read_engine = ?, write_engine = ?, engine_provider = ?,
       engine_threads = ? WHERE path = ?`,
    );
    this.#inOneStep(() => {
      const changed = changePreference(this.ownPreference(path), changes);
      const { read, write, provider, threads } = changed;
      put.run(read, write, provider, threads, path);
    });
  }

  /** Returns what is preferred for this vault alone. */
  ownPreference(path: string): EnginePreference {
    return this.findByPath(path)?.preference ?? NO_ENGINE_PREFERENCE;
  }

  /** Stores changes of a known vault's name and options. */
  change(id: string, changes: VaultChanges): void {
    const put = this.#database.prepare('UPDATE vaults SET name = ?, options = ? WHERE id = ?');
    this.#inOneStep(() => {
      const record = this.find(id);
      if (record === undefined) return;
      const { autoLock } = new SettingsRepository(this.#database).read();
      const options = vaultOptionsSchema.parse(
        changeVaultOptions(record.options, changes, autoLock),
      );
      put.run(changes.name ?? record.name, JSON.stringify(options), id);
    });
  }

  /** Returns how a vault is to be mounted: its own preference, and the app-wide backend. */
  backendPreference(path: string): BackendPreference & { backend: BackendChoice } {
    const own = this.ownBackend(path);
    const { backend } = new SettingsRepository(this.#database).read();
    return { ...own, backend: own.backend ?? backend };
  }

  /** Stores changes of how a known vault is to be mounted. */
  preferBackend(path: string, changes: BackendChanges): void {
    const put = this.#database.prepare(
      'UPDATE vaults SET backend = ?, kernel_flags = ?, kernel_driver = ? WHERE path = ?',
    );
    this.#inOneStep(() => {
      const { backend, flags, driver } = changeBackendPreference(this.ownBackend(path), changes);
      put.run(backend, flags === null ? null : JSON.stringify(flags), driver, path);
    });
  }

  /** Returns how this vault alone is to be mounted; what this Lockline does not know is left out. */
  ownBackend(path: string): BackendPreference {
    return this.findByPath(path)?.backendPreference ?? NO_BACKEND_PREFERENCE;
  }

  /** Stores what a vault's header said when it was unlocked, and where it lies. */
  pinHeader(path: string, pin: HeaderPin, headerPath: string | null): void {
    this.#database
      .prepare('UPDATE vaults SET header_pin = ?, header_path = ? WHERE path = ?')
      .run(JSON.stringify(pin), headerPath, path);
  }

  /** Returns what a vault's header said when it was last unlocked, or `undefined`. */
  headerPin(path: string): HeaderPin | undefined {
    const text = this.#database
      .prepare<[string], string | null>('SELECT header_pin FROM vaults WHERE path = ?')
      .pluck()
      .get(path);
    return headerPinSchema.safeParse(parseJson(text ?? 'null')).data;
  }

  /** What is read and written in it is one step for every other process too. */
  #inOneStep(step: () => void): void {
    this.#database.transaction(step).immediate();
  }

  markUsed(id: string): void {
    this.#database.prepare('UPDATE vaults SET last_used_ms = ? WHERE id = ?').run(Date.now(), id);
  }

  /** Forgets a vault; its file is not touched. */
  remove(id: string): void {
    this.#database.prepare('DELETE FROM vaults WHERE id = ?').run(id);
  }
}

/** What another Lockline may have stored and this one does not know is left to the defaults. */
function toRecord({ options, ...row }: VaultRow): VaultRecord {
  const { read, write, provider, threads, backend, flags, driver, ...record } = row;
  const preference = enginePreferenceSchema.safeParse({ read, write, provider, threads }).data;
  const kernelFlags = flags === null ? null : parseJson(flags);
  const mounting = backendPreferenceSchema.safeParse({ backend, flags: kernelFlags, driver }).data;
  return {
    ...record,
    preference: preference ?? NO_ENGINE_PREFERENCE,
    backendPreference: mounting ?? NO_BACKEND_PREFERENCE,
    options: parseOptions(options),
  };
}

function parseOptions(text: string | null): VaultOptions {
  if (text === null) return DEFAULT_VAULT_OPTIONS;
  const stored = parseJson(text);
  if (typeof stored !== 'object') return DEFAULT_VAULT_OPTIONS;
  const options = vaultOptionsSchema.safeParse({ ...DEFAULT_VAULT_OPTIONS, ...stored });
  return options.data ?? DEFAULT_VAULT_OPTIONS;
}
