/** Lists of API v4: pages, filters and orders in OData's words. */
export { answeredList, selectedEntity } from './answer.js';
export type { Entity, Listing } from './list-page.js';
