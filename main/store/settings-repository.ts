import {
  changeSettings,
  DEFAULT_SETTINGS,
  type Settings,
  type SettingsChanges,
  settingsSchema,
} from '../../shared/model/settings.ts';
import type { Database } from './database.ts';
import { parseJson } from './parse-json.ts';

/** Settings, each stored as JSON by its key; what is missing or unreadable has its default. */
export class SettingsRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  read(): Settings {
    const rows = this.#database
      .prepare<[], { key: string; value: string }>('SELECT key, value FROM settings')
      .all();
    let settings: Settings = DEFAULT_SETTINGS;
    for (const { key, value } of rows) {
      const parsed = settingsSchema.safeParse({ ...settings, [key]: parseJson(value) });
      if (parsed.success) settings = parsed.data;
    }
    return settings;
  }

  /** Stores changes that the schema accepts. @throws ZodError where it does not. */
  update(changes: SettingsChanges): Settings {
    const put = this.#database.prepare(
      'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    );
    return this.#database
      .transaction(() => {
        const settings = settingsSchema.parse(changeSettings(this.read(), changes));
        for (const [key, value] of Object.entries(settings)) put.run(key, JSON.stringify(value));
        return settings;
      })
      .immediate();
  }

  /** Forgets all that was changed. */
  reset(): void {
    this.#database.prepare('DELETE FROM settings').run();
  }
}
