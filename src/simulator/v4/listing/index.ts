/** Lists of API v4: pages, filters and orders in OData's words. */
export { badQuery } from './bad-query.js';
export { listedPage, type Entity, type ListedPage, type Listing } from './list-page.js';
