import { desc, eq } from 'drizzle-orm';
import { auditRows, heldChanges } from '../../src/store/schema.ts';
import { pressButton } from '../fakes/buttons.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import { inputsOf } from '../fakes/card-data.ts';
import type { FakeMessage, FakePlace, Person, Pressed } from '../fakes/connector.ts';
import { grant } from '../fakes/grants.ts';
import { ProductRig } from '../fakes/product-rig.ts';
import { sendFile } from '../fakes/send-file.ts';
import { png } from '../packages/fixtures/picture.ts';

const pilot = '11f1c0de-0002-4a00-9a00-000000000002';
const field = '11f1c0de-0003-4a00-9a00-000000000003';

let rig: ProductRig;
let alex: Person;
let adele: Person;
let general: FakePlace;
let shown: FakeMessage;
let appId: string;
let connection: string;

beforeAll(async () => {
  rig = await ProductRig.start();
  grant(rig.cloud, rig.registration(), ['GroupMember.Read.All']);
  alex = rig.teams.person('Alex Wilber');
  adele = rig.teams.person('Adele Vance');
});

afterAll(() => rig.close());

const intune = () => rig.cloud.state.intune(rig.registration().tenantId);
const app = () => {
  const found = intune().apps.get(appId);
  if (found === undefined) throw new Error('The app is gone');
  return found;
};
const on = (shownCard: { card: unknown }, key: string) =>
  JSON.stringify(shownCard.card).match(new RegExp(`"${key}":"([^"]+)"`))?.[1];
const words = (pressed: Pressed) => (pressed.card === null ? (pressed.text ?? '') : cardText(pressed.card));
const press = (verb: string, data: Record<string, unknown> = {}) => rig.teams.press(alex, shown, verb, data);
const target = () => ({ connection, app: appId });
const lastAudit = async () => {
  const [row] = await rig.database.db
    .select()
    .from(auditRows)
    .where(eq(auditRows.subjectId, appId))
    .orderBy(desc(auditRows.seq))
    .limit(1);
  return row;
};

/** Each test has an app and a team of its own. */
beforeEach(async () => {
  ({ general } = rig.teams.team('Mobile', [alex, adele]));
  await rig.teams.install(general, alex);
  await rig.connect(alex, general);
  const model = [...intune().apps.values()].find(({ properties }) => properties.displayName === 'API Demos');
  appId = crypto.randomUUID();
  const displayName = `Sample ${appId.slice(0, 8)}`;
  intune().apps.set(appId, {
    ...structuredClone({ ...model!, categoryIds: new Set<string>() }),
    id: appId,
    properties: { ...model!.properties, displayName },
  });
  await rig.teams.say(alex, general, `app ${displayName}`);
  shown = await rig.card(general, 'Who receives it');
  connection = on(shown, 'connection') ?? '';
});

afterEach(() => {
  rig.cloud.faults.clear();
  intune().apps.delete(appId);
});

