import type { AppSnapshot } from '../../../shared/model/app.ts';
import type { SettingsChanges } from '../../../shared/model/settings.ts';
import type { Command } from '../../store/use-command.ts';

/** What each card of settings is given. */
export type SettingsProps = Readonly<{
  snapshot: AppSnapshot;
  /** Sends changes to main; what is shown changes with the next snapshot. */
  change: (changes: SettingsChanges) => void;
  command: Command;
}>;
