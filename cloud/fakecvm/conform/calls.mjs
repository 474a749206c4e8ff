// The vendor's own client makes every call that the double knows, and meets the
// refusals. It prints one JSON object a line: of a call its answer, held against
// the client's own interfaces; of a refusal the exception as the client has it.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { held, interfaces } from './models.mjs';

const require = createRequire(import.meta.url);
const { API, CONTROL, SECRET_ID, SECRET_KEY, REGION } = process.env;
const web01 = 'ins-1a2b3c4d', shop01 = 'ins-5h0pfr01', node01 = 'ins-n0de7ke1', asg01 = 'ins-5asg6gr7', win01 = 'ins-9h8j7k6l';
const seconds = Math.floor(Date.now() / 1000);

const monolith = dirname(require.resolve('tencentcloud-sdk-nodejs/package.json'));
const alone = dirname(require.resolve('tencentcloud-sdk-nodejs-cvm/package.json'));

// product is a client of one product, and its interfaces.
function product(name, version, credential = { secretId: SECRET_ID, secretKey: SECRET_KEY }) {
  const root = name === 'cvm' ? alone : monolith;
  const { Client } = require(join(root, 'tencentcloud', 'services', name, version))[version];
  const httpProfile = { endpoint: new URL(API).host, protocol: 'http://', reqTimeout: 10 };
  return {
    client: new Client({ credential, region: REGION, profile: { httpProfile, language: 'en-US' } }),
    models: interfaces(join(root, 'tencentcloud', 'services', name, version, `${name}_models.d.ts`)),
  };
}

const cvm = product('cvm', 'v20170312'), cbs = product('cbs', 'v20170312'), audit = product('cloudaudit', 'v20190319');
const clb = product('clb', 'v20180317'), monitor = product('monitor', 'v20180724'), as = product('as', 'v20180419');
const tke = product('tke', 'v20180525'), sts = product('sts', 'v20180813');

const say = (what) => console.log(JSON.stringify(what));

async function call(name, { client, models }, action, params) {
  const out = { unknown: [], missing: [], nulls: [], other: [] };
  const answer = await client[action](params);
  held(models, `${action}Response`, answer, action, out);
  for (const list of Object.keys(out)) out[list] = [...new Set(out[list])].sort();
  say({ call: action, name, answer, ...out });
  return answer;
}

async function refused(name, promise) {
  try {
    say({ refusal: name, answer: await promise });
  } catch (e) {
    say({ refusal: name, kind: e.constructor.name, code: e.code ?? '', message: e.message, requestId: e.requestId });
  }
}

async function set(name, value, instance = '') {
  const r = await fetch(`${CONTROL}/switch`, { method: 'POST', body: JSON.stringify({ name, value, instance }) });
  if (r.status !== 200) throw new Error(await r.text());
}

await set('audit_delay', '0s');
const one = await call('machines', cvm, 'DescribeInstances', { Limit: 100 });
const shop = one.InstanceSet.find((i) => i.InstanceId === shop01);
const disk = one.InstanceSet.find((i) => i.InstanceId === web01).SystemDisk.DiskId;
await call('images', cvm, 'DescribeImages', { Filters: [{ Name: 'image-type', Values: ['PUBLIC_IMAGE', 'PRIVATE_IMAGE', 'SHARED_IMAGE'] }], Limit: 100 });
await call('quota', cvm, 'DescribeImageQuota', {});
await call('keys', cvm, 'DescribeKeyPairs', { Limit: 100 });
await call('regions', cvm, 'DescribeRegions', {});
await call('repairs', cvm, 'DescribeTaskInfo', { Offset: 0, Limit: 100, InstanceIds: [shop01], StartDate: '2020-01-01 00:00:00' });
await call('price by the hour', cvm, 'InquiryPriceResetInstance', { InstanceId: web01, ImageId: 'img-487zeit5' });
await call('disks', cbs, 'DescribeDisks', { Limit: 100 });
await call('snapshots', cbs, 'DescribeSnapshots', { Filters: [{ Name: 'disk-id', Values: [disk] }] });
await call('a snapshot', cbs, 'CreateSnapshot', { DiskId: disk, SnapshotName: 'by node' });
await call('balancers', clb, 'DescribeLBListeners', { Backends: [{ VpcId: shop.VirtualPrivateCloud.VpcId, PrivateIp: shop.PrivateIpAddresses[0] }] });
await call('load', monitor, 'GetMonitorData', {
  Namespace: 'QCE/CVM', MetricName: 'CPUUsage', Period: 60, Instances: [{ Dimensions: [{ Name: 'InstanceId', Value: shop01 }] }],
  StartTime: new Date((seconds - 900) * 1000).toISOString().slice(0, 19) + '+00:00', EndTime: new Date(seconds * 1000).toISOString().slice(0, 19) + '+00:00',
});
await call('scaling groups', as, 'DescribeAutoScalingInstances', { InstanceIds: [asg01] });
await call('clusters', tke, 'DescribeExistedInstances', { InstanceIds: [node01] });
await call('who calls', sts, 'GetCallerIdentity', {});
await call('an image', cvm, 'CreateImage', { InstanceId: shop01, ImageName: 'by-node' });
await call('the reset', cvm, 'ResetInstance', { InstanceId: web01, ImageId: 'img-487zeit5', LoginSettings: { KeyIds: ['skey-a11ce001'] } });
await call('events', audit, 'DescribeEvents', { StartTime: seconds - 60, EndTime: seconds + 60, MaxResults: 50 });

await refused('nobody knows the key', product('cvm', 'v20170312', { secretId: 'AKIDnobody', secretKey: SECRET_KEY }).client.DescribeInstances({}));
await refused('a bad signature', product('cvm', 'v20170312', { secretId: SECRET_ID, secretKey: 'not the key' }).client.DescribeInstances({}));
await refused('the machine is busy', cvm.client.ResetInstance({ InstanceId: web01 }));
await refused('no such machine', cvm.client.ResetInstance({ InstanceId: 'ins-00000000' }));
await refused('a bad password', cvm.client.ResetInstance({ InstanceId: win01, LoginSettings: { Password: 'short' } }));
await refused('a parameter nobody knows', cvm.client.DescribeInstances({ Instances: [web01] }));
await refused('no Offset', cvm.client.DescribeTaskInfo({ Limit: 100 }));
await set('error:ResetInstance', 'UnauthorizedOperation next=1');
await refused('a denial', cvm.client.ResetInstance({ InstanceId: win01 }));
await set('cam_down', 'on');
await refused('an outage of CAM', cvm.client.DescribeInstances({}));
await set('cam_down', 'off');
await set('throttle', 'next=1');
await refused('throttling', cvm.client.DescribeInstances({}));
await set('reset_html_502', 'next=1');
await refused('a gateway', cvm.client.ResetInstance({ InstanceId: win01 }));
await set('reset_drop_before', 'next=1');
await refused('a cut', cvm.client.ResetInstance({ InstanceId: win01 }));
