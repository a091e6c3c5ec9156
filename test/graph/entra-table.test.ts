import { type LocalCloud, startLocalCloud } from '../../demo/local-cloud.ts';
import { appIds, tenantIds } from '../../demo/tenants.ts';
import { createClouds } from '../../src/graph/clouds.ts';
import { createSecretCredential } from '../../src/graph/credentials/secret-credential.ts';
import { createOutbound, type Outbound } from '../../src/network/outbound.ts';
import type { Fixer } from '../../src/problems/problem.ts';
import { problemOf } from '../fakes/problem-of.ts';
import { recordedWaits } from '../fakes/scripted-outbound.ts';

/** Microsoft's codes that matter for connecting, with who has to act and a word the explanation must have. */
const table: [who: Fixer, words: RegExp, numbers: number[]][] = [
  ['you', /tenant/i, [90002, 900023, 50059, 50128, 90019]],
  ['you', /GUID/, [90112]],
  ['you', /both ids/, [700016, 700011]],
  ['admin', /consent/i, [7000229, 65001, 90008, 650056]],
  ['admin', /Enabled for users to sign-in/, [70001, 7000112, 1000031]],
  ['admin', /reactivate/, [5000225]],
  ['appOwner', /Supported account types/, [650059, 50194]],
  ['you', /cloud/i, [90038, 90051, 50049]],
  ['appOwner', /cloud/i, [900382, 900432]],
  ['you', /Value of the secret/, [7000215, 70002]],
  ['appOwner', /new client secret/i, [7000222]],
  ['you', /credential/i, [7000218]],
  ['appOwner', /public client/i, [700025]],
  ['appOwner', /thumbprint/, [700027, 700030, 50012, 50146, 50003]],
  ['operator', /clock/, [700024, 50013, 500133, 50027, 50048]],
  ['appOwner', /letter by letter/, [70021]],
  ['appOwner', /issuer/i, [700211]],
  ['appOwner', /audience/i, [700212]],
  ['appOwner', /subject/i, [700213]],
  ['appOwner', /case/, [7002138]],
  ['appOwner', /Add a federated credential/, [70025]],
  ['appOwner', /managed identity/, [700222, 700226, 700229, 700236]],
  ['admin', /Microsoft does not say which/, [65004]],
  ['appOwner', /API permissions/, [65005, 650054, 650057]],
  ['nobody', /Wait a minute/, [650051]],
  ['admin', /Intune/, [650052, 500011, 500014]],
  ['admin', /Global Administrator/, [90093, 90094, 90095]],
  ['admin', /publisher/, [900941, 900981]],
  ['admin', /assign/i, [501051, 50105]],
  ['admin', /Partner Center/, [90099]],
  ['admin', /sign-in logs/, [53003, 53000, 53001, 50131, 530032, 530035]],
  ['you', /second/, [50076, 50079, 50072, 50074]],
  ['appOwner', /redirect URI/, [50011, 500113, 900971]],
  ['you', /guest/, [50020, 50034, 51004, 90072, 16000, 16003]],
  ['you', /invitation/i, [50014]],
  ['admin', /administrators of both tenants/i, [500021, 500022, 500212, 500213]],
  ['admin', /enables the account/, [50057]],
  ['you', /sign in/i, [50058, 16001]],
  ['nobody', /Wait/, [90055, 50196]],
  ['nobody', /Wait/, [90006, 90012, 90024, 90033, 50033, 50087, 90090]],
  ['operator', /support request/, [90036, 50000]],
  ['you', /another way to sign in/, [130004, 130005, 130006, 130007, 130008]],
  ['you', /password/, [50053, 50055, 50056, 50126, 120000, 120021]],
  [
    'operator',
    /Report it/,
    [
      90014, 900144, 90013, 90023, 90100, 900561, 9002313, 9001023, 90124, 90130, 70011, 1002012, 700022, 700023, 28002,
      28003, 901002, 70003, 50001, 65002,
    ],
  ],
];
const rows = table.flatMap(([who, words, numbers]) => numbers.map((number) => [number, who, words] as const));

describe('what Microsoft says when it gives no token', () => {
  let local: LocalCloud;
  let outbound: Outbound;

  beforeAll(async () => {
    local = await startLocalCloud({ storage: 'memory', pace: 'instant' });
    outbound = createOutbound({ privateHosts: clouds().privateHosts, ca: local.caPem });
  });
  afterAll(async () => {
    await outbound.close();
    await local.stop();
  });

  const clouds = () =>
    createClouds({
      label: 'Local cloud',
      loginUrl: local.loginUrl,
      graphUrl: local.graphUrl,
      portalUrl: local.portalUrl,
      storageHosts: [],
      ca: local.caPem,
    });
  const ask = (refusal: { error?: string; code: number; status?: number }) => {
    const cloud = clouds().find('custom')!;
    local.refuseNextToken({ error: 'invalid_request', status: 400, ...refusal });
    const credential = createSecretCredential({
      cloud,
      tenantId: tenantIds.contoso,
      clientId: appIds.contosoPublisher,
      secret: async () => 'some~secret',
      outbound,
      wait: recordedWaits().wait,
    });
    return problemOf(credential.getToken(`${cloud.graphUrl}/.default`));
  };

  it.each(rows)('AADSTS%i is explained: %s acts', async (code, who, words) => {
    const problem = await ask({ code });

    expect(problem.who).toBe(who);
    expect(`${problem.what} ${problem.remedy}`).toMatch(words);
    expect(problem.ids?.serviceCode).toBe(`AADSTS${code}`);
    expect(problem.ids?.correlationId).toMatch(/^[0-9a-f-]{36}$/);
    expect(problem.detail ?? '').not.toContain('login.microsoftonline.com/error');
  });

  it.each([
    ['invalid_client', 'credentialRefused'],
    ['unauthorized_client', 'appNotAllowed'],
    ['consent_required', 'notConsented'],
    ['interaction_required', 'conditionalAccess'],
    ['something_new', 'entraUnknown'],
  ])('a number nobody knows falls back to the error %s, with the look-up for the operator', async (error, expected) => {
    const problem = await ask({ error, code: 999_999_1 });

    expect(problem.code).toBe(expected);
    expect(problem.detail).toContain('https://login.microsoftonline.com/error?code=9999991');
  });
});
