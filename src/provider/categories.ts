import type { OwnedVm } from './inventory.js';
import type { Category } from './placement.js';
import type { CallContext } from './provider.js';

/** A category that a program makes for its own VMs. */
export interface NewCategory extends Category {
  /** For users to read, where the cloud has room for it; at most 512 characters. */
  readonly description: string;
}

/** What one list shows of the VMs that have the ownership tag, a category, or both. */
export interface CategorizedVms {
  /** As `Inventory.listOwned` tells them, with the category and without. */
  readonly owned: readonly OwnedVm[];
  /** Every VM that carries the category, whatever its description says. */
  readonly carriers: readonly Pick<OwnedVm, 'id' | 'name'>[];
}

/** Categories that belong to a program, and the VMs that carry them. Errors and aborts are as with `Provider`. */
export interface Categories {
  /**
   * Makes a category unless it is there, and resolves with it as a placement needs it. Of two callers at a time both have it.
   * `permission-denied` where it is not there and the account may not make it, or is not shown it.
   */
  ensureCategory(category: NewCategory, context: CallContext): Promise<Category>;

  /**
   * Removes a category; nothing there is success. One that an entity carries is refused by the cloud, as far as is known
   * (with `invalid-input` or `conflict`): look at `carriers` first. Other values of its key stay.
   */
  removeCategory(category: Category, context: CallContext): Promise<void>;

  /**
   * `listOwned`, and who carries `category`, from the same list: no request more. A category that another API looked up may
   * not be recognized: then there are no carriers.
   */
  listCategorized(
    category: Category | undefined,
    namePrefix: string | undefined,
    context: CallContext,
  ): Promise<CategorizedVms>;
}
