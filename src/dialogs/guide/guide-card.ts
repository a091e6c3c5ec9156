import type { Card, CardElement } from '../../cards/card.ts';
import { choiceField, readOnlyField, textField } from '../../cards/inputs.ts';
import { actions, card, execute, header, strip, type Tone, text } from '../../cards/pieces.ts';
import { plain } from '../../cards/text.ts';
import type { Cloud } from '../../graph/clouds.ts';
import { portalLink } from '../../graph/portal-links.ts';
import { type GuideName, type GuideStep, guides } from './guide-steps.ts';

export interface GuideCard {
  guide: GuideName;
  /** From 0. */
  step: number;
  cloud: Cloud;
  clouds: readonly Cloud[];
  callbackUrls: { consent: string; signIn: string };
  /** Connections of this place, whose permissions can be checked. */
  connections: readonly { id: string; name: string }[];
  /** What a check said. */
  finding?: { tone: Tone; words: string };
  typed?: { cloud?: string | undefined; tenant?: string | undefined };
}

export function guideCard(view: GuideCard): Card {
  const { guide, cloud, callbackUrls, finding } = view;
  const { title, steps } = guides[guide];
  const number = Math.min(Math.max(view.step, 0), steps.length - 1);
  const step = steps[number] as GuideStep;
  const at = (to: number) => ({ guide, step: to });
  return card(
    [
      header({ title: step.title, where: `${title}, step ${number + 1} of ${steps.length}` }),
      finding === undefined ? null : strip(finding.tone, finding.words),
      ...step.do.map((line, index) => text(`**${index + 1}.** ${plain(line)}`, { markdown: true })),
      ...(step.notes ?? []).map((line) => text(line, { subtle: true })),
      ...(step.showsCallbacks
        ? [
            readOnlyField({ id: 'callback', label: 'Redirect URI for consent by a link', value: callbackUrls.consent }),
            readOnlyField({ id: 'signIn', label: 'Redirect URI for a person’s sign-in', value: callbackUrls.signIn }),
          ]
        : []),
      ...step.links.map((target) => {
        const link = portalLink(target, cloud);
        return text(`[${link.title}](${link.url}), by menus: ${plain(link.menuPath)}`, {
          markdown: true,
          small: true,
          spacing: 'Small',
        });
      }),
      step.otherNames === undefined ? null : text(`(${step.otherNames})`, { subtle: true, small: true }),
      ...check(step, view, at(number)),
    ],
    [
      number < steps.length - 1
        ? execute('Next', 'guide.show', at(number + 1), { style: 'positive' })
        : execute('Connect now', 'connection.form', {}, { style: 'positive' }),
      number > 0 ? execute('Back', 'guide.show', at(number - 1)) : execute('Back', 'connection.form'),
      number < steps.length - 1 ? execute('I have everything: connect', 'connection.form') : null,
      guide === 'registration' && number === 0
        ? execute('Tenants of customers', 'guide.show', { guide: 'partner', step: 0 })
        : null,
    ],
  );
}

function check(step: GuideStep, { clouds, connections, typed }: GuideCard, at: object): (CardElement | null)[] {
  if (step.check === 'tenant')
    return [
      choiceField({
        id: 'cloud',
        label: 'Cloud',
        value: typed?.cloud ?? clouds[0]?.id,
        choices: clouds.map(({ id, label }) => ({ title: label, value: id })),
      }),
      textField({
        id: 'tenant',
        label: 'Directory (tenant) ID or domain',
        placeholder: 'contoso.com',
        maxLength: 255,
        value: typed?.tenant,
      }),
      actions([execute('Check the tenant', 'guide.tenant', { ...at }, { takesInputs: true })]),
    ];
  if (step.check === 'permissions' && connections.length > 0)
    return [
      choiceField({
        id: 'connection',
        label: 'Connection to check',
        value: connections[0]?.id,
        choices: connections.map(({ id, name }) => ({ title: name, value: id })),
      }),
      actions([execute('Check permissions', 'permissions.show', {}, { takesInputs: true })]),
    ];
  return [];
}