describe('editing', () => {
  const form = async (change: Record<string, unknown> = {}) => {
    const opened = await press('app.edit', target());
    return {
      opened,
      data: {
        draft: on(opened, 'draft'),
        displayName: app().properties.displayName,
        description: 'API Demos for Android',
        publisher: 'Contoso',
        developer: '',
        owner: '',
        notes: '',
        informationUrl: '',
        privacyInformationUrl: '',
        isFeatured: 'false',
        ...change,
      },
    };
  };

  it('changes what was changed and nothing else, says so, and leaves a row in the audit', async () => {
    const { opened, data } = await form({ owner: 'Mobile team', isFeatured: 'true' });
    expect(cardFaults(opened.card!)).toEqual([]);

    const saved = await press('app.save', data);

    expect(words(saved)).toContain('Saved: Owner, Featured.');
    expect(app().properties).toMatchObject({ owner: 'Mobile team', isFeatured: true, publisher: 'Contoso' });
    expect(await lastAudit()).toMatchObject({
      action: 'app.save',
      actorName: 'Alex Wilber',
      subjectKind: 'app',
      subjectId: appId,
      before: { Owner: null, Featured: false },
      after: { Owner: 'Mobile team', Featured: true },
    });
  });

  it('keeps what was typed when a field is wrong', async () => {
    const { data } = await form({ displayName: ' ', notes: 'My notes', informationUrl: 'intranet' });

    const refused = await press('app.save', data);

    expect(words(refused)).toContain('2 fields need a change');
    expect(words(refused)).toContain('My notes');
    expect(app().properties.notes).toBeUndefined();
  });

  it('keeps what somebody else wrote meanwhile into another field', async () => {
    const { data } = await form({ owner: 'Mobile team' });
    app().properties.notes = 'Written in the admin center';

    const saved = await press('app.save', data);

    expect(words(saved)).toContain('Meanwhile somebody else changed Notes; that stays.');
    expect(app().properties).toMatchObject({ owner: 'Mobile team', notes: 'Written in the admin center' });
  });

  it('shows what somebody else wrote into the same field, and saves mine when asked again', async () => {
    const { data } = await form({ owner: 'Mobile team' });
    app().properties.owner = 'Field team';

    const clash = await press('app.save', data);
    const again = await press('app.save', data);

    expect(words(clash)).toContain('Owner is now “Field team”');
    expect(words(clash)).toContain('Mobile team');
    expect(words(again)).toContain('Saved: Owner.');
    expect(app().properties.owner).toBe('Mobile team');
  });

  it('writes once when pressed twice', async () => {
    const { data } = await form({ owner: 'Mobile team' });
    await press('app.save', data);
    app().properties.owner = 'Somebody after it';

    const second = await press('app.save', data);

    expect(words(second)).toContain('Who receives it');
    expect(app().properties.owner).toBe('Somebody after it');
  });

  it('takes the publisher role', async () => {
    const refused = await rig.teams.press(adele, shown, 'app.edit', target());

    expect(refused.text).toContain('this needs the publisher role');
  });

  it('explains that a second administrator has to approve', async () => {
    const { data } = await form({ owner: 'Mobile team' });
    rig.cloud.faults.set('multiAdminApproval');

    const refused = await press('app.save', data);

    expect(words(refused)).toContain('Multi Admin Approval');
    expect(app().properties.owner).toBeUndefined();
  });
});

describe('categories', () => {
  it('adds and takes away what was chosen, and keeps what others added', async () => {
    const [business, productivity, developer] = intune().categories.map(({ id }) => id);
    app().categoryIds = new Set([developer!]);
    const form = await press('app.categories', target());
    expect(cardFaults(form.card!)).toEqual([]);
    app().categoryIds.add(productivity!);

    const saved = await press('app.categories.save', { draft: on(form, 'draft'), categories: business });

    expect(words(saved)).toContain('Added: Business. Taken away: Developer tools.');
    expect([...app().categoryIds].sort()).toEqual([business, productivity].sort());
  });
});

describe('the icon', () => {
  it('changes to a picture that somebody sends, once it is confirmed', async () => {
    const choose = await press('app.icon', target());
    expect(cardFaults(choose.card!)).toEqual([]);
    const link = await press('app.icon.upload', target());
    const url = JSON.stringify(link.card).match(/https:\/\/quartermaster\.example\/u\/[\w-]+/)?.[0] ?? '';
    const page = await fetch(url.replace('https://quartermaster.example', rig.url));
    expect(await page.text()).toContain('Upload an icon');

    // Larger than Intune takes: it is made smaller.
    await sendFile(rig, url, 'icon', png(700, 600_000));
    const received = await rig.card(general, 'New icon for Sample');
    expect(app().properties.largeIcon).toBeUndefined();
    const used = await press('app.icon.use', { ...target(), picture: on(received, 'picture') });

    expect(words(used)).toContain('The icon was changed');
    const { value, type } = app().properties.largeIcon as { value: string; type: string };
    expect(type).toBe('image/png');
    expect(Buffer.from(value, 'base64').readUInt32BE(16)).toBe(256);
    expect(await lastAudit()).toMatchObject({ action: 'app.icon.use', after: { icon: 'image/png 256x256' } });
  });

  it('refuses a file that is no picture before it comes, when it is far too large', async () => {
    const link = await press('app.icon.upload', target());
    const url = JSON.stringify(link.card).match(/https:\/\/quartermaster\.example\/u\/[\w-]+/)?.[0] ?? '';

    const answer = await sendFile(rig, url, 'icon.png', Buffer.alloc(5_000_000));

    expect(answer.status).toBe(413);
    expect(await answer.text()).toContain('500 KB');
  });
});

