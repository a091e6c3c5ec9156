import type { Card, CardElement } from '../../cards/card.ts';
import { textField } from '../../cards/inputs.ts';
import { card, container, execute, header, text } from '../../cards/pieces.ts';
import { versionForApp } from '../../graph/graph-version.ts';
import type { PublishPlan } from '../../publishing/plan.ts';
import type { Release } from '../../publishing/releases.ts';

export interface RequestCard {
  release: Release;
  plan: PublishPlan;
}

/** A card may be 24 KB at most, and nobody reads a long script on one. */
const longestValue = 300;
const longestRequest = 9_000;

/** The very request, for people who want to see what Intune is told. */
export function requestCard({ release, plan }: RequestCard): Card {
  const icon = plan.picture !== null ? 'of the template' : release.icon !== null ? 'of the package' : null;
  return card(
    [
      header({
        title: 'What Intune will be told',
        where: `POST /${versionForApp(plan.graphType, plan.app)}/deviceAppManagement/mobileApps`,
      }),
      text('A new version of an app that is there gets the same properties with PATCH.', { subtle: true }),
      requestField({ graphType: plan.graphType, app: plan.app, icon }),
      plan.categories.length === 0
        ? null
        : text(`Then the categories, one request each: ${plan.categories.map(({ name }) => name).join(', ')}.`, {
            small: true,
          }),
    ],
    [execute('Back to the plan', 'publish.show', { release: release.id })],
  );
}

interface Request {
  graphType: string;
  app: Readonly<Record<string, unknown>>;
  /** Whose icon goes along; its bytes would fill the card. */
  icon: string | null;
}

/** The body of a create, in a field from which it can be copied. */
export function requestField({ graphType, app, icon }: Request): CardElement {
  const largeIcon = icon === null ? {} : { largeIcon: `(the icon ${icon}, as base64)` };
  const body = { '@odata.type': `#microsoft.graph.${graphType}`, ...app, ...largeIcon };
  const shown = JSON.stringify(body, (_name, value: unknown) => shortened(value), 2);
  return container([
    textField({ id: 'request', label: 'The request', value: shown.slice(0, longestRequest), multiline: true }),
    shown.length > longestRequest ? text('The rest is left out here.', { subtle: true }) : null,
  ]);
}

function shortened(value: unknown): unknown {
  return typeof value === 'string' && value.length > longestValue ? `${value.slice(0, longestValue)}…` : value;
}
