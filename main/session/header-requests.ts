import { z } from 'zod';
import {
  type BackupFacts,
  CONTAINER_FORMATS,
  type ConversionFacts,
  type HealthReport,
  type RepairReport,
  type RestorePreview,
} from '../../shared/model/header-care.ts';
import { MIB, TIB } from '../../shared/units.ts';

const path = z.string().min(1).max(4096);

/** What a vault process can be asked to do with the header of a container. */
export const HEADER_REQUESTS = [
  z.strictObject({ verb: z.literal('header-backup'), path, target: path }),
  z.strictObject({ verb: z.literal('header-compare'), path, source: path }),
  z.strictObject({ verb: z.literal('header-restore'), path, source: path }),
  z.strictObject({ verb: z.literal('check'), path }),
  z.strictObject({ verb: z.literal('repair'), path }),
  /** The one of them that needs a secret. */
  z.strictObject({
    verb: z.literal('resize'),
    path,
    /** Of a detached header. */
    headerPath: path.optional(),
    sizeBytes: z
      .int()
      .min(MIB)
      .max(64 * TIB),
  }),
  z.strictObject({ verb: z.literal('convert'), path, to: z.enum(CONTAINER_FORMATS) }),
] as const;

/** What a resize has made of a container. */
export type ResizeResult = Readonly<{
  containerBytes: number;
  volumeBytes: number;
  filesystem: string;
  /** Whether the filesystem fills the volume now; else only the volume has grown. */
  hasGrownFilesystem: boolean;
}>;

/** What each of {@link HEADER_REQUESTS} answers. */
export type HeaderResults = {
  'header-backup': BackupFacts;
  'header-compare': RestorePreview;
  'header-restore': RestorePreview & Readonly<{ keptPath: string }>;
  check: HealthReport;
  repair: RepairReport;
  resize: ResizeResult;
  convert: ConversionFacts;
};
