import type { XmlElement } from '../xml-document.ts';
import { bundlesIn, type InstalledBundle } from './bundle.ts';

/** What the PackageInfo file of one component package says. */
export interface PackageInfo {
  id: string | null;
  version: string | null;
  minimumOSVersion: string | null;
  installsNothing: boolean;
  /** Of the app, where the package installs right into its folder. */
  appName: string | null;
  bundles: InstalledBundle[];
}

export function readPackageInfo(root: XmlElement): PackageInfo {
  const payload = root.child('payload');
  return {
    id: nonEmpty(root.attribute('identifier')),
    version: nonEmpty(root.attribute('version')),
    minimumOSVersion: nonEmpty(root.attribute('minimumSystemVersion')),
    installsNothing: payload === null || payload.attribute('numberOfFiles') === '0',
    appName: /([^/]+)\.app\/?$/i.exec(root.attribute('install-location') ?? '')?.[1] ?? null,
    bundles: bundlesIn(root),
  };
}

function nonEmpty(text: string | null): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}
