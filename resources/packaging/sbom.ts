import { createHash } from 'node:crypto';
import type { Licence } from '../../shared/model/licence.ts';

type Component = Readonly<{ 'bom-ref': string; name: string; version: string }>;
type Dependency = Readonly<{ ref: string; dependsOn?: readonly string[] }>;

/** What is used of a CycloneDX document; the rest goes through as it is. */
export type Sbom = Readonly<{
  bomFormat: string;
  specVersion: string;
  serialNumber: string;
  metadata: Readonly<{ timestamp: string; component: Component }>;
  components: readonly Component[];
  dependencies: readonly Dependency[];
}>;

/**
 * Keeps of npm's SBOM what is shipped: npm tells dependencies for use from those for development,
 * and what the window's bundle takes in is among the latter.
 *
 * Its number and time come from its content and the sources, so that the same sources give the same.
 *
 * @throws Error where something is shipped that npm does not know.
 */
export function restrictSbom(sbom: Sbom, shipped: readonly Licence[], builtAt: Date): Sbom {
  const { component } = sbom.metadata;
  const wanted = new Set(shipped.map(({ name, version }) => `${name}@${version}`));
  const components = sbom.components
    .filter(({ name, version }) => wanted.has(`${name}@${version}`))
    .map((kept) => ({ ...kept, scope: 'required' }));
  const refs = new Set([component['bom-ref'], ...components.map((kept) => kept['bom-ref'])]);
  const known = new Set(components.map(({ name, version }) => `${name}@${version}`));
  for (const name of wanted) if (!known.has(name)) throw new Error(`npm does not know ${name}`);
  const dependencies = sbom.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((on) => refs.has(on)) }));
  const digest = createHash('sha256').update(JSON.stringify(components)).digest('hex');
  return {
    ...sbom,
    serialNumber: `urn:uuid:${uuidFrom(digest)}`,
    metadata: {
      ...sbom.metadata,
      timestamp: builtAt.toISOString(),
      component: { ...component, name: 'lockline' }, // npm takes the folder's name
    },
    components,
    dependencies,
  };
}

/** A UUID of version 8, whose bits are the maker's own. @see RFC 9562, section 5.8 */
function uuidFrom(hex: string): string {
  const digits = `${hex.slice(0, 12)}8${hex.slice(13, 16)}8${hex.slice(17, 32)}`;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
