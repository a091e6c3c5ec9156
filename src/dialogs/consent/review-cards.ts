import type { Card } from '../../cards/card.ts';
import { textField } from '../../cards/inputs.ts';
import { actions, card, execute, header, openUrl, strip, text } from '../../cards/pieces.ts';
import { type ConsentRequest, tenantOf } from '../../consent/consent-request.ts';
import type { PortalLink, PortalTarget } from '../../graph/portal-links.ts';

type Portal = (target: PortalTarget) => PortalLink | null;

export interface ReviewCard {
  request: ConsentRequest;
  url: string;
  code: string;
  /** Where Microsoft's page leads back to; an app of the customer's own must list it. */
  redirectUri: string | null;
  portal: Portal;
}

const spaced = (code: string) => `${code.slice(0, 3)} ${code.slice(3)}`;

/** For the presser alone: the link and the code that opens it. */
export function reviewCard({ request, url, code, redirectUri, portal }: ReviewCard): Card {
  const press = { request: request.id, revision: request.revision };
  const permissions = portal('apiPermissions');
  return card(
    [
      header({ title: `Grant for ${request.connectionName}`, where: `Tenant ${tenantOf(request)}` }),
      strip('accent', `Your code: ${spaced(code)}`),
      text(
        '1. Open the page and enter the code. Link and code are yours alone and work once, for 15 minutes.\n2. On Microsoft’s page sign in as a Global Administrator or Privileged Role Administrator of the tenant, compare the list and accept.\n3. Come back here: the cards change by themselves.',
        { markdown: true },
      ),
      ...(redirectUri === null
        ? []
        : [
            text(
              'Microsoft’s page says AADSTS50011? Then the app registration does not know my address. Add it under Authentication, Web, or grant in the portal instead: API permissions, Grant admin consent. Each permission then has a green tick and the words Granted for your organisation. Come back and press I granted it, check.',
              { subtle: true, small: true },
            ),
            textField({ id: 'redirectUri', label: 'My address, to copy', value: redirectUri }),
          ]),
      actions([
        permissions === null ? null : openUrl('API permissions', permissions.url),
        redirectUri === null ? null : portalButton(portal, 'authentication', 'Authentication'),
      ]),
    ],
    [
      openUrl('Open the page', url),
      execute('I granted it, check', 'consent.check', press),
      execute('I was stopped', 'consent.stopped', press),
      execute('Back', 'consent.view', press),
    ],
  );
}

const portalButton = (portal: Portal, target: PortalTarget, title: string) => {
  const link = portal(target);
  return link === null ? null : openUrl(title, link.url);
};

/** The list of permissions, or the requester's standing, is not what it was when the request was made. */
export function requesterLeftCard(request: ConsentRequest): Card {
  const press = { request: request.id, revision: request.revision };
  return card(
    [
      header({ title: `Consent for ${request.connectionName}` }),
      strip('warning', `Asked by ${request.requester.name}, who is not in this place any more`),
      text('The request is still open. Go on only if the workspace still wants it.'),
    ],
    [
      execute('Continue', 'consent.review', { ...press, knowing: true }),
      execute('Deny', 'consent.denyForm', press),
      execute('Back', 'consent.view', press),
    ],
  );
}

const reasons = (tenantId: string): [string, string][] => [
  [
    'Need admin approval, and no way on',
    'That account may not grant this, and the tenant takes no requests. Only a Global Administrator or Privileged Role Administrator can finish: press Someone else. An administrator can switch requests on under Admin consent settings; it takes up to an hour.',
  ],
  [
    'Approval required, with a field for a reason',
    'Send the request: Microsoft mails the tenant’s reviewers. Then press Back to app there. The answer comes by e-mail, and Check now finds the grant.',
  ],
  [
    'AADSTS50020 or another account problem',
    `The page was opened with an account of another organisation. Open it in a private window and sign in with an account of tenant ${tenantId}.`,
  ],
  [
    'AADSTS50011',
    'The app registration does not know my address. Add it under Authentication, or grant under API permissions and press I granted it, check.',
  ],
  [
    'AADSTS700016 or 650059',
    'The app is not known in that tenant, or not meant for several tenants. Compare the ids, and the supported account types of the app.',
  ],
  [
    'AADSTS53003 or another rule',
    'Conditional Access or a network rule stopped the sign-in. Use a device and network that the tenant allows.',
  ],
];

export function stoppedCard(request: ConsentRequest, portal: Portal): Card {
  const press = { request: request.id, revision: request.revision };
  return card(
    [
      header({ title: 'Stopped on Microsoft’s page', where: request.connectionName }),
      text('What did the page say?'),
      ...reasons(request.tenantId).flatMap(([said, means]) => [
        text(said, { bold: true, spacing: 'Medium' }),
        text(means, { spacing: 'Small' }),
      ]),
      actions([portalButton(portal, 'adminConsentSettings', 'Admin consent settings')]),
    ],
    [
      execute('Someone else', 'consent.someoneElse', press),
      execute('I granted it, check', 'consent.check', press),
      execute('Back', 'consent.view', press),
    ],
  );
}
