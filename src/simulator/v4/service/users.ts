import type { User } from '../../core/world.js';
import { param } from '../../http/route.js';
import { answeredList, type Listing } from '../listing/index.js';
import { entityAnswer } from '../message/answer.js';
import { rejection } from '../message/error.js';
import { typed } from '../message/typed.js';
import type { V4Route } from '../route.js';
import type { V4World } from '../world.js';

const kind = 'user';

/** iam: who may sign in, and who has. */
export function userRoutes(world: V4World): V4Route[] {
  const listing: Listing<User> = {
    filterable: {
      displayName: 'text',
      extId: 'text',
      status: 'enumeration',
      userType: 'enumeration',
      username: 'text',
    },
    orderable: ['displayName', 'userType', 'username'],
    view: (user) => userView(world, user),
  };
  const type = 'iam.v4.authn.ListUsersApiResponse';
  return [
    {
      method: 'GET',
      path: '/authn/users',
      kind,
      handle: (call) => answeredList(world, call, { type, listing, records: world.users }),
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
