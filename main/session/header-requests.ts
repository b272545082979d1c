import { z } from 'zod';
import type {
  BackupFacts,
  HealthReport,
  RepairReport,
  RestorePreview,
} from '../../shared/model/header-care.ts';

const path = z.string().min(1).max(4096);

/** What a vault process can be asked to do with the header of a container. None needs a secret. */
export const HEADER_REQUESTS = [
  z.strictObject({ verb: z.literal('header-backup'), path, target: path }),
  z.strictObject({ verb: z.literal('header-compare'), path, source: path }),
  z.strictObject({ verb: z.literal('header-restore'), path, source: path }),
  z.strictObject({ verb: z.literal('check'), path }),
  z.strictObject({ verb: z.literal('repair'), path }),
] as const;

/** What each of {@link HEADER_REQUESTS} answers. */
export type HeaderResults = {
  'header-backup': BackupFacts;
  'header-compare': RestorePreview;
  'header-restore': RestorePreview & Readonly<{ keptPath: string }>;
  check: HealthReport;
  repair: RepairReport;
};
