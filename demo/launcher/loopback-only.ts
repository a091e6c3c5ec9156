import { Server } from 'node:net';

// Preloaded into the Playground, which has no setting for it and would listen on every interface of the machine: whoever
// reaches its port could act as the demo's people.
const listen = Server.prototype.listen;

Server.prototype.listen = function (this: Server, ...parameters: unknown[]) {
  const [port, host] = parameters;
  if (typeof port === 'number' && typeof host !== 'string') parameters.splice(1, 0, '127.0.0.1');
  return Reflect.apply(listen, this, parameters) as Server;
} as typeof listen;