describe('assigning by hand', () => {
  it('finds a group by its name, shows what changes, and keeps the other assignments', async () => {
    const form = await press('app.assign', target());
    expect(cardFaults(form.card!)).toEqual([]);

    const plan = await press('app.assign.plan', { ...target(), who: 'group', words: 'field', intent: 'required' });
    expect(words(plan)).toContain('New: ✓ Field service: required');
    expect(words(plan)).toContain('3 other assignments stay');
    expect(app().assignments).toHaveLength(3);
    const done = await press('app.assign.confirm', { draft: on(plan, 'draft') });

    expect(words(done)).toContain('Field service, required');
    expect(app().assignments.map(({ target: to, intent }) => [to.groupId, intent])).toContainEqual([field, 'required']);
    expect(app().assignments).toHaveLength(4);
    expect(await lastAudit()).toMatchObject({ action: 'app.assign.confirm', subjectId: appId });
  });

  it('lets choose among several groups, and says when there is none', async () => {
    intune().groups.push({ id: field.replace('0003', '0009'), displayName: 'Field office', securityEnabled: true });
    const several = await press('app.assign.plan', { ...target(), who: 'group', words: 'field', intent: 'available' });
    const none = await press('app.assign.plan', { ...target(), who: 'group', words: 'nowhere', intent: 'available' });
    intune().groups.pop();
    const again = await pressButton(rig.teams, alex, shown, several.card!, 'Search again');

    expect(inputsOf(again.card)).toEqual({ who: 'group', words: 'field', intent: 'available' });
    expect(words(several)).toContain('Which group?');
    expect(words(several)).toContain('Field office');
    expect(words(none)).toContain('No group of the tenant begins with “nowhere”');
  });

  it('changes how a group gets it', async () => {
    const plan = await press('app.assign.plan', { ...target(), who: 'group', words: pilot, intent: 'uninstall' });

    expect(words(plan)).toContain('Until now: ✓ Mobile pilot: required');
    expect(words(plan)).toContain('Then: ✓ Mobile pilot: uninstalled');
  });

  it('refuses to give it to a group that is left out', async () => {
    const plan = await press('app.assign.plan', {
      ...target(),
      who: 'group',
      words: 'Contractors',
      intent: 'available',
    });

    expect(words(plan)).toContain('in the opposite way');
    expect(plan.card?.actions?.map(({ title }) => title)).not.toContain('Assign');
  });

  it('asks again when somebody changed the assignments meanwhile', async () => {
    const plan = await press('app.assign.plan', { ...target(), who: 'allUsers', intent: 'available' });
    app().assignments.pop();

    const changed = await press('app.assign.confirm', { draft: on(plan, 'draft') });
    const done = await press('app.assign.confirm', { draft: on(plan, 'draft') });

    expect(words(changed)).toContain('Somebody changed the assignments meanwhile');
    expect(words(done)).toContain('All users, available');
    expect(app().assignments).toHaveLength(3);
  });

  it('takes one assignment away after a question', async () => {
    const assignment = app().assignments[0]?.id;
    const list = await press('app.targets', target());
    expect(cardFaults(list.card!)).toEqual([]);
    const question = await press('app.unassign', { ...target(), assignment });
    expect(words(question)).toContain('no longer installs or offers it to Mobile pilot');

    const removed = await press('app.unassign.confirm', { ...target(), assignment });
    const again = await press('app.unassign.confirm', { ...target(), assignment });

    expect(words(removed)).toContain('Removed: Mobile pilot: required');
    expect(words(again)).toContain('gone already');
    expect(app().assignments).toHaveLength(2);
  });
});

describe('relations', () => {
  const win32 = (displayName: string) => {
    const id = crypto.randomUUID();
    const { properties: _, ...rest } = structuredClone({ ...app(), categoryIds: new Set<string>() });
    intune().apps.set(id, {
      ...rest,
      id,
      type: 'win32LobApp',
      properties: { displayName, description: displayName, publisher: 'Contoso' },
      relationships: [],
    });
    return id;
  };
  const related = (id: string) =>
    intune()
      .apps.get(id)
      ?.relationships.map((relation) => [relation.targetId, relation.supersedenceType ?? relation.dependencyType]);

  it('adds one, keeps the others, and takes one away', async () => {
    const editor = win32('Editor 2');
    const old = win32('Editor 1');
    const runtime = win32('Runtime');
    intune().apps.get(editor)!.relationships = [
      {
        '@odata.type': '#microsoft.graph.mobileAppDependency',
        id: 'r',
        targetId: runtime,
        dependencyType: 'autoInstall',
      },
    ];
    const of = { connection, app: editor };
    const list = await press('app.relations', of);
    expect(words(list)).toContain('Depends on Runtime, which is installed with it');
    expect(cardFaults(list.card!)).toEqual([]);

    const plan = await press('app.relation.plan', { ...of, words: 'Editor 1', how: 'replace' });
    expect(words(plan)).toContain('Where Editor 1 is installed it is uninstalled first.');
    expect(words(plan)).toContain('One other relation stays');
    const saved = await press('app.relation.save', { draft: on(plan, 'draft') });
    expect(words(saved)).toContain('Supersedes Editor 1');
    expect(related(editor)).toEqual([
      [runtime, 'autoInstall'],
      [old, 'replace'],
    ]);

    const question = await press('app.relation.remove', { ...of, other: runtime });
    await press('app.relation.save', { draft: on(question, 'draft') });
    expect(related(editor)).toEqual([[old, 'replace']]);
    for (const id of [editor, old, runtime]) intune().apps.delete(id);
  });

  it('refuses what Intune cannot relate, with the reason', async () => {
    const one = win32('One');
    const two = win32('Two');
    intune().apps.get(two)!.relationships = [
      { '@odata.type': '#microsoft.graph.mobileAppDependency', id: 'r', targetId: one, dependencyType: 'detect' },
    ];

    const circle = await press('app.relation.plan', { connection, app: one, words: 'Two', how: 'update' });
    const none = await press('app.relation.plan', { connection, app: one, words: 'Expenses', how: 'update' });
    const android = await press('app.relations', target());

    expect(words(circle)).toContain('would make a circle');
    expect(words(none)).toContain('No other Win32 app is named like “Expenses”');
    expect(words(android)).toContain('Intune relates Win32 apps only');
    for (const id of [one, two]) intune().apps.delete(id);
  });
});

