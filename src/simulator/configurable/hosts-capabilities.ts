import { type HostLimits, type HostsBehaviour, USUAL_LIMITS } from './hosts-behaviour.js';

/** `/httpHosts/capabilities` as printed in seed 003, with every element closed: what the device says that it takes. */
export function hostsCapabilities({ limits, claims, namespace, format }: HostsBehaviour): string {
  const said: HostLimits = { ...USUAL_LIMITS, ...limits, ...claims };
  return format === 'json' ? asJson(said) : asXml(said, namespace);
}

function asXml(said: HostLimits, namespace: string): string {
  const choice = (name: string, values: readonly string[]) => `<${name} opt="${values.join(',')}"></${name}>`;
  const range = (name: string, [least, most]: readonly [number, number]) =>
    `<${name} min="${least}" max="${most}"/>`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<HttpHostNotificationCap ${namespace}>`,
    `<hostNumber>${said.slots}</hostNumber>`,
    range('urlLen', [0, said.urlLength]),
    choice('protocolType', said.protocols),
    choice('parameterFormatType', said.formats),
    choice('addressingFormatType', said.addressing),
    choice('ipAddress', ['ipv4', 'ipv6']),
    range('portNo', said.port),
    range('userNameLen', [1, 32]),
    range('passwordLen', [1, 16]),
    choice('httpAuthenticationMethod', said.authentication),
    ...(said.pictures ? [choice('uploadImagesDataType', said.pictures)] : []),
    ...(said.events ? [choice('eventType', said.events)] : []),
    ...(said.heartbeat
      ? ['<SubscribeEventCap>', range('heartbeat', said.heartbeat), choice('eventMode', ['all', 'list'])]
      : []),
    ...(said.heartbeat ? ['</SubscribeEventCap>'] : []),
    '</HttpHostNotificationCap>',
    '',
  ];
  return lines.join('\n');
}

function asJson(said: HostLimits): string {
  const choice = (values: readonly string[]) => ({ '@opt': values.join(',') });
  const range = ([least, most]: readonly [number, number]) => ({ '@min': least, '@max': most });
  const HttpHostNotificationCap = {
    hostNumber: said.slots,
    url: range([0, said.urlLength]),
    protocolType: choice(said.protocols),
    parameterFormatType: choice(said.formats),
    addressingFormatType: choice(said.addressing),
    portNo: range(said.port),
    httpAuthenticationMethod: choice(said.authentication),
    ...(said.pictures && { uploadImagesDataType: choice(said.pictures) }),
    ...(said.events && { eventType: choice(said.events) }),
  };
  return `${JSON.stringify({ HttpHostNotificationCap }, undefined, '\t')}\n`;
}
