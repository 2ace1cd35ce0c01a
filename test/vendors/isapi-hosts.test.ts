import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { LIMITS } from '../../src/limits.js';
import {
  type HostCapabilities,
  readHostCapabilities,
  UNKNOWN_CAPABILITIES,
} from '../../src/vendors/isapi/host-capabilities.js';
import {
  applyChanges,
  changesFor,
  loginChanges,
  necessary,
  type PushTarget,
} from '../../src/vendors/isapi/host-changes.js';
import { canonicalHost, isSameValue } from '../../src/vendors/isapi/host-values.js';
import { type HostSlot, HttpHosts } from '../../src/vendors/isapi/http-hosts.js';

const TARGET: PushTarget = {
  host: '192.0.2.10',
  port: 8089,
  tls: false,
  path: '/Kx7pQ2mWz9aB/isapi',
  secret: 'Kx7pQ2mWz9aB',
  auth: 'none',
  username: '',
  password: '',
  events: [],
};
const RIGHT = [
  '<id>1</id>',
  '<url>/Kx7pQ2mWz9aB/isapi</url>',
  '<protocolType>HTTP</protocolType>',
  '<parameterFormatType>XML</parameterFormatType>',
  '<addressingFormatType>ipaddress</addressingFormatType>',
  '<ipAddress>192.0.2.10</ipAddress>',
  '<portNo>8089</portNo>',
];
const xml = (...slots: string[]) =>
  Buffer.from(
    `<HttpHostNotificationList>${slots.map((slot) => `<HttpHostNotification>${slot}</HttpHostNotification>`).join('')}</HttpHostNotificationList>`,
  );
const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const slotOf = (hosts: HttpHosts) => hosts.slots[0] as HostSlot;

/** What changes in the first slot of a list, and the list with that. */
function changed(list: Buffer, target: Partial<PushTarget> = {}, can: Partial<HostCapabilities> = {}) {
  const hosts = new HttpHosts(list, LIMITS);
  const slot = slotOf(hosts);
  const changes = changesFor(slot, hosts, { ...TARGET, ...target }, { ...UNKNOWN_CAPABILITIES, ...can });
  applyChanges(hosts.document, slot, changes);
  return { changes, paths: changes.map(({ path }) => path), after: hosts.document.bytes().toString() };
}
/** A slot that is right but for what is at its end. */
const right = (...more: string[]) => xml([...RIGHT, ...more].join('\n'));

describe('a list in JSON', () => {
  const slot = (id: string) => ({ id, url: '/', ipAddress: '0.0.0.0', portNo: 80 });
  const status = { requestURL: '/ISAPI', statusCode: 1, statusString: 'OK', subStatusCode: 'ok' };
  for (const [what, value, ids] of [
    [
      'lists of one each',
      { HttpHostNotificationList: [1, 2].map((id) => ({ HttpHostNotification: slot(String(id)) })) },
      ['1', '2'],
    ],
    [
      'a list in another',
      { HttpHostNotificationList: { HttpHostNotification: [slot('1'), slot('2')] } },
      ['1', '2'],
    ],
    ['one slot alone', { HttpHostNotification: slot('1') }, ['1']],
    ['an empty list', { ...status, HttpHostNotification: [] }, []],
    ['an empty list of lists', { HttpHostNotificationList: [] }, []],
    ['an empty list in another', { HttpHostNotificationList: { HttpHostNotification: [] } }, []],
    ['an object with nothing in it', { HttpHostNotificationList: {} }, []],
    ['no list where all is well', status, []],
  ] as const) {
    it(`is read as ${what}, and takes a new slot where it has none`, () => {
      const list = new HttpHosts(json(value), LIMITS);
      assert.deepEqual(
        list.slots.map(({ id }) => id),
        ids,
      );
      if (ids.length > 0) return;
      const more = list.withNewSlot();
      assert.deepEqual(
        more.slots.map(({ id }) => id),
        ['1'],
      );
      // No key twice.
      const text = more.document.bytes().toString();
      assert.equal(JSON.stringify(JSON.parse(text)), text.replaceAll(' ', ''));
    });
  }

  it('that is something else is not read', () => {
    for (const value of [
      {},
      { DeviceInfo: { deviceName: 'x' } },
      { ...status, statusCode: 4 },
      { ...status, DeviceInfo: {} },
      { HttpHostNotificationList: null },
      { HttpHostNotificationList: 'x' },
      { HttpHostNotificationList: [{ id: '1' }] },
    ])
      assert.throws(
        () => new HttpHosts(json(value), LIMITS),
        { code: 'CONFIG_UNREADABLE' },
        JSON.stringify(value),
      );
  });
});

