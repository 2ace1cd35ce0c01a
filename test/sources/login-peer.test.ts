import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PATH, startListener } from '../support/listener.js';

/** The part of digest-fetch that is used; it comes without types. */
interface DigestFetch {
  fetch(url: string, options: object): Promise<Response>;
}
type DigestFetchClass = new (username: string, password: string, options?: object) => DigestFetch;

const ALERT =
  '<EventNotificationAlert><eventType>VMD</eventType><eventState>active</eventState></EventNotificationAlert>';

test('a Digest client that is not ours gets in, nine times with one nonce, and not with another password', async (t) => {
  const { default: Client } = (await import('digest-fetch')) as unknown as { default: DigestFetchClass };
  const login = { username: 'kamera', password: 'päss "word"' };
  const { port, alarms } = await startListener(t, { settings: { auth: 'digest', ...login } });
  const url = `http://127.0.0.1:${port}${PATH}`;
  const push = { method: 'POST', body: ALERT, headers: { 'content-type': 'application/xml' } };
  const client = new Client(login.username, login.password);
  // It counts in decimal digits: the tenth would be refused, and rightly so (reliability.md §1).
  for (let count = 0; count < 9; count++) assert.equal((await client.fetch(url, push)).status, 200);
  for (let count = 0; count < 9; count++) assert.equal((await alarms.take()).event.kind, 'motion');
  const other = new Client(login.username, 'another');
  assert.equal((await other.fetch(url, push)).status, 401);
  assert.equal(alarms.size, 0);
});