describe('retiring', () => {
  it('names what will go and for how many, then removes assignments and app, once', async () => {
    const more = await press('app.more', target());
    expect(cardFaults(more.card!)).toEqual([]);
    const question = await press('app.retire', target());
    expect(cardFaults(question.card!)).toEqual([]);
    expect(words(question)).toContain('3 assignments are removed first');

    const retired = await press('app.retire.confirm', { draft: on(question, 'draft') });
    const again = await press('app.retire.confirm', { draft: on(question, 'draft') });

    expect(words(retired)).toContain('deleted it from Intune, with its 3 assignments');
    expect(words(again)).toContain('is not in Contoso production any more');
    expect(intune().apps.has(appId)).toBe(false);
    expect(await lastAudit()).toMatchObject({
      action: 'app.retire.confirm',
      subjectId: appId,
      before: { assignments: 3 },
    });
  });

  it('asks again when more would go than was confirmed', async () => {
    app().assignments = [];
    const question = await press('app.retire', target());
    app().assignments = [
      {
        id: 'new',
        intent: 'required',
        target: { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' },
        settings: null,
      },
    ];

    const changed = await press('app.retire.confirm', { draft: on(question, 'draft') });

    expect(words(changed)).toContain('More would go than you confirmed');
    expect(intune().apps.has(appId)).toBe(true);
  });

  it('goes on where it stopped when Intune fails half way', async () => {
    const question = await press('app.retire', target());
    app().assignments = [];

    const retired = await press('app.retire.confirm', { draft: on(question, 'draft') });

    expect(words(retired)).toContain('Retired');
    expect(intune().apps.has(appId)).toBe(false);
  });

  it('is not for viewers', async () => {
    const refused = await rig.teams.press(adele, shown, 'app.retire', target());

    expect(refused.text).toContain('this needs the publisher role');
  });
});

describe('where a second administrator has to approve', () => {
  const requests = () => intune().approvals;
  const decide = (status: 'approved' | 'rejected', by = { id: 'megan', displayName: 'Megan Bowen' }) => {
    const request = requests().at(-1);
    if (request === undefined) throw new Error('Nothing was filed');
    Object.assign(request, { status, approver: by });
  };
  beforeEach(() => {
    requests().splice(0);
    rig.cloud.faults.set('multiAdminApproval');
  });

  /** Each way to change an app: the last press, and what Intune then shows. */
  const ways: [string, () => Promise<Pressed>, () => unknown, unknown][] = [
    [
      'a description',
      async () => {
        const opened = await press('app.edit', target());
        const { displayName } = app().properties;
        const typed = { displayName, description: 'Better words', publisher: 'Contoso', isFeatured: 'false' };
        return press('app.save', { draft: on(opened, 'draft'), ...typed });
      },
      () => app().properties.description,
      'Better words',
    ],
    [
      'an assignment',
      async () => {
        const plan = await press('app.assign.plan', { ...target(), who: 'allUsers', intent: 'available' });
        return press('app.assign.confirm', { draft: on(plan, 'draft') });
      },
      () => app().assignments.some(({ target }) => String(target['@odata.type']).includes('allLicensedUsers')),
      true,
    ],
    [
      'an assignment that goes',
      async () => {
        const [first] = app().assignments;
        return press('app.unassign.confirm', { ...target(), assignment: first?.id });
      },
      () => app().assignments.some(({ id }) => id === 'first'),
      false,
    ],
    [
      'an icon',
      async () => {
        const link = await press('app.icon.upload', target());
        const url = JSON.stringify(link.card).match(/"url":"([^"]+)"/)?.[1] ?? '';
        await sendFile(rig, url, 'icon', png(300, 6_000));
        const received = await rig.card(general, 'New icon for Sample');
        return press('app.icon.use', { ...target(), picture: on(received, 'picture') });
      },
      () => (app().properties.largeIcon as { type?: string } | undefined)?.type,
      'image/png',
    ],
  ];

  it.each(ways)('files the change of %s once, and makes it when it is approved', async (_what, change, now, after) => {
    const [assignment] = app().assignments;
    app().assignments = assignment === undefined ? [] : [{ ...assignment, id: 'first' }];
    const before = now();

    const filed = await change();

    expect(words(filed)).toContain('Filed: a second administrator has to approve');
    expect(words(filed)).toContain('not Alex Wilber, who asked');
    expect(cardFaults(filed.card!)).toEqual([]);
    expect(now()).toEqual(before);
    expect(requests()).toHaveLength(1);
    expect(requests()[0]?.justification).toContain('Asked for by Alex Wilber in Microsoft Teams');
    const held = { held: on(filed, 'held') };
    expect(words(await press('app.held.check', held))).toContain('Filed: a second administrator');
    decide('approved');

    const done = await press('app.held.check', held);

    expect(words(done)).toContain('Approved and done (Megan Bowen)');
    expect(cardFaults(done.card!)).toEqual([]);
    expect(now()).toEqual(after);
    expect(requests().map(({ status }) => status)).toEqual(['completed']);
    expect(await lastAudit()).toMatchObject({ action: 'app.held.check', after: { approval: 'completed' } });
    expect(words(await press('app.held.check', held))).toContain('Approved and done');
  });

  const renaming = async () => {
    const opened = await press('app.edit', target());
    const typed = { description: 'Other words', publisher: 'Contoso', isFeatured: 'false' };
    return { draft: on(opened, 'draft'), displayName: app().properties.displayName, ...typed };
  };

  it('never files a change twice, whether it is pressed again or its answer was lost', async () => {
    const data = await renaming();
    const first = await press('app.save', data);
    const again = await press('app.save', data);
    expect(on(again, 'held')).toBe(on(first, 'held'));

    await rig.database.db.delete(heldChanges);
    const found = await press('app.save', data);
    decide('approved');
    const done = await press('app.held.check', { held: on(found, 'held') });

    expect(words(done)).toContain('Approved and done');
    expect(requests()).toHaveLength(1);
    expect(app().properties.description).toBe('Other words');
  });

  it.each([
    ['is rejected', () => decide('rejected'), 'An administrator rejected it'],
    ['runs out', () => Object.assign(requests()[0]!, { expiresAt: 0 }), 'Nobody decided in time'],
    [
      'is approved by whoever asked',
      () => decide('approved', { id: alex.objectId, displayName: 'Alex Wilber' }),
      'it takes somebody else',
    ],
  ])('changes nothing where the request %s', async (_what, happens, said) => {
    const before = app().properties.description;
    const filed = await press('app.save', await renaming());
    happens();

    const checked = await press('app.held.check', { held: on(filed, 'held') });

    expect(words(checked)).toContain(said);
    expect(cardFaults(checked.card!)).toEqual([]);
    expect(app().properties.description).toBe(before);
  });

  it('is withdrawn in Intune too', async () => {
    const filed = await press('app.save', await renaming());

    const withdrawn = await press('app.held.withdraw', { held: on(filed, 'held') });

    expect(words(withdrawn)).toContain('The request is withdrawn');
    expect(requests().map(({ status }) => status)).toEqual(['cancelled']);
  });

  it('takes an app away in two steps, each approved', async () => {
    const retire = async () => {
      const plan = await press('app.retire', target());
      return press('app.retire.confirm', { draft: on(plan, 'draft') });
    };
    for (let step = 0; step < 2; step += 1) {
      const filed = await retire();
      decide('approved');
      expect(words(await press('app.held.check', { held: on(filed, 'held') }))).toContain('Approved and done');
    }

    expect(intune().apps.has(appId)).toBe(false);
    expect(requests()).toHaveLength(2);
  });
});