test('slots without numbers of their own are shown, and none of them is chosen', () => {
  for (const [list, words] of [
    [xml('<id>1</id>', '<id> 1 </id>'), /two of its places have the number 1/],
    [xml('<id>1</id>', '<url>/</url>'), /one of its places has no number/],
    [json({ HttpHostNotification: [{ id: '' }] }), /one of its places has no number/],
  ] as const) {
    const hosts = new HttpHosts(list, LIMITS);
    assert.ok(hosts.slots.length > 0);
    const error = { code: 'CONFIG_UNREADABLE', message: words };
    assert.throws(() => hosts.slot('1'), error);
    assert.throws(() => changesFor(slotOf(hosts), hosts, TARGET, UNKNOWN_CAPABILITIES), error);
  }
});

test('kinds of addresses are told in the words of the device', () => {
  const kind = (host: string, ...addressing: string[]) => {
    const { changes } = changed(xml('<id>1</id><addressingFormatType/>'), { host }, { addressing });
    return changes.find(({ path }) => path === 'addressingFormatType')?.to;
  };
  assert.equal(kind('192.0.2.10'), 'ipaddress');
  assert.equal(kind('192.0.2.10', 'ipv4', 'ipv6', 'hostname'), 'ipv4');
  assert.equal(kind('2001:db8::7', 'IPv4', 'IPv6', 'HostName'), 'IPv6');
  assert.equal(kind('home.example', 'ipv4', 'ipv6', 'HostName'), 'HostName');
  assert.equal(kind('192.0.2.10', 'ipv4', 'ipaddress'), 'ipaddress');
  for (const [host, ...addressing] of [
    ['2001:db8::7', 'ipv4', 'hostname'],
    ['192.0.2.10', 'ipv6'],
    ['home.example', 'ipv4', 'ipaddress'],
  ] as const)
    assert.throws(() => kind(host, ...addressing), { code: 'CONFIG_HOST_NAME' });
  const ipv4 = right().toString().replace('ipaddress<', 'ipv4<');
  assert.deepEqual(changed(Buffer.from(ipv4)).paths, []);
  assert.deepEqual(changed(Buffer.from(ipv4), {}, { addressing: ['ipv4', 'hostname'] }).paths, []);
  const both = xml(
    '<id>1</id><addressingFormatType>ipv6</addressingFormatType><ipAddress>192.0.2.1</ipAddress><ipv6Address>2001:db8::7</ipv6Address>',
  );
  assert.equal(slotOf(new HttpHosts(both, LIMITS)).host, '2001:db8::7');
});

