import { readFileSync } from 'node:fs';
import { fillTemplate, manifestFaults, readTemplate } from './manifest.ts';
import { AppPackageError, readManifestValues } from './settings.ts';
import { zip } from './zip.ts';

/** The zip that goes to Teams: manifest and icons, nothing in a folder. */
export function appPackage(env: Record<string, string | undefined>): Buffer {
  const manifest = fillTemplate(readTemplate(), readManifestValues(env, projectVersion()));
  const faults = manifestFaults(manifest);
  if (faults.length > 0)
    throw new AppPackageError(`The manifest does not follow Microsoft's schema:\n${faults.join('\n')}`);
  return zip([
    { name: 'manifest.json', bytes: Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`) },
    ...['color.png', 'outline.png'].map((name) => ({ name, bytes: readFileSync(new URL(name, import.meta.url)) })),
  ]);
}

function projectVersion(): string {
  const project = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return project.version;
}
