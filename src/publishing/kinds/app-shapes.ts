import type { PackageFacts } from '../../packages/package-facts.ts';
import { ProblemError } from '../../problems/problem.ts';
import { androidShape } from './android-shape.ts';
import type { AppShape } from './app-shape.ts';
import { appxShape } from './appx-shape.ts';
import { iosShape } from './ios-shape.ts';
import { macAgentShape } from './mac-agent-shape.ts';
import { macManagedShape } from './mac-managed-shape.ts';
import { msiShape } from './msi-shape.ts';
import { win32Shape } from './win32-shape.ts';

/** The app types that Intune could keep a package as, the usual one first. */
export function appShapes(facts: PackageFacts, fileName: string): [AppShape, ...AppShape[]] {
  switch (facts.format) {
    case 'apk':
      return [androidShape(facts)];
    case 'ipa':
      return [iosShape(facts)];
    case 'msi':
      return [msiShape(facts), win32Shape(facts, fileName)];
    case 'intunewin':
    case 'exe':
    case 'zip':
      return [win32Shape(facts, fileName)];
    case 'pkg':
      // Apple's device management takes signed packages with an app only.
      return facts.graphType === 'macOSLobApp'
        ? [macManagedShape(facts), macAgentShape(facts)]
        : [macAgentShape(facts)];
    case 'dmg':
      return [macAgentShape(facts)];
    case 'msix':
    case 'appx':
    case 'msixbundle':
    case 'appxbundle':
      return [appxShape(facts)];
  }
}

/** The type that was chosen, the usual one where nothing or something impossible was. */
export function shapeFor(facts: PackageFacts, fileName: string, graphType: string | undefined): AppShape {
  const shapes = appShapes(facts, fileName);
  return shapes.find((shape) => shape.graphType === graphType) ?? shapes[0];
}

/** Throws what keeps a package from being published although it can be read. */
export function assertPublishable(facts: PackageFacts, now: Date): void {
  if (facts.format !== 'ipa' || facts.details.provisioningExpiration === null) return;
  const expires = new Date(facts.details.provisioningExpiration);
  if (expires.getTime() <= now.getTime())
    throw new ProblemError('iosProfileExpired', { detail: `It ended on ${expires.toISOString().slice(0, 10)}.` });
}
