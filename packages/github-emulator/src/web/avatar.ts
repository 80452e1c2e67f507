import { Account } from '../state/accountRecords';
import { escapeHtml } from './html';

/** A picture of an account: its first letter on a colour of its own. */
export function avatar(account: Account): string {
  const hue = (account.id * 137) % 360;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" width="40" height="40"><rect width="40" height="40" fill="hsl(${hue} 45% 40%)"/><text x="20" y="27" font-family="sans-serif" font-size="20" fill="#fff" text-anchor="middle">${escapeHtml(
    account.login[0].toUpperCase(),
  )}</text></svg>`;
}
