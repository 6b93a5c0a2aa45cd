import { randomUUID } from 'node:crypto';
import { PRESET, presetInventory } from '../../src/simulator/index.js';
import { Cloud, NOTHING_LEFT } from './cloud.js';
import { ownNumber } from './own-number.js';

/** Prism Central allows several VMs of one name: two people, each with a store of their own, may choose the same. */
test('a name that a VM has already: said before anything is made, and each rm takes its own VM', async () => {
  const cloud = await Cloud.start();
  try {
    const [first, second] = [cloud.machine(), cloud.machine()];
    const { output: alone } = await first.attempt('create', '-d', 'nutanix', 'web-1');
    expect(alone).not.toContain('is named "web-1" already');
    const [theirs] = cloud.simulator.vms();
    const { output } = await second.attempt('create', '-d', 'nutanix', 'web-1');
    expect(output).toContain(`A VM is named "web-1" already in Prism Central (${theirs?.uuid})`);
    expect(cloud.vmNames()).toEqual(['web-1', 'web-1']);
    await second.run('rm', '-y', 'web-1');
    expect(cloud.simulator.vms()).toMatchObject([{ uuid: theirs?.uuid }]);
    await first.run('rm', '-y', 'web-1');
    expect(cloud.left()).toEqual(NOTHING_LEFT);
  } finally {
    await cloud.close();
  }
});

test('images of one name on two clusters, with a blank at the end: the one of the target cluster is cloned', async () => {
  const preset = presetInventory(`127.149.${ownNumber(256)}.0/24`);
  const [image] = preset.images;
  if (image === undefined) throw new Error('the preset has no image');
  const name = 'golden ';
  const images = [
    { ...image, name, uuid: randomUUID(), clusterUuids: [PRESET.secondCluster.uuid] },
    { ...image, name, uuid: randomUUID(), clusterUuids: [PRESET.cluster.uuid] },
    { ...image, name: 'golden', uuid: randomUUID() },
  ];
  const cloud = await Cloud.start({ inventory: { ...preset, images } });
  try {
    const machine = cloud.machine({ NUTANIX_VM_IMAGE: name });
    await machine.run('create', '-d', 'nutanix', 'web-1');
    const [systemDisk] = cloud.vm('web-1').resources.disk_list;
    expect(systemDisk).toMatchObject({ data_source_reference: { kind: 'image', uuid: images[1]?.uuid } });
  } finally {
    await cloud.close();
  }
});
