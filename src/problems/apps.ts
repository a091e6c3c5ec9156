import type { ProblemEntry } from './problem.ts';

/** The apps and devices that are in Intune already. */
export const appProblems = {
  devicesNotAllowed: {
    title: 'This connection may not see devices',
    what: 'Listing devices takes the application permission DeviceManagementManagedDevices.Read.All. Publishing apps does not need it.',
    who: 'admin',
    remedy:
      'If you want to see devices here, an administrator adds that permission to the app, grants admin consent, and you test the connection.',
    fix: 'apiPermissions',
  },
} as const satisfies Record<string, ProblemEntry>;