describe('the list of events', () => {
  const events = ['VMD', 'linedetection'];
  const structure =
    '<EventList><Event><type>VMD</type></Event><Event><type>linedetection</type></Event></EventList>';
  for (const before of [
    '<EventList/>',
    '<EventList></EventList>',
    '<EventList><Event><type>IO</type></Event></EventList>',
  ]) {
    it(`is written in the place of ${before}`, () => {
      const { after } = changed(right('<eventMode>list</eventMode>', before, '<ANPR/>'), { events });
      assert.equal(after, right('<eventMode>list</eventMode>', structure, '<ANPR/>').toString());
      assert.deepEqual(changed(Buffer.from(after), { events: [...events].reverse() }).paths, []);
    });
  }

  it('has items in JSON where it is a list there', () => {
    const { ipAddress, portNo } = { ipAddress: '192.0.2.10', portNo: 8089 };
    for (const [EventList, expected] of [
      [[], events.map((type) => ({ type }))],
      [[{ type: 'IO' }, { type: 'PIR' }], events.map((type) => ({ type }))],
      [{ Event: [{ type: 'IO' }] }, { Event: events.map((type) => ({ type })) }],
      [null, { Event: events.map((type) => ({ type })) }],
    ]) {
      const { after } = changed(
        json({
          HttpHostNotification: [{ id: '1', ipAddress, portNo, eventMode: 'list', EventList, last: 1 }],
        }),
        { events },
      );
      const [slot] = (JSON.parse(after) as { HttpHostNotification: Record<string, unknown>[] })
        .HttpHostNotification;
      assert.deepEqual(slot?.['EventList'], expected);
      assert.deepEqual(Object.keys(slot ?? {}).slice(-2), ['EventList', 'last']);
    }
  });

  it('in one text is widened to all that the device names, and stays where it names none or has no room', () => {
    const narrowed = right('<eventType>a,b</eventType>');
    const to = (can: Partial<HostCapabilities>) =>
      changed(narrowed, {}, can).changes.map((change) => change.to);
    assert.deepEqual(to({ events: ['a', 'b', 'c'] }), ['a,b,c']);
    assert.deepEqual(to({ events: ['a', 'all'] }), ['all']);
    assert.deepEqual(to({ events: ['b', 'a'] }), []);
    assert.deepEqual(to({}), []);
    assert.deepEqual(to({ events: ['a', 'b', 'c'.repeat(61)] }), []);
    assert.deepEqual(to({ events: ['a', 'c'.repeat(63)], eventsLength: 65 }), [`a,${'c'.repeat(63)}`]);
    assert.deepEqual(changed(narrowed, { events: ['b', 'a'] }).paths, []);
    assert.deepEqual(changed(narrowed, { events: ['c'] }).changes.at(0)?.to, 'c');
  });

  it('is in the capabilities', () => {
    for (const body of [
      '<HttpHostNotificationCap><eventType opt="a, b" max="128"/></HttpHostNotificationCap>',
      '{"HttpHostNotificationCap":{"eventType":{"@opt":"a,b","@max":128}}}',
    ]) {
      const { events: all, eventsLength } = readHostCapabilities(Buffer.from(body), LIMITS);
      assert.deepEqual([all, eventsLength], [['a', 'b'], 128]);
    }
  });
});

test('what is only good to have is told apart from what is needed', () => {
  const can = { pictures: ['URL', 'binary'], heartbeat: { least: 1, most: 60 } };
  const list = right().toString().replace('<parameterFormatType>XML</parameterFormatType>\n', '');
  const { changes } = changed(Buffer.from(list), {}, can);
  assert.deepEqual(
    changes.map(({ path, optional }) => [path, optional]),
    [
      ['parameterFormatType', true],
      ['uploadImagesDataType', true],
      ['SubscribeEvent/heartbeat', true],
    ],
  );
  assert.deepEqual(necessary(changes), []);
  assert.deepEqual(
    necessary(changed(Buffer.from(list.replace('8089', '80')), {}, can).changes).map(({ path }) => path),
    ['portNo'],
  );
  // One that is there and wrong is no extra.
  const query = right().toString().replace('>XML<', '>querystring<');
  assert.deepEqual(
    necessary(changed(Buffer.from(query)).changes).map(({ path }) => path),
    ['parameterFormatType'],
  );
});

