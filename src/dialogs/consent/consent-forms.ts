import type { Card } from '../../cards/card.ts';
import { choiceField, textField } from '../../cards/inputs.ts';
import { actions, card, execute, header, openUrl, strip, text } from '../../cards/pieces.ts';
import { sentence } from '../../cards/text.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { ConsentRequest } from '../../consent/consent-request.ts';
import { alwaysListed } from '../../consent/listed-permissions.ts';
import { capabilities } from '../../permissions/capabilities.ts';

export const everyApprover = 'all';

export interface RequestForm {
  connection: StoredConnection;
  approvers: { objectId: string; name: string }[];
  approversAre: 'approvers' | 'admins';
  /** The operator lets this person decide on requests of their own. */
  decidesAlone?: boolean;
  values?: { approver?: string; capabilities?: string; message?: string };
  fault?: string;
}

export function requestForm({
  connection,
  approvers,
  approversAre,
  decidesAlone,
  values = {},
  fault,
}: RequestForm): Card {
  const nobody = approvers.length === 0;
  const only = approvers.length === 1 ? (approvers[0] ?? null) : null;
  return card(
    [
      header({ title: 'Request consent', where: `${connection.name} · tenant ${connection.tenantId}` }),
      fault === undefined ? null : strip('attention', fault),
      text(
        `An administrator of the tenant has to agree once to what the app may do.${decidesAlone ? '' : ' You cannot decide on your own request.'}`,
      ),
      nobody
        ? text(
            'Nobody here can decide besides you. Name an approver with roles approver @name, or send the request and give an administrator outside Teams a page: the next card has it under Someone else.',
          )
        : choiceField({
            id: 'approver',
            label: 'Who decides',
            hint:
              approversAre === 'approvers'
                ? 'Whoever decides gets the request in their own chat with me too, where there is one.'
                : 'Nobody else is named an approver here, so it goes to the admins.',
            required: true,
            value: only?.objectId ?? values.approver ?? everyApprover,
            choices: [
              ...(only === null ? [{ title: 'Everybody who can', value: everyApprover }] : []),
              ...approvers.map(({ objectId, name }) => ({ title: name, value: objectId })),
            ],
          }),
      connection.mode === 'managed'
        ? text('What the app asks for is set by the operator of this bot; the request lists it.', { subtle: true })
        : choiceField({
            id: 'capabilities',
            label: 'What else should it be able to do (publishing is always asked for)',
            hint: 'Each takes one more permission. The app registration has to list them too.',
            many: true,
            expanded: true,
            value: values.capabilities ?? '',
            choices: capabilities
              .filter(({ id }) => id !== alwaysListed && id !== 'seeApps')
              .map(({ id, label }) => ({ title: sentence(label), value: id })),
          }),
      textField({
        id: 'message',
        label: 'A word to them',
        hint: 'Why it is needed. Everybody who sees the request can read it.',
        maxLength: 500,
        multiline: true,
        value: values.message,
      }),
    ],
    [
      execute('Send request', 'consent.ask', { connection: connection.id }, { style: 'positive', takesInputs: true }),
      execute('Cancel', 'connection.show', { connection: connection.id }),
    ],
  );
}

const pressOn = ({ id, revision }: ConsentRequest) => ({ request: id, revision });

export function denyForm(request: ConsentRequest, fault?: string): Card {
  return card(
    [
      header({ title: `Deny consent for ${request.connectionName}`, where: `Asked by ${request.requester.name}` }),
      textField({
        id: 'reason',
        label: 'Reason',
        hint: 'The person who asked reads it, and so does everybody who sees the request.',
        maxLength: 500,
        multiline: true,
        required: true,
        missing: 'A reason is needed',
        error: fault,
      }),
      text('If somebody has granted it at Microsoft already, denying here does not take that back.', {
        subtle: true,
        small: true,
      }),
    ],
    [
      execute('Deny', 'consent.deny', pressOn(request), { style: 'destructive', takesInputs: true }),
      execute('Back', 'consent.view', pressOn(request)),
    ],
  );
}

export function questionForm(request: ConsentRequest, fault?: string): Card {
  return card(
    [
      header({ title: `Ask ${request.requester.name}`, where: `Consent for ${request.connectionName}` }),
      textField({
        id: 'question',
        label: 'Your question',
        hint: 'It is posted where the request was made. The request stays open.',
        maxLength: 500,
        multiline: true,
        required: true,
        error: fault,
      }),
    ],
    [
      execute('Send', 'consent.question', pressOn(request), { style: 'positive', takesInputs: true }),
      execute('Back', 'consent.view', pressOn(request)),
    ],
  );
}

export interface SomeoneElse {
  request: ConsentRequest;
  /** Who could be asked besides. */
  others: { objectId: string; name: string }[];
  /** Adds the bot to somebody's Teams. */
  installUrl: string | null;
  fault?: string;
}

export function someoneElseCard({ request, others, installUrl, fault }: SomeoneElse): Card {
  const unreached = request.approvers.filter(({ chat }) => chat === null).map(({ name }) => name);
  return card(
    [
      header({ title: 'Someone else decides', where: `Consent for ${request.connectionName}` }),
      fault === undefined ? null : strip('attention', fault),
      ...(others.length === 0
        ? [text('Everybody here who can decide has been asked. An admin names more people with roles approver @name.')]
        : [
            choiceField({
              id: 'person',
              label: 'Somebody of this place',
              required: true,
              missing: 'Choose somebody',
              value: others.length === 1 ? others[0]?.objectId : undefined,
              choices: others.map(({ objectId, name }) => ({ title: name, value: objectId })),
            }),
            actions([execute('Ask this person', 'consent.handTo', pressOn(request), { takesInputs: true })]),
          ]),
      text('An administrator who is not in Teams, or in another tenant', { bold: true, spacing: 'Large' }),
      text('I make a page that you can forward, and a code that you tell on another way.'),
      unreached.length === 0 || installUrl === null
        ? null
        : text(`${unreached.join(', ')}: no chat with me yet. Send them the link that adds me to their Teams.`),
    ],
    [
      execute('Make a page', 'consent.page', pressOn(request)),
      unreached.length === 0 || installUrl === null ? null : openUrl('Link that adds me', installUrl),
      execute('Back', 'consent.view', pressOn(request)),
    ],
  );
}

export function outsidePageCard(request: ConsentRequest, page: { url: string; code: string }): Card {
  return card(
    [
      header({ title: 'A page for an administrator', where: `Consent for ${request.connectionName}` }),
      strip('accent', `Code: ${page.code.slice(0, 3)} ${page.code.slice(3)}`),
      textField({ id: 'page', label: 'Page to forward', value: page.url }),
      text(
        'Send the page, and tell the code on another way, for example by telephone: the page alone lets nobody in. Both work until the request ends. Making another page makes a new code.',
      ),
    ],
    [execute('Back', 'consent.view', pressOn(request))],
  );
}
