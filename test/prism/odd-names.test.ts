import { PRESET, presetInventory, type Inventory } from '../../src/simulator/index.js';
import { context, rejection } from './fixtures.js';
import { request, simulated } from './simulated.js';

const { start, providerTo, stop } = simulated();
afterEach(stop);

/** Characters that filters, URLs, JSON and shells give a meaning to, and those of other alphabets. */
const NAMES = [
  'a,b;c',
  'prod (old)',
  'left|right',
  'http://x:80/y?z=1&w=2#f',
  ' blanks  inside ',
  '网络 测试',
  `o'brien "quoted" \\back`,
  '50% of $HOME * ~',
  'name==*;vm_name=lk=.*',
  'ünïcödé–dash',
];

/** An inventory in which everything has this name. */
function named(name: string): Inventory {
  const preset = presetInventory();
  const [cluster, ...clusters] = preset.clusters;
  const [subnet, ...subnets] = preset.subnets;
  const [image, ...images] = preset.images;
  const [container, ...containers] = preset.containers;
  const projects = preset.projects.map((one) => (one.isDefault ? one : { ...one, name }));
  if (cluster === undefined || subnet === undefined || image === undefined || container === undefined)
    throw new Error('the preset is empty');
  return {
    ...preset,
    clusters: [{ ...cluster, name }, ...clusters],
    subnets: [{ ...subnet, name }, ...subnets],
    images: [{ ...image, name }, ...images],
    containers: [{ ...container, name }, ...containers],
    projects,
    categories: { ...preset.categories, [name]: [name] },
  };
}

describe.each(NAMES)('%j', (name) => {
  test('names a cluster, a subnet, an image, a storage container, a project and a category', async () => {
    const provider = providerTo(await start({ inventory: named(name) }));
    const category = { key: name, value: name };
    const placement = await provider.resolve(
      {
        ...request,
        cluster: name,
        image: name,
        subnets: [name],
        project: name,
        categories: [category],
        gpus: [],
        storageContainers: [name],
      },
      context(),
    );
    expect(placement).toMatchObject({
      cluster: { id: PRESET.cluster.uuid, name },
      image: { id: PRESET.image.uuid, name },
      subnets: [{ id: PRESET.managedSubnet.uuid, name }],
      project: { id: PRESET.project.uuid, name },
      categories: [category],
      storageContainers: [{ id: PRESET.container.uuid, name }],
    });
  });

  test('is not mistaken for a name that only looks like it', async () => {
    const provider = providerTo(await start({ inventory: named(`${name}.`) }));
    const error = await rejection(provider.resolve({ ...request, image: name, subnets: [name] }, context()));
    expect(error).toMatchObject({ code: 'not-found' });
    const shown = name.replace(/ +/g, ' ');
    expect(String(error)).toContain(`image "${shown}"`);
    expect(String(error)).toContain(`subnet "${shown}"`);
  });
});
