import type { Db } from '../store/database.ts';
import { findPicture } from '../store/pictures.ts';
import type { releases } from '../store/schema.ts';
import type { PublishPlan } from './plan.ts';

type Row = Pick<typeof releases.$inferSelect, 'workspaceId' | 'facts' | 'iconBase64'>;

/** What the app shows in Company Portal: the template's icon where there is one, else the package's. */
export async function iconOf(
  db: Db,
  release: Row,
  { picture }: Pick<PublishPlan, 'picture'>,
): Promise<{ mimeType: string; base64: string } | null> {
  const chosen = picture === null ? null : await findPicture(db, release.workspaceId, picture);
  return chosen ?? packageIconOf(release);
}

export function packageIconOf({ facts, iconBase64 }: Pick<Row, 'facts' | 'iconBase64'>) {
  const mimeType = (facts as { icon?: { mimeType?: string } | null } | null)?.icon?.mimeType;
  return iconBase64 && mimeType ? { mimeType, base64: iconBase64 } : null;
}
