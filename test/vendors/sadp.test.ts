import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '../../src/limits.js';
import { readSadp, sadp } from '../../src/vendors/isapi/sadp.js';

/** An answer with all its fields as a recorder on V3.5.38 sends them; identifiers are invented. */
const ANSWER = `<?xml version="1.0" encoding="UTF-8" ?>
<ProbeMatch>
<Uuid>8282F1DB-2FA6-4709-B261-3C6B6A48CA17</Uuid>
<Types>inquiry</Types>
<Encrypt>true</Encrypt>
<Salt>9bb2be4e49c225d4e57e659ecb97214a1ba295f2f7bec69bba7df83c55cc5e18</Salt>
<DeviceType>44322</DeviceType>
<DeviceDescription>DS-7804HQH-K1</DeviceDescription>
<DeviceSN>DS-7804HQH-K10420190822CCCHD00000001WCVU</DeviceSN>
<CommandPort>8000</CommandPort>
<HttpPort>80</HttpPort>
<MAC>00-00-5e-00-53-01</MAC>
<IPv4Address>192.0.2.227</IPv4Address>
<IPv4SubnetMask>255.255.255.0</IPv4SubnetMask>
<IPv4Gateway>192.0.2.1</IPv4Gateway>
<IPv6Address>2001:db8::1</IPv6Address>
<DHCP>false</DHCP>
<AnalogChannelNum>4</AnalogChannelNum>
<DigitalChannelNum>5</DigitalChannelNum>
<SoftwareVersion>V3.5.38build 191215</SoftwareVersion>
<DSPVersion>V5.0, build 191213</DSPVersion>
<BootTime>2021-05-19 14:31:12</BootTime>
<Activated>true</Activated>
<PasswordResetAbility>true</PasswordResetAbility>
</ProbeMatch>
`;

const read = (document: string) => readSadp(Buffer.from(document), LIMITS);
const changed = (from: string | RegExp, to: string) => {
  const document = ANSWER.replace(from, to);
  assert.notEqual(document, ANSWER);
  return read(document);
};
const ALL = {
  mac: '00:00:5e:00:53:01',
  address: '192.0.2.227',
  model: 'DS-7804HQH-K1',
  serial: 'DS-7804HQH-K10420190822CCCHD00000001WCVU',
  firmware: 'V3.5.38build 191215',
  activated: true,
  httpPort: 80,
};

