import { generateKeyPairSync, sign } from 'node:crypto';

/** One value of ASN.1 DER (X.690): its tag, its length, its bytes. */
function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}
const sequence = (...contents: Buffer[]) => der(0x30, ...contents);
const time = (text: string) => der(0x17, Buffer.from(text));
const bits = (bytes: Buffer) => der(0x03, Buffer.of(0), bytes);

const pem = (what: string, bytes: Buffer) =>
  `-----BEGIN ${what}-----\n${bytes.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${what}-----\n`;

/** ecdsa-with-SHA256 (RFC 5758 §3.2) and the common name (RFC 4519 §2.3). */
const ECDSA_SHA256 = sequence(der(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
const COMMON_NAME = der(0x06, Buffer.from('550403', 'hex'));

/** A key and a certificate that it signed itself (RFC 5280 §4.1), so that no test needs a program or ships a key. */
export function selfSigned(name = 'camera-alarms test'): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const subject = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(name)))));
  const content = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(1)),
    ECDSA_SHA256,
    subject,
    sequence(time('200101000000Z'), time('491231235959Z')),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const cert = sequence(content, ECDSA_SHA256, bits(sign('sha256', content, privateKey)));
  const key = privateKey.export({ type: 'pkcs8', format: 'der' });
  return { key: pem('PRIVATE KEY', key), cert: pem('CERTIFICATE', cert) };
}
