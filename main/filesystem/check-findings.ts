import type { FilesystemFinding, FilesystemReport } from '../../shared/model/filesystem-check.ts';
import { FileSystemError } from './file-system-error.ts';

/** A damaged volume can have more faults than anybody reads. */
const MOST_FINDINGS = 200;

/** Gathers what a check of a filesystem finds. */
export class CheckFindings {
  readonly #findings: FilesystemFinding[] = [];
  #more = 0;
  #isDamaged = false;
  files = 0;
  directories = 0;

  note(kind: FilesystemFinding['kind'], detail: string): void {
    this.#add({ kind, weight: 'note', detail });
  }

  damaged(kind: FilesystemFinding['kind'], detail: string): void {
    this.#isDamaged = true;
    this.#add({ kind, weight: 'damaged', detail });
  }

  /**
   * Runs one step of a check. What the driver refuses to read is a finding; what the storage fails
   * with is not.
   *
   * @param what - Begins the finding, where the driver names nothing itself.
   * @returns `undefined` where there was a finding.
   */
  attempt<T>(kind: FilesystemFinding['kind'], what: string, step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof FileSystemError)) throw error;
      const fault = error.errno === 'EBADMSG' ? 'wrong checksum' : 'damaged';
      const where = typeof error.cause === 'string' ? `: ${error.cause}` : '';
      this.damaged(kind, `${what}: ${fault}${where}`);
      return undefined;
    }
  }

  report(filesystem: string): FilesystemReport {
    return {
      filesystem,
      verdict: this.#isDamaged ? 'damaged' : 'clean',
      findings: this.#findings,
      more: this.#more,
      files: this.files,
      directories: this.directories,
    };
  }

  #add(finding: FilesystemFinding): void {
    if (this.#findings.length < MOST_FINDINGS) this.#findings.push(finding);
    else this.#more += 1;
  }
}
