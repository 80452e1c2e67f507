import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { DateTime } from 'luxon';
import { RelativeTime, relativeTime } from './RelativeTime';

const now = DateTime.fromISO('2026-11-22T12:00:00Z');

describe('RelativeTime', () => {
  it.each([
    ['2026-11-19T12:00:00Z', '3 days ago'],
    ['2026-11-22T10:00:00Z', '2 hours ago'],
    ['2026-11-22T11:59:40Z', 'just now'],
    ['2026-11-22T12:03:00Z', 'just now'],
    ['2022-11-22T12:00:00Z', '4 years ago'],
    ['yesterday', 'yesterday'],
  ])('says %s as %s', (value, words) => {
    expect(relativeTime(value, now)).toBe(words);
  });

  it('gives the exact time on hover and to machines', async () => {
    render(<RelativeTime value="2026-11-19T12:00:00Z" now={now} />);
    const time = screen.getByText('3 days ago');
    expect(time).toHaveAttribute('datetime', '2026-11-19T12:00:00Z');
    await userEvent.hover(time);
    expect(await screen.findByRole('tooltip')).toHaveTextContent(
      /November 19, 2026/,
    );
  });
});
