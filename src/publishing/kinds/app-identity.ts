import { z } from 'zod';
import type { MobileApp } from '../../graph/mobile-apps.ts';

/** Properties that together say which app it is; names of nested ones have dots. */
export const appIdentity = z.record(z.string(), z.string());
export type AppIdentity = z.infer<typeof appIdentity>;

/** Whether an app of Intune is one of those. An identity without properties is nobody's. */
export function isSameApp(app: MobileApp, identities: readonly AppIdentity[]): boolean {
  return identities.some((identity) => {
    const wanted = Object.entries(identity);
    return wanted.length > 0 && wanted.every(([path, value]) => isSame(valueAt(app, path), value));
  });
}

/** Product codes are written in either case, and names in a store do not differ by case alone. */
const isSame = (value: unknown, wanted: string) =>
  typeof value === 'string' && value.trim().toLowerCase() === wanted.trim().toLowerCase();

function valueAt(app: MobileApp, path: string): unknown {
  if (path === 'displayName') return app.displayName;
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) =>
        value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[name] : undefined,
      app.properties,
    );
}
