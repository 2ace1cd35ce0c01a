import assert from 'node:assert/strict';
import { attack, countRequests, ONE, REFUSED } from '../sources/framing-attacks.js';
import { countOf } from '../sources/samples.js';
import { drain, startListener } from '../support/listener.js';
import { promise } from './support/promise.js';

promise(
  'P26',
  'attacks on the framing of HTTP get 4xx and the end of the connection, never a second request',
  async ({ build, t, figure }) => {
    const { port, alarms } = await startListener(t, { build });
    const requests = countRequests(t, port);
    let before = 0;
    const sendAll = async (attacks: typeof REFUSED, judge: (what: string, statuses: number[]) => void) => {
      for (const [what, bytes] of attacks) {
        judge(what, await attack(port, bytes));
        assert.ok(requests() - before <= 1, `${what}: ${requests() - before} requests`);
        before = requests();
      }
    };
    await sendAll(REFUSED, (what, [status = 0, ...more]) => {
      assert.ok(status >= 400 && status < 500, `${what}: answered ${status}`);
      assert.deepEqual(more, [], `${what}: a second answer`);
    });
    assert.equal(alarms.size, 0);
    await sendAll(ONE, (what, statuses) => assert.deepEqual(statuses, [200], what));
    assert.deepEqual(
      (await drain(alarms)).map(countOf),
      ONE.map(() => 1),
    );
    figure(
      `${REFUSED.length} attacks refused with 4xx, ${ONE.length} odd requests taken as one; ${requests()} requests seen, none of the ${REFUSED.length + ONE.length} smuggled ones`,
    );
  },
  [
    {
      what: 'reads requests leniently',
      file: 'src/sources/http-port.js',
      from: 'requireHostHeader: false',
      to: 'requireHostHeader: false, insecureHTTPParser: true',
    },
    {
      what: 'lets a repaired request keep its connection',
      file: 'src/wire/request-head.js',
      from: "requestLine, 'Connection: close', ...framing",
      to: 'requestLine, ...framing',
    },
    {
      what: 'repairs a head with two different lengths',
      file: 'src/wire/request-head.js',
      from: 'length === undefined || length !== lengths[0]',
      to: 'length === undefined',
    },
  ],
);
