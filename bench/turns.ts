import { type RunningBot, stage, startEchoBot, startQuartermaster } from './bots.ts';
import { startWorker, type Worker } from './child-process.ts';
import { type DisposableDatabase, disposableDatabase } from './disposable-database.ts';
import { alternate, type Benchmark, type Figure, median, type RunOptions, rounded } from './figure.ts';
import { seedConnections } from './seed.ts';
import type { LoadPlan, LoadResult, SaturationPlan } from './teams-load.ts';
import type { TeamsAnswer, TeamsRequest } from './teams-process.ts';

const rounds = 5;
const roundSeconds = 3;
const warmUpSeconds = 5;
const connections = 16;
/** Of what the slower of the two can do. */
const paceShare = 0.6;

/** Words, and what stands in each right answer. */
const help = { words: 'help', expected: 'What you can type' };
const connectionList = { words: 'connections', expected: '{marker}' };
const echo = (words: string) => ({ words, expected: 'Echo: ' });

type Question = Omit<LoadPlan, 'origin'>;
type Result = LoadResult & { /** Of the bot, for one message. */ cpuMicroseconds: number };
type Teams = Worker<TeamsRequest, TeamsAnswer>;

export const benchmark: Benchmark = {
  names: ['turn.help', 'turn.connections', 'turn.p99'],
  async *run(options) {
    const { signal, say, wanted } = options;
    await using database = await disposableDatabase();
    say(`turns: ${stage}, on ${database.kind}`);
    await seedConnections(database);
    await using teams: Teams = startWorker({ script: new URL('./teams-process.ts', import.meta.url), signal });
    const opened = await teams.ask({ do: 'open' });
    if (!('port' in opened)) throw new Error('The sink has no port');
    await using echoBot = await startEchoBot(opened.port, signal);
    await using quartermaster = await startQuartermaster(database, opened.port, signal);
    const bench = new Turns({ ...options, teams, database, quartermaster, echoBot });

    if (wanted('turn.help')) yield await bench.throughput('turn.help', help, '>=0.8');
    const both = wanted('turn.connections') || wanted('turn.p99');
    const figure = both ? await bench.throughput('turn.connections', connectionList, '>=0.6') : null;
    if (figure !== null && wanted('turn.connections')) yield figure;
    if (figure !== null && wanted('turn.p99')) yield await bench.p99(figure);
  },
};

interface TurnsOptions extends RunOptions {
  teams: Teams;
  database: DisposableDatabase;
  quartermaster: RunningBot;
  echoBot: RunningBot;
}

class Turns {
  readonly #options: TurnsOptions;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  async throughput(name: string, question: Question, goal: string): Promise<Figure> {
    const { quartermaster, echoBot, database } = this.#options;
    const saturate = (bot: RunningBot, asked: Question, until: SaturationPlan['until']) => () =>
      this.#load(bot, { do: 'saturate', origin: bot.origin, ...asked, connections, until });
    const subject = [quartermaster, question] as const;
    const baseline = [echoBot, echo(question.words)] as const;
    for (const side of [baseline, subject]) {
      await saturate(...side, 'everybody')();
      await saturate(...side, { seconds: warmUpSeconds })();
    }
    const round = { seconds: roundSeconds };
    const results = await alternate(rounds, saturate(...subject, round), saturate(...baseline, round));
    const rate = ({ messages, seconds }: LoadResult) => messages / seconds;
    const value = median(results.subject.map(rate));
    const base = median(results.baseline.map(rate));
    const latency = (side: Result[]) => `p50 ${ms(side, 'p50')}, p99 ${ms(side, 'p99')} ms`;
    const cpu = (side: Result[]) => Math.round(median(side.map(({ cpuMicroseconds }) => cpuMicroseconds)));
    const ownShare = Math.max(...[...results.subject, ...results.baseline].map((result) => result.ownShare));
    return {
      name,
      value: Math.round(value),
      unit: 'msg/s',
      baseline: Math.round(base),
      ratio: rounded(value / base),
      goal,
      note:
        `${stage}, ${connections} connections, ${database.kind}, ${rounds} rounds of ${roundSeconds} s, answered at the sink; ` +
        `processor time ${cpu(results.subject)} us a message, echo ${cpu(results.baseline)} us; ` +
        `at this load ${latency(results.subject)}, echo ${latency(results.baseline)}; ` +
        `load and sink used at most ${Math.round(100 * ownShare)} % of a core`,
    };
  }

  /** Both under the same arrivals, at a rate that neither has trouble with. */
  async p99({ value, baseline }: Figure): Promise<Figure> {
    const { quartermaster, echoBot, database } = this.#options;
    const perSecond = Math.floor(paceShare * Math.min(value, baseline ?? value));
    let seed = 0;
    const pace = (bot: RunningBot, asked: Question) => () => {
      const plan = { origin: bot.origin, ...asked, perSecond, seconds: roundSeconds, seed: Math.floor(seed / 2) };
      seed += 1;
      return this.#load(bot, { do: 'pace', ...plan });
    };
    const results = await alternate(
      rounds,
      pace(quartermaster, connectionList),
      pace(echoBot, echo(connectionList.words)),
    );
    const subject = median(results.subject.map(({ p99 }) => p99));
    const base = median(results.baseline.map(({ p99 }) => p99));
    return {
      name: 'turn.p99',
      value: rounded(subject),
      unit: 'ms',
      baseline: rounded(base),
      ratio: rounded(subject / base),
      goal: '<=2',
      note:
        `connections at ${perSecond} msg/s for both (${paceShare * 100} % of what the slower one can do), random arrivals, ` +
        `from when a message is due to its answer at the sink; ${database.kind}, ${rounds} rounds of ${roundSeconds} s; ` +
        `p50 ${ms(results.subject, 'p50')} ms, echo ${ms(results.baseline, 'p50')} ms`,
    };
  }

  async #load(bot: RunningBot, request: Exclude<TeamsRequest, { do: 'open' }>): Promise<Result> {
    const { teams, say, quartermaster } = this.#options;
    const before = bot.cpuSeconds();
    const result = await teams.ask(request);
    if (!('messages' in result)) throw new Error('The load has no result');
    const cpuMicroseconds = ((bot.cpuSeconds() - before) * 1e6) / result.messages;
    say(
      `${request.do} ${bot === quartermaster ? 'quartermaster' : 'echo'} "${request.words}": ` +
        `${Math.round(result.messages / result.seconds)} msg/s, p50 ${rounded(result.p50)} ms, p99 ${rounded(result.p99)} ms, ` +
        `${Math.round(cpuMicroseconds)} us a message, load ${Math.round(result.ownShare * 100)} % of a core`,
    );
    return { ...result, cpuMicroseconds };
  }
}

function ms(results: readonly LoadResult[], quantile: 'p50' | 'p99'): number {
  return rounded(median(results.map((result) => result[quantile])));
}
