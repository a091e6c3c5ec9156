import { createRequire } from 'node:module';
import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

const shared = createRequire(import.meta.url)('node:vm');
const { createContext } = vm;

/**
 * jest's own environment on an ordinary global object. The usual one calls an interceptor for every global name that code
 * reads (`Object`, `Map`, …), which took half of the time of the tests that use the store.
 * https://nodejs.org/docs/latest-v24.x/api/vm.html#when-vmconstantsdont_contextify-is-used
 */
export default class PlainContext extends TestEnvironment {
  constructor(config, context) {
    // The environment takes no context of its own; it asks for one here, before anything else can.
    shared.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(config, context);
    } finally {
      shared.createContext = createContext;
    }
  }
}
