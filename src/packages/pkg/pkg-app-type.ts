import type { PkgFacts } from '../package-facts.ts';
import type { InstallerSigner } from './installer-signature.ts';

export interface PkgTraits {
  /** Bytes. */
  size: number;
  /** Null for a package without a signature. */
  signer: InstallerSigner | null;
  /** True where every component brings scripts only. */
  installsNothing: boolean;
  hasApp: boolean;
}

// https://learn.microsoft.com/intune/intune-service/apps/lob-apps-macos
const largestManagedPackage = 2 * 1024 ** 3;

/**
 * Intune takes a package in two ways: through Apple's device management, which wants a signed package with an app in it,
 * or through Intune's own agent on the Mac, which takes all others.
 */
export function chooseAppType(traits: PkgTraits): { graphType: PkgFacts['graphType']; warnings: string[] } {
  const obstacle = obstacleOf(traits);
  const choice =
    obstacle === null
      ? 'The package is signed with a Developer ID Installer certificate and holds an app, so it is published as a macOS line-of-business app (macOSLobApp).'
      : `${obstacle}, so the package is published as a macOS app (PKG), which Intune's agent on the Mac installs (macOSPkgApp).`;
  return {
    graphType: obstacle === null ? 'macOSLobApp' : 'macOSPkgApp',
    warnings: [
      choice,
      ...(traits.hasApp
        ? []
        : ['The package names no app, so Intune can find out only by the package id whether it is installed.']),
    ],
  };
}

function obstacleOf({ size, signer, installsNothing, hasApp }: PkgTraits): string | null {
  if (signer === null) return 'The package is not signed';
  if (!signer.isDeveloperIdInstaller) return 'The package is not signed with a Developer ID Installer certificate';
  if (installsNothing) return 'The package installs no files and only runs scripts';
  if (!hasApp) return 'The package names no app that it installs';
  return size > largestManagedPackage ? 'The package is larger than 2 GB' : null;
}