test('a user name that is not given back is written with other changes, and makes none by itself', () => {
  const login = { auth: 'digest', username: 'camera', password: 'x' } as const;
  const digest = '<httpAuthenticationMethod>MD5digest</httpAuthenticationMethod>';
  assert.deepEqual(changed(right(digest), login).paths, []);
  assert.deepEqual(changed(right('<userName/>', digest), login).paths, []);
  assert.deepEqual(changed(right('<userName>other</userName>', digest), login).paths, [
    'userName',
    'password',
  ]);
  assert.deepEqual(changed(right(), login).paths, ['httpAuthenticationMethod', 'userName', 'password']);
  assert.deepEqual(changed(right(digest), { ...login, port: 80 }).paths, ['portNo', 'userName', 'password']);
  // With what is not needed a password is not needed either.
  const { changes } = changed(right(digest), login, { pictures: ['binary'] });
  assert.deepEqual([changes.length, necessary(changes)], [3, []]);
  const hosts = new HttpHosts(right(digest), LIMITS);
  assert.deepEqual(
    loginChanges(slotOf(hosts), { ...TARGET, ...login }).map(({ path, to }) => [path, to]),
    [
      ['userName', 'camera'],
      ['password', 'x'],
    ],
  );
  assert.deepEqual(loginChanges(slotOf(hosts), TARGET), []);
});

test('values are compared by what they mean', () => {
  for (const [path, shown, told, same] of [
    ['ipv6Address', '2001:0DB8:0:0:0:0:0:7', '2001:db8::7', true],
    ['ipv6Address', '2001:db8::8', '2001:db8::7', false],
    ['ipAddress', '192.0.2.10', '192.0.2.10', true],
    ['hostName', 'Home.Example', 'home.example', true],
    ['url', 'http://[2001:DB8:0::7]:80/a', 'http://[2001:db8::7]/a', true],
    ['url', 'http://192.0.2.10/A', 'http://192.0.2.10/a', false],
    ['userName', undefined, 'camera', true],
    ['userName', 'other', 'camera', false],
    ['eventType', 'b, a', 'a,b', true],
    ['eventType', 'a', 'a,b', false],
    ['protocolType', 'Http', 'HTTP', true],
    ['portNo', undefined, '80', false],
    ['hostName', '', '', true],
  ] as const)
    assert.equal(isSameValue(path, shown, told), same, `${path} ${shown} ${told}`);
  assert.deepEqual(['[2001:DB8::0:7]', ' Home.Example ', 'a:b', '192.0.2.1'].map(canonicalHost), [
    '2001:db8::7',
    'home.example',
    'a:b',
    '192.0.2.1',
  ]);
  const ipv6 = right()
    .toString()
    .replace(/ipAddress>192.0.2.10<\/ipAddress/, 'ipv6Address>2001:0db8:0::0007</ipv6Address');
  assert.deepEqual(changed(Buffer.from(ipv6), { host: '2001:db8::7' }).paths, []);
});

test('paths of differences lead to the second of several, and to what is not there yet', () => {
  const list =
    '<SubscribeEvent><EventList><Event><type>a</type></Event><Event><type>b</type></Event></EventList></SubscribeEvent>';
  const hosts = new HttpHosts(right(list), LIMITS);
  const slot = slotOf(hosts);
  const at = 'SubscribeEvent/EventList/Event[2]/type';
  assert.equal(slot.field(at), 'b');
  assert.equal(slot.field('SubscribeEvent/EventList/Event[3]/type'), undefined);
  applyChanges(hosts.document, slot, [
    { path: at, from: 'b', to: 'c' },
    { path: 'SubscribeEvent/EventList/Event[3]/type', from: undefined, to: 'd' },
    { path: 'Extensions/intervalBetweenEvents', from: undefined, to: '0' },
  ]);
  const after = hosts.document.bytes().toString();
  assert.match(after, /<Event><type>c<\/type><\/Event><Event><type>d<\/type><\/Event><\/EventList>/);
  assert.match(after, /<Extensions><intervalBetweenEvents>0<\/intervalBetweenEvents><\/Extensions>/);
});
