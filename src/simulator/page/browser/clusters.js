import { element, setChildren } from './cells.js';
import { memory, number } from './format.js';

/** @import { ClusterCard, HostRow } from '../view-shape.js' */

/**
 * One card for each cluster, with a line for each host.
 * @param {Element} section
 * @param {readonly ClusterCard[]} clusters
 */
export function showClusters(section, clusters) {
  while (section.children.length > clusters.length) section.lastElementChild?.remove();
  clusters.forEach((cluster, index) => {
    const card = section.children[index] ?? section.appendChild(element('article', { className: 'card' }));
    setChildren(card, cluster, () => cardOf(cluster));
  });
}

/** @param {ClusterCard} cluster */
function cardOf(cluster) {
  const isServer = cluster.service === 'PRISM_CENTRAL';
  const title = element('h2', {}, [element('bdi', { text: cluster.name })]);
  const kind = isServer ? 'Prism Central' : `AOS ${cluster.version}`;
  const facts = element('p', { className: 'faint', text: `${kind} · ${cluster.address}` });
  if (isServer) return [title, facts];
  const vms = element('span', { className: 'figure', text: plural(cluster.vms, 'VM') });
  return [
    element('div', { className: 'heading' }, [title, vms]),
    facts,
    element('ul', {}, cluster.hosts.map(hostLine)),
  ];
}

/** @param {HostRow} host */
function hostLine(host) {
  const load = document.createElement('meter');
  load.max = host.memoryMiB;
  load.value = host.usedMemoryMiB;
  const used = `${memory(host.usedMemoryMiB)} of ${memory(host.memoryMiB)}`;
  load.setAttribute('aria-label', `memory of ${host.name}: ${used}`);
  const gpus = host.gpus === 0 ? '' : ` · GPUs ${host.usedGpus} of ${host.gpus}`;
  return element('li', { title: `${host.address} · ${host.cores} cores` }, [
    element('bdi', { text: host.name }),
    load,
    element('span', { className: 'faint', text: `${plural(host.vms, 'VM')} · ${used}${gpus}` }),
  ]);
}

/**
 * @param {number} count
 * @param {string} noun
 */
function plural(count, noun) {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}