describe('SADP', () => {
  it('asks with an inquiry and an upper-case UUID, as the recorded tools do', () => {
    assert.equal(
      sadp.probe('13a888a9-f1b1-4020-ae9f-05607682d23b'),
      '<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>13A888A9-F1B1-4020-AE9F-05607682D23B</Uuid><Types>inquiry</Types></Probe>',
    );
  });

  it('reads an answer, whatever its namespace, and what a device sends when it starts', () => {
    assert.deepEqual(read(ANSWER), ALL);
    assert.deepEqual(
      changed('<ProbeMatch>', '<ProbeMatch xmlns="http://www.hikvision.com/ver20/XMLSchema">'),
      ALL,
    );
    assert.deepEqual(read(ANSWER.replaceAll('ProbeMatch', 'Hello')), ALL);
    assert.deepEqual(read(`\r\n${ANSWER}`), ALL);
    assert.deepEqual(read(ANSWER.replaceAll('ProbeMatch', 'h:ProbeMatch')), ALL);
  });

  it('takes questions, its own and those of others, and all else for no answer', () => {
    for (const other of [
      sadp.probe('x'),
      ANSWER.replaceAll('ProbeMatch', 'Probe'),
      ANSWER.replaceAll('ProbeMatch', 'Bye'),
      ANSWER.replaceAll('ProbeMatch', 'ProbeMatches'),
      ANSWER.replaceAll(/ProbeMatch>/g, 'Probe><ProbeMatch>').replace('</Probe><ProbeMatch>', ''),
      '',
      'hello',
      '{}',
      '<ProbeMatch/>',
      '<ProbeMatch>',
    ]) {
      assert.equal(read(other), undefined, other);
    }
  });

  for (const [what, from, to, mac] of [
    ['with colons', /00-00-5e-00-53-01/, '00:00:5E:00:53:01', ALL.mac],
    ['bare', /00-00-5e-00-53-01/, '00005e005301', ALL.mac],
    ['of zeros', /00-00-5e-00-53-01/, '00-00-00-00-00-00', undefined],
    ['cut', /00-00-5e-00-53-01/, '00-00-5e-00-53', undefined],
    ['with markup', /00-00-5e-00-53-01/, '<b>00-00-5e-00-53-01</b>', undefined],
    ['missing', /<MAC>.*<\/MAC>/, '', undefined],
  ] as const) {
    it(`knows a device by its MAC: ${what}`, () => assert.equal(changed(from, to)?.mac, mac));
  }

  for (const address of [
    '0.0.0.0',
    '127.0.0.1',
    '224.0.0.1',
    '239.255.255.250',
    '255.255.255.255',
    '192.0.2.256',
    '192.0.2',
    '192.0.2.07',
    '192.0.2.7 evil.example',
    'evil.example',
    '::1',
    '',
  ]) {
    it(`takes ${address || 'nothing'} for no address of a device`, () => {
      const device = changed('192.0.2.227', address);
      assert.equal(device?.mac, ALL.mac);
      assert.equal('address' in (device ?? {}), false);
    });
  }

  it('reads flags as devices spell them, and says nothing of what is neither', () => {
    const flag = (text: string) => changed('<Activated>true', `<Activated>${text}`)?.activated;
    assert.deepEqual(['TRUE', 'false', 'flase', ' False ', 'maybe', ''].map(flag), [
      true,
      false,
      false,
      false,
      undefined,
      undefined,
    ]);
  });

  it('takes no port that is none', () => {
    const port = (text: string) => changed('<HttpPort>80', `<HttpPort>${text}`)?.httpPort;
    assert.deepEqual(['8080', '0', '65536', '-1', '80.5', 'x', ''].map(port), [
      8080,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('keeps names as they are, but for what hides or turns the text around it, and not without end', () => {
    const model = (text: string) =>
      changed('<DeviceDescription>DS-7804HQH-K1', `<DeviceDescription>${text}`)?.model;
    assert.equal(model('&lt;img src=x onerror=alert(1)&gt;'), '<img src=x onerror=alert(1)>');
    assert.equal(model('A\u202eB\u200bC\r\nD&#7;E'), 'A B C DE');
    assert.equal(model('摄像机 Köln'), '摄像机 Köln');
    assert.equal(model('x'.repeat(5_000))?.length, 64);
    assert.equal(model('\u200b'), undefined);
  });

  it('reads field by field what is no proper XML', () => {
    assert.deepEqual(changed('</ProbeMatch>', ''), ALL);
    assert.deepEqual(changed('</Encrypt>', ''), ALL);
    assert.deepEqual(changed(/<Salt>.*<\/Salt>/, '<Salt><<&&'), ALL);
    assert.deepEqual(read(ANSWER.replace(/<\/\w+>/g, '')), ALL);
    assert.equal(read(ANSWER.replaceAll('ProbeMatch', 'Probe').replace('</Encrypt>', '')), undefined);
  });

  it('takes half a field for none: it would be another device', () => {
    const cut = ANSWER.slice(0, ANSWER.indexOf('192.0.2.227') + 9);
    assert.deepEqual(read(cut), {
      mac: ALL.mac,
      model: ALL.model,
      serial: ALL.serial,
      httpPort: 80,
    });
    for (let end = 0; end < ANSWER.length; end++) {
      const device: Record<string, unknown> = { ...read(ANSWER.slice(0, end)) };
      for (const [name, value] of Object.entries(ALL))
        if (name in device) assert.equal(device[name], value, `${name} at ${end}`);
    }
  });

  it('does not read what is made to do harm', () => {
    const entity = '<!DOCTYPE ProbeMatch [<!ENTITY x SYSTEM "file:///etc/passwd">]>';
    assert.equal(changed('<ProbeMatch>', `${entity}<ProbeMatch>`), undefined);
    assert.equal(changed('<Salt>', `${'<a>'.repeat(100)}<Salt>`), undefined);
    assert.equal(changed('<Salt>', `${'<a/>'.repeat(10_000)}<Salt>`), undefined);
    const device = changed(
      '<Salt>',
      '<__proto__><activated>true</activated></__proto__><constructor>x</constructor><Salt>',
    );
    assert.deepEqual(device, ALL);
  });

  it('survives 10,000 broken answers and never says what cannot be', () => {
    let seed = 12;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    const PIECES = [
      '<',
      '>',
      '</',
      '&',
      '<MAC>',
      '</MAC>',
      '\0',
      '\u202e',
      '<!--',
      ']]>',
      '"',
      '<ProbeMatch>',
    ];
    let read = 0;
    for (let run = 0; run < 10_000; run++) {
      let bytes = Buffer.from(ANSWER);
      for (let change = random(6); change >= 0; change--) {
        const at = random(bytes.length);
        const piece = Buffer.from(PIECES[random(PIECES.length)] ?? '');
        const kind = random(4);
        if (kind === 0) bytes[at] = random(256);
        else if (kind === 1) bytes = bytes.subarray(0, at + 1);
        else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
        else bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random(40))]);
        if (bytes.length === 0) bytes = Buffer.from('<');
      }
      const device = readSadp(bytes, LIMITS);
      if (device === undefined) continue;
      read++;
      assert.match(device.mac, /^[\da-f]{2}(:[\da-f]{2}){5}$/);
      if (device.address !== undefined) assert.match(device.address, /^\d{1,3}(\.\d{1,3}){3}$/);
      for (const text of [device.model, device.serial, device.firmware]) {
        if (text !== undefined) assert.match(text, /^[^\p{C}\n]{1,64}$/u);
      }
      assert.ok(['undefined', 'boolean'].includes(typeof device.activated));
      assert.ok(device.httpPort === undefined || (device.httpPort > 0 && device.httpPort < 65_536));
    }
    assert.ok(read > 2_000, `only ${read} could be read`);
  });
});
