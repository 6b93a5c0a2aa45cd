/** Questions and changes in turn, so that each comes behind each. */
export const SEQUENCE = ['GET /1', 'PUT /2', 'GET /3', 'GET /4', 'PUT /5', 'PUT /6', 'GET /7'] as const;
