import { createContext, Script, type Context } from 'node:vm';
import { isError } from '@backstage/errors';

const SEARCH_MS = 1000;
const search = new Script('new RegExp(expression, "u").test(text)');
let context: Context | undefined;

/**
 * Whether a text has what a regular expression (flag `u`) describes.
 *
 * Some expressions take ages on some texts: such a search is given up after a second, and
 * the answer is that it found nothing.
 */
export function searchExpression(expression: string, text: string): boolean {
  context ??= createContext(Object.create(null));
  Object.assign(context, { expression, text });
  try {
    return search.runInContext(context, { timeout: SEARCH_MS }) === true;
  } catch (error) {
    if (isError(error) && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      return false;
    }
    throw error;
  }
}
