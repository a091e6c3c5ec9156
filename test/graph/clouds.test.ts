import { builtInClouds, createClouds, graphScope, isStorageUrl } from '../../src/graph/clouds.ts';

const custom = {
  label: 'Local cloud',
  loginUrl: 'https://localhost:7001',
  graphUrl: 'https://localhost:7002',
  portalUrl: 'http://127.0.0.1:7004',
  storageHosts: ['localhost:7003'],
  ca: undefined,
};

describe('clouds', () => {
  it("knows Microsoft's clouds by id and allows no private host for them", () => {
    const clouds = createClouds();

    expect(clouds.list.map((cloud) => cloud.id)).toEqual(['global', 'usGovL4', 'usGovL5', 'china']);
    expect(clouds.find('china')?.graphUrl).toBe('https://microsoftgraph.chinacloudapi.cn');
    expect(clouds.find('mars')).toBeUndefined();
    expect(clouds.privateHosts).toEqual([]);
  });

  it("puts the operator's cloud first and names its private hosts with their ports", () => {
    const clouds = createClouds(custom);

    expect(clouds.list[0]).toMatchObject({ id: 'custom', custom: true, loginHosts: ['localhost:7001'] });
    expect(clouds.privateHosts).toEqual(['localhost:7001', 'localhost:7002', 'localhost:7003']);
  });

  it('names the default port of a host without one', () => {
    const clouds = createClouds({ ...custom, loginUrl: 'https://login.rig.example', storageHosts: [] });

    expect(clouds.privateHosts).toContain('login.rig.example:443');
  });

  it('asks for all granted permissions of its own Graph', () => {
    expect(builtInClouds.map(graphScope)).toEqual([
      'https://graph.microsoft.com/.default',
      'https://graph.microsoft.us/.default',
      'https://dod-graph.microsoft.us/.default',
      'https://microsoftgraph.chinacloudapi.cn/.default',
    ]);
  });

  it.each([
    ['global', 'https://mmcswdb01.blob.core.windows.net/x?sig=1', true],
    ['global', 'https://evilblob.core.windows.net/x', false],
    ['global', 'https://a.blob.core.windows.net.evil.example/x', false],
    ['global', 'https://a.blob.core.usgovcloudapi.net/x', false],
    ['usGovL4', 'https://a.blob.core.usgovcloudapi.net/x', true],
    ['custom', 'https://localhost:7003/x', true],
    ['custom', 'https://localhost:7009/x', false],
    ['custom', 'https://evil.localhost:7003/x', false],
  ])('%s: storage at %s is %s', (id, url, expected) => {
    const cloud = createClouds(custom).find(id)!;

    expect(isStorageUrl(cloud, new URL(url))).toBe(expected);
  });
});
