import type { XmlElement } from '../xml-document.ts';

/** A bundle (app, framework, plug-in) that a package installs. */
export interface InstalledBundle {
  id: string;
  path: string | null;
  shortVersion: string | null;
  buildVersion: string | null;
}

const maxDepth = 8;

/** Bundles directly below an element and nested in each other. Those without a path only refer to others. */
export function bundlesIn(parent: XmlElement, depth = 0): InstalledBundle[] {
  if (depth > maxDepth) return [];
  return parent.childrenNamed('bundle').flatMap((element) => {
    const id = element.attribute('id')?.trim() ?? '';
    const bundle: InstalledBundle = {
      id,
      path: element.attribute('path'),
      shortVersion: nonEmpty(element.attribute('CFBundleShortVersionString')),
      buildVersion: nonEmpty(element.attribute('CFBundleVersion')),
    };
    const isKnown = id !== '' && (bundle.path !== null || versionOf(bundle) !== null);
    return [...(isKnown ? [bundle] : []), ...bundlesIn(element, depth + 1)];
  });
}

export function versionOf(bundle: InstalledBundle): string | null {
  return bundle.shortVersion ?? bundle.buildVersion;
}

const insideBundle = /\.(app|appex|bundle|component|framework|kext|plugin|prefpane|systemextension|vst3?|xpc)\//i;

/** True for an app that does not lie inside of another bundle. */
export function isApp({ path }: InstalledBundle): boolean {
  const place = (path ?? '').replace(/\/+$/, '');
  return place.toLowerCase().endsWith('.app') && !insideBundle.test(place);
}

/** True for an app that people find: others serve what the package installs elsewhere. Paths start where the package installs to. */
export function isInApplications(bundle: InstalledBundle): boolean {
  const folders = (bundle.path ?? '')
    .replace(/^\.?\/+/, '')
    .split('/')
    .slice(0, -1);
  return isApp(bundle) && (folders.length === 0 || folders[0]?.toLowerCase() === 'applications');
}

/** The name that people see in the Applications folder. */
export function appName(bundle: InstalledBundle): string | null {
  return /([^/]+)\.app\/?$/i.exec(bundle.path ?? '')?.[1] ?? null;
}

function nonEmpty(text: string | null): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}
