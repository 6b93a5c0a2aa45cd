/** What a VM refers to: what the versions of the API share in finding it, and its errors. */
export { chooseCluster, type FoundCluster } from './cluster.js';
export { chooseImage, type ImageCandidate } from './image.js';
export { namesakeWarnings, type ListNamesakes } from './namesakes.js';
export { gatherOffers, type OfferLists } from './offers.js';
export { findPlacement, type FoundProject, type Lookups } from './placement.js';
export { ambiguous, lookingUp, notFound, unusable, type Candidate, type Wanted } from './selection-errors.js';
export { chooseStorageContainer, type StorageContainer } from './storage-container.js';
export { chooseSubnet, type SubnetCandidate } from './subnet.js';
