/** Adaptive Card JSON, schema 1.5. Pieces are typed literals: builders that write every default make cards several times larger. */
export interface Card {
  type: 'AdaptiveCard';
  version: '1.5';
  $schema: 'http://adaptivecards.io/schemas/adaptive-card.json';
  body: CardElement[];
  actions?: CardAction[];
  refresh?: { action: CardAction; userIds: string[] };
  msteams?: Record<string, unknown>;
}

export interface CardElement {
  type: string;
  [property: string]: unknown;
}

export interface CardAction {
  type: 'Action.Execute' | 'Action.OpenUrl' | 'Action.Submit';
  title: string;
  [property: string]: unknown;
}
