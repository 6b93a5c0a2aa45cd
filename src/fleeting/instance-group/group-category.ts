import type { CallContext, Categories, Category } from '../../provider/index.js';
import { deadlineAfter, hasCode, OperationError, type Logger } from '../../support/index.js';
import type { GroupSettings } from '../plugin-config/index.js';

/** Looking for carriers and removing the category at the end may take so long together, ms. */
const END_LIMIT = 10_000;

interface CategoryParts {
  readonly settings: Pick<GroupSettings, 'name' | 'category' | 'explained'>;
  readonly provider: Pick<Categories, 'ensureCategory' | 'removeCategory' | 'listCategorized'>;
  readonly logger: Logger;
}

/**
 * The category that every instance of a group carries from its create on, for users and policies of the cloud. It takes no
 * VM into the group and none out of it: the ownership tag does that.
 */
export class GroupCategory {
  readonly #parts: CategoryParts;
  #found: Category | undefined;
  #isDenied = false;

  constructor(parts: CategoryParts) {
    this.#parts = parts;
  }

  /** The category as the cloud has it; undefined = not known, as where the account may not make it. */
  get found(): Category | undefined {
    return this.#found;
  }

  /** `key:value`, for users. */
  get text(): string {
    const { key, value } = this.#parts.settings.category;
    return `${key}:${value}`;
  }

  /**
   * Makes the category unless it is there, also when it was deleted by hand since the last call. Resolves with what a new VM
   * is to carry: nothing, with one warning, where the account may not make categories.
   */
  async ensure(context: CallContext): Promise<readonly Category[]> {
    const { settings, provider, logger } = this.#parts;
    const description = `Instances of group "${settings.name}" of GitLab Runner, made by fleeting-plugin-nutanix`;
    try {
      this.#found = await provider.ensureCategory({ ...settings.category, description }, context);
      this.#isDenied = false;
      return [this.#found];
    } catch (error) {
      if (!hasCode(error, 'permission-denied', 'unsupported')) throw error;
      this.#found = undefined;
      if (!this.#isDenied) {
        const said = `Instances are made without category ${this.text}, and are found by their descriptions all the same.`;
        logger.warn(`${settings.explained(error).message} ${said}`);
      }
      this.#isDenied = true;
      return [];
    }
  }

  /** Removes the category of a group without instances, unless a VM carries it. Never rejects. */
  async giveBack(context: CallContext): Promise<void> {
    const { provider, logger } = this.#parts;
    const category = this.#found;
    if (category === undefined) return;
    const attempted = `remove category ${this.text}`;
    const deadline = deadlineAfter(END_LIMIT, attempted, undefined, context.signal);
    try {
      const limited = { ...context, signal: deadline.signal };
      // That a cloud refuses to delete one in use is recorded nowhere.
      const { carriers } = await provider.listCategorized(category, undefined, limited);
      if (carriers.length === 0) await provider.removeCategory(category, limited);
    } catch (error) {
      logger.debug(OperationError.from(error, attempted).message);
    } finally {
      deadline.clear();
    }
  }
}
