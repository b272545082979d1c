/** `npm run sbom`: what is in the packages, as a CycloneDX document, by npm itself. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Licence } from '../../shared/model/licence.ts';
import { VERSION } from '../../shared/version.ts';
import { buildRenderer } from '../build/build-renderer.ts';
import { sourceDate } from '../build/source-date.ts';
import { LICENCES_FILE } from '../build/write-licences.ts';
import { run } from './run.ts';
import { restrictSbom, type Sbom } from './sbom.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = `${ROOT}dist/packages`;

await buildRenderer();
const all = run(
  'npm',
  ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'],
  { cwd: ROOT },
);
const shipped = JSON.parse(readFileSync(LICENCES_FILE, 'utf8')) as Licence[]; // our build's
const sbom = restrictSbom(JSON.parse(all) as Sbom, shipped, sourceDate()); // npm's
mkdirSync(FOLDER, { recursive: true });
const file = `${FOLDER}/lockline-${VERSION}-${process.platform}-${process.arch}.cdx.json`;
writeFileSync(file, `${JSON.stringify(sbom, null, 2)}\n`);
console.log(`${file}: ${sbom.components.length} components`);
