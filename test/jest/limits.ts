import { isMainThread } from 'node:worker_threads';

type Body = (...row: unknown[]) => unknown;
type Register = (title: string, body?: Body, limitMs?: number) => void;
interface RegisterTest extends Register {
  each: (...table: unknown[]) => Register;
}
interface RegisterTests extends RegisterTest {
  only: RegisterTest;
  skip: RegisterTest;
}

const usualLimitMs = 120_000;

/** The runner waits for a test as long as it takes; with this, one that hangs fails and says so. */
function limited(body: Body | undefined, limitMs = usualLimitMs): Body | undefined {
  if (body === undefined) return undefined;
  return async (...row) => {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`It was not done after ${limitMs / 1_000} s.`)), limitMs);
    });
    try {
      await Promise.race([body(...row), over]);
    } finally {
      clearTimeout(timer);
    }
  };
}

const limitedTest = (register: RegisterTest): RegisterTest =>
  Object.assign<Register, Pick<RegisterTest, 'each'>>(
    (title, body, limitMs) => register(title, limited(body, limitMs)),
    {
      each:
        (...table) =>
        (title, body, limitMs) =>
          register.each(...table)(title, limited(body, limitMs)),
    },
  );

type RegisterHook = (body: Body, limitMs?: number) => void;

const limitedHook =
  (register: RegisterHook): RegisterHook =>
  (body, limitMs) =>
    register(limited(body, limitMs) ?? body);

const runner = globalThis as unknown as {
  it: RegisterTests;
  test: RegisterTests;
  beforeAll: RegisterHook;
  beforeEach: RegisterHook;
  afterEach: RegisterHook;
  afterAll: RegisterHook;
};
const { it } = runner;
runner.it = Object.assign(limitedTest(it), { only: limitedTest(it.only), skip: limitedTest(it.skip) });
runner.test = runner.it;
for (const hook of ['beforeAll', 'beforeEach', 'afterEach', 'afterAll'] as const)
  runner[hook] = limitedHook(runner[hook]);

// In a worker it would end the thread without a word, and the run would wait for it for ever.
if (!isMainThread)
  process.exit = (code) => {
    throw new Error(`process.exit(${code ?? ''}) was called`);
  };
