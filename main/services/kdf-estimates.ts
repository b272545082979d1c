import type { KdfChoice } from '../../shared/model/create-options.ts';
import type { KdfEstimate } from '../../shared/model/kdf-estimate.ts';
import { runInSession } from '../session/spawn-session.ts';

/** What key derivations cost here: each is measured once, in a process of its own. */
export class KdfEstimates {
  readonly #known = new Map<string, Promise<KdfEstimate>>();

  find(choice: KdfChoice): Promise<KdfEstimate> {
    const key = JSON.stringify(choice);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const estimate = runInSession({ verb: 'estimate', choice });
    this.#known.set(key, estimate);
    estimate.catch(() => this.#known.delete(key));
    return estimate;
  }
}
