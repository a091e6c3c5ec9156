import pg from 'pg';

/**
 * A pool that loses no place to a connection that breaks while somebody has it. drizzle begins a transaction before it minds
 * giving the connection back: one that broke in the pool fails at `begin` and would stay taken for ever.
 */
export function createPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 10, connectionTimeoutMillis: 5_000 });
  // A dropped idle connection is reported here; the next query opens a new one, so the process must not end.
  pool.on('error', () => undefined);
  // While a connection is checked out nobody else listens; the query that is running on it reports the loss.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const connect = pool.connect.bind(pool) as (...args: unknown[]) => Promise<pg.PoolClient>;
  const returning = async (...args: unknown[]): Promise<pg.PoolClient> => {
    // With a callback the pool itself asks, for a query of its own, and gives back what it took.
    if (args.length > 0) return connect(...args);
    const client = await connect();
    const giveBack = client.release.bind(client);
    let isTaken = true;
    const ended = () => client.release(true);
    client.release = (destroy) => {
      client.off('end', ended);
      if (isTaken) giveBack(destroy);
      isTaken = false;
    };
    client.once('end', ended);
    return client;
  };
  pool.connect = returning as typeof pool.connect;
  return pool;
}
