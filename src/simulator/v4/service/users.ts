import type { User } from '../../core/world.js';
import { param } from '../../http/route.js';
import { entityAnswer, listAnswer } from '../message/answer.js';
import { rejection } from '../message/error.js';
import { typed } from '../message/typed.js';
import type { V4Route } from '../route.js';
import type { V4World } from '../world.js';

const kind = 'user';

/** iam: who may sign in, and who has. */
export function userRoutes(world: V4World): V4Route[] {
  return [
    {
      method: 'GET',
      path: '/authn/users',
      kind,
      handle: (call) =>
        listAnswer(world, call, {
          type: 'iam.v4.authn.ListUsersApiResponse',
          items: world.users.map((user) => userView(world, user)),
          total: world.users.length,
          page: 0,
          limit: 50,
        }),
    },
    {
      method: 'GET',
      path: '/authn/users/:extId',
      kind,
      handle: (call) => {
        const extId = param(call, 'extId');
        const user = extId === 'me' ? call.user : world.users.find(({ uuid }) => uuid === extId);
        if (user !== undefined) {
          const data = userView(world, user);
          return entityAnswer(world, call, { type: 'iam.v4.authn.GetUserApiResponse', data });
        }
        throw rejection({
          namespace: 'iam',
          status: 404,
          code: 'IAM-20001',
          group: 'USER_NOT_FOUND',
          message: `User with external identifier ${extId} does not exist.`,
          arguments: { extId },
        });
      },
    },
  ];
}

function userView({ served }: V4World, { uuid, username }: User): Record<string, unknown> {
  return typed(served, 'iam.v4.authn.User', {
    extId: uuid,
    username,
    userType: 'LOCAL',
    displayName: username,
    status: 'ACTIVE',
  });
}
