import { iconFrom } from '../../src/packages/icon.ts';
import type { Db } from '../../src/store/database.ts';
import { addPicture, findPicture, sweepPictures } from '../../src/store/pictures.ts';
import { releases, templates, workspaces } from '../../src/store/schema.ts';
import { freshDatabase, type TestDatabase } from '../fakes/databases.ts';
import { jpeg, png, webp } from '../packages/fixtures/picture.ts';

let database: TestDatabase;
let db: Db;
const ids: string[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  db = database.db;
  for (const teamsKey of ['one', 'other']) {
    const [row] = await db
      .insert(workspaces)
      .values({ homeTenantId: 'home', kind: 'team', teamsKey, name: teamsKey })
      .returning({ id: workspaces.id });
    ids.push(row?.id ?? '');
  }
});
afterAll(() => database.close());

const picture = () => addPicture(db, ids[0] ?? '', iconFrom(png(32)));
const tomorrow = () => new Date(Date.now() + 86_400_000);

it('belongs to its workspace', async () => {
  const { id } = await picture();

  expect(await findPicture(db, ids[0] ?? '', id)).toMatchObject({ mimeType: 'image/png', width: 32, height: 32 });
  expect(await findPicture(db, ids[1] ?? '', id)).toBeNull();
});

it('goes when it is old and neither a template, nor its draft, nor a plan names it', async () => {
  const [saved, drafted, planned, forgotten] = [await picture(), await picture(), await picture(), await picture()];
  const by = { workspaceId: ids[0] ?? '', createdById: 'alex', createdByName: 'Alex', changedByName: 'Alex' };
  const icon = ({ id }: { id: string }) => ({ name: 'x', icon: { id } });
  await db.insert(templates).values({ ...by, kind: 'app', content: icon(saved), draft: icon(drafted) });
  await db.insert(releases).values({
    workspaceId: by.workspaceId,
    homeTenantId: 'home',
    requesterId: 'alex',
    requesterName: 'Alex',
    requesterTeamsId: '29:alex',
    place: {},
    state: 'planned',
    origin: {},
    plan: { picture: planned.id },
  });
  await sweepPictures(db, new Date(Date.now() - 86_400_000));
  expect(await findPicture(db, by.workspaceId, forgotten.id)).not.toBeNull();

  await sweepPictures(db, tomorrow());

  const left = await Promise.all(
    [saved, drafted, planned, forgotten].map(({ id }) => findPicture(db, by.workspaceId, id)),
  );
  expect(left.map((found) => found !== null)).toEqual([true, true, true, false]);
});

it.each<[string, Buffer, object]>([
  ['a PNG', png(64), { mimeType: 'image/png', width: 64 }],
  ['a JPEG', jpeg(40, 30), { mimeType: 'image/jpeg', width: 40, height: 30 }],
  ['a PNG of more than 500 KB, smaller', png(600, 600_000), { mimeType: 'image/png', width: 256, height: 256 }],
])('is %s', (_what, bytes, expected) => {
  expect(iconFrom(bytes)).toMatchObject(expected);
  expect(iconFrom(bytes).bytes.length).toBeLessThanOrEqual(500 * 1024);
});

it.each<[string, Buffer, string]>([
  ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'pictureUnknown'],
  ['WebP', webp(), 'pictureUnknown'],
  ['nothing', Buffer.alloc(0), 'pictureUnknown'],
  [
    'a large file that only begins like a PNG',
    Buffer.concat([png(64).subarray(0, 60), Buffer.alloc(700_000)]),
    'pictureTooLarge',
  ],
])('is never %s', (_what, bytes, code) => {
  expect(() => iconFrom(bytes)).toThrow(expect.objectContaining({ problem: expect.objectContaining({ code }) }));
});
