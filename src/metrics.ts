import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Figures for the operator. Labels are rows of the route table and fixed words, never text or ids of people. */
export interface Metrics {
  readonly registry: Registry;
  turn(route: string, outcome: string, milliseconds: number): void;
  outbound(operation: string, result: string): void;
  refusal(reason: string): void;
  /** Asked when somebody reads the figures; a reading that fails is left out. */
  gauge(name: string, help: string, read: () => Promise<number | Record<string, number>>, label?: string): void;
}

const prefix = 'quartermaster_';

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const turns = new Counter({
    name: `${prefix}turns_total`,
    help: 'Turns by route and outcome',
    labelNames: ['route', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: `${prefix}turn_seconds`,
    help: 'Time a route took to answer',
    labelNames: ['route'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
    registers,
  });
  const outbound = new Counter({
    name: `${prefix}outbound_total`,
    help: 'Requests to Teams by operation and result',
    labelNames: ['operation', 'result'],
    registers,
  });
  const refusals = new Counter({
    name: `${prefix}refused_requests_total`,
    help: 'Requests to the messaging endpoint that were refused before a turn',
    labelNames: ['reason'],
    registers,
  });
  return {
    registry,
    turn(route, outcome, milliseconds) {
      turns.inc({ route, outcome });
      durations.observe({ route }, milliseconds / 1000);
    },
    outbound: (operation, result) => outbound.inc({ operation, result }),
    refusal: (reason) => refusals.inc({ reason }),
    gauge(name, help, read, label = 'state') {
      const gauge: Gauge<string> = new Gauge({
        name: `${prefix}${name}`,
        help,
        labelNames: [label],
        registers,
        async collect() {
          try {
            const found = await read();
            gauge.reset();
            if (typeof found === 'number') gauge.set(found);
            else for (const [key, value] of Object.entries(found)) gauge.set({ [label]: key }, value);
          } catch {
            gauge.reset();
          }
        },
      });
    },
  };
}
