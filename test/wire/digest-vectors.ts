import type { DigestInput } from '../../src/wire/digest.js';

/** RFC 7616 §3.9.1, as printed there. */
export const RFC_7616: DigestInput = {
  algorithm: 'MD5',
  username: 'Mufasa',
  realm: 'http-auth@example.org',
  password: 'Circle of Life',
  method: 'GET',
  uri: '/dir/index.html',
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  nc: '00000001',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
};
/** Of the same example. */
export const OPAQUE = 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS';

/** RFC 2617 §3.5. */
export const RFC_2617: DigestInput = {
  ...RFC_7616,
  realm: 'testrealm@host.com',
  password: 'Circle Of Life',
  nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
  cnonce: '0a4f113b',
};

// The first four are printed in the RFCs, the others were worked out by md5sum and sha256sum of GNU coreutils.
export const VECTORS: [what: string, input: DigestInput, response: string][] = [
  ['RFC 7616 §3.9.1 MD5', RFC_7616, '8ca523f5e9506fed4657c9700eebdbec'],
  [
    'RFC 7616 §3.9.1 SHA-256',
    { ...RFC_7616, algorithm: 'SHA-256' },
    '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
  ],
  ['RFC 2617 §3.5', RFC_2617, '6629fae49393a05397450978507c4ef1'],
  [
    'RFC 2069 §2.4 (erratum 749)',
    { ...RFC_2617, password: 'CircleOfLife', qop: 'none' },
    '1949323746fe6a43ef61f9606e7febea',
  ],
  ['without qop', { ...RFC_2617, qop: 'none' }, '670fd8c2df070c60b045671b8b24ff02'],
  ['MD5-sess', { ...RFC_2617, session: true }, '8e3825c57e897f5a0dec6c2d4e5059d0'],
  ['MD5-sess without qop', { ...RFC_2617, session: true, qop: 'none' }, '4726bc10c33fa6cb357eb27807b1cce8'],
  [
    'SHA-256-sess',
    { ...RFC_2617, algorithm: 'SHA-256', session: true },
    'b8822e12417cb7750f4e2b8515f0dcf25b7dd26993e80bee1426201446a7f59b',
  ],
  [
    'auth-int',
    { ...RFC_2617, method: 'PUT', qop: 'auth-int', body: Buffer.from('<a/>') },
    '298edde2905aebc9871a93caf69866a9',
  ],
];
