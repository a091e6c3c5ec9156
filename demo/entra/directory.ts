import type { AppRegistration, DemoDirectory, Person, ServicePrincipal, Tenant } from '../tenants.ts';
import { EntraError, isGuid } from './entra-error.ts';

const domainName = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i;

/** Looks things up in the demo's directory the way Entra does: tenants by id or domain, apps by client id. */
export class Directory {
  readonly data: DemoDirectory;

  constructor(data: DemoDirectory) {
    this.data = data;
  }

  tenant(id: string): Tenant | undefined {
    return this.data.tenants.find((tenant) => tenant.id === id.toLowerCase());
  }

  tenantByName(name: string): Tenant {
    const wanted = name.toLowerCase();
    const found = this.data.tenants.find((tenant) => tenant.id === wanted || tenant.domains.includes(wanted));
    if (found) return found;
    if (!isGuid(name) && !domainName.test(name))
      throw new EntraError(
        400,
        'invalid_request',
        900023,
        `Specified tenant identifier '${name}' is neither a valid DNS name, nor a valid external domain.`,
      );
    throw new EntraError(
      400,
      'invalid_request',
      90002,
      `Tenant '${name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
    );
  }

  registration(appId: string): AppRegistration | undefined {
    return this.data.registrations.find((registration) => registration.appId === appId.toLowerCase());
  }

  servicePrincipal(tenant: Tenant, appId: string): ServicePrincipal | undefined {
    return tenant.servicePrincipals.find((principal) => principal.appId === appId.toLowerCase());
  }

  person(id: string): Person | undefined {
    return this.data.people.find((person) => person.id === id);
  }

  /** The app as it may be used in `tenant`, or the error Entra gives. */
  appIn(tenant: Tenant, clientId: string): AppRegistration {
    if (!isGuid(clientId))
      throw new EntraError(400, 'invalid_request', 90112, 'Application identifier is expected to be a GUID.');
    const registration = this.registration(clientId);
    if (registration === undefined || (registration.homeTenantId !== tenant.id && !registration.multiTenant))
      throw new EntraError(
        400,
        'unauthorized_client',
        700016,
        `Application with identifier '${clientId}' was not found in the directory '${tenant.displayName}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
      );
    return registration;
  }
}
