import type { Context } from '@microsoft/microsoft-graph-client';
import type { RequestBudget } from '../request-budget.ts';
import { callOf, Link } from './graph-call.ts';

/** Intune often says 429 without saying for how long. */
const pauseWithoutWordMs = 2_000;

/** Waits until an attempt fits into the budget of app and tenant, and lets all others wait when the service wants that. */
export class Budgeting extends Link {
  readonly #budget: RequestBudget;

  constructor(budget: RequestBudget) {
    super();
    this.#budget = budget;
  }

  async execute(context: Context): Promise<void> {
    const call = callOf(context);
    const method = (context.options as { method?: string } | undefined)?.method ?? 'GET';
    await this.#budget.take(method === 'GET' ? 'read' : 'change', call.signal);
    await this.passOn(context);
    if (call.failure?.status === 429) this.#budget.pause(call.retryAfterMs ?? pauseWithoutWordMs);
  }
}
