import type { Risk } from './graph-permission.ts';

/**
 * A role of the Microsoft Intune API, which is a resource of its own: another entry under API permissions, and another
 * token. https://learn.microsoft.com/intune/intune-service/developer/intune-graph-apis
 */
export interface IntuneApiPermission {
  name: string;
  id: string;
  /** Id of the delegated permission of the same name, where there is one. */
  scopeId: string | null;
  displayName: string;
  /** Completes "An app with it can …". */
  allows: string;
  /** Who it is made for; null for everybody. */
  partners: string | null;
  risk: Risk;
}

export const intuneApiAppId = 'c161e42e-d4df-4a3d-9b42-e7a3c31f59d4';
/** Where partners of Microsoft begin. */
export const misaUrl = 'https://www.microsoft.com/security/business/intelligent-security-association';

export const intuneApiPermissions: readonly IntuneApiPermission[] = [
  {
    name: 'get_data_warehouse',
    id: '3d9dc976-32fb-45a8-90bd-c9f8a850d098',
    scopeId: 'd603c21a-d512-4b5a-b552-c233ebbeaf2e',
    displayName: 'Get data warehouse information from Microsoft Intune',
    allows: 'read the Intune data warehouse: devices, people, apps and their history, for reports',
    partners: null,
    risk: 'medium',
  },
  {
    name: 'get_device_compliance',
    id: '7ec88bad-30c7-4928-a005-4455362cfd98',
    scopeId: null,
    displayName: 'Get device state and compliance information from Microsoft Intune',
    allows: 'ask whether a device is managed and compliant before it is let into a network',
    partners: 'Network Access Control partners',
    risk: 'low',
  },
  {
    name: 'manage_partner_compliance_policy',
    id: '3857e233-c379-404e-85e9-bdbf3a62b28f',
    scopeId: null,
    displayName: 'Manage partner compliance policies with Microsoft Intune',
    allows:
      'send compliance policies of a partner, and the Entra groups they are assigned to, without a signed-in user',
    partners: 'device compliance partners',
    risk: 'high',
  },
  {
    name: 'pfx_cert_provider',
    id: '907d16c7-7591-49a4-b523-6fd42e5f2c7e',
    scopeId: null,
    displayName: 'PFX certificate management',
    allows: 'send PFX certificates for a person, which Intune puts on all devices that person enrolled',
    partners: 'certificate providers (PFX import)',
    risk: 'high',
  },
  {
    name: 'scep_challenge_provider',
    id: '39d724e8-6a34-4930-9a36-364082c35716',
    scopeId: null,
    displayName: 'SCEP challenge validation',
    allows: 'have SCEP challenges of certificate requests validated',
    partners: 'Certification Authority partners',
    risk: 'medium',
  },
  {
    name: 'send_data_usage',
    id: '7828b294-fdcc-4ed6-a45a-854364afb21d',
    scopeId: null,
    displayName: 'Manage telecom expense',
    allows: 'send how much data devices used',
    partners: 'telecom expense partners',
    risk: 'low',
  },
  {
    name: 'update_device_attributes',
    id: '7b3c62c0-bbe4-4ceb-971b-ecc50a191b3e',
    scopeId: null,
    displayName: 'Send device attributes to Microsoft Intune',
    allows: 'send what it knows of devices, which compliance then rests on',
    partners: 'device compliance and Mobile Threat Defense partners',
    risk: 'high',
  },
  {
    name: 'update_device_health',
    id: 'a5438881-186a-48f0-bc41-a93ae8a195fe',
    scopeId: null,
    displayName: 'Send device threat information to Microsoft Intune',
    allows: 'send the health and threat state of devices, which compliance then rests on',
    partners: 'Mobile Threat Defense partners',
    risk: 'high',
  },
];
